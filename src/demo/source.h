// A made-up installation: when it is there, and the moments of its life. What it reports follows
// from these and from nothing else, so nothing of it is kept. Plain values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "demo/random.h"

namespace rollcall::demo {

// Never: later than any second of a fleet.
inline constexpr uint32_t kDemoNever = UINT32_MAX;

// When a source says something. Times are in seconds since the fleet's first instant.
struct DemoMoment {
  // How long the parts of a source are upgraded one after another.
  static constexpr uint32_t kUpgradeTakes = 6 * 86'400;

  uint64_t seed;   // of the source
  uint32_t joins;  // its first second
  uint32_t span;   // the fleet's last second
  uint32_t time;

  // Returns the moment whose versions a part of it may still have.
  DemoMoment BeforeUpgrade() const {
    return {seed, joins, span, time - std::min(kUpgradeTakes, time - joins)};
  }
};

struct DemoSource {
  // `span`: the fleet's last second.
  DemoSource(uint64_t seed, uint32_t span);

  uint64_t seed;  // uniformly distributed
  uint32_t joins = 0;
  uint32_t leaves = kDemoNever;        // the first second after it left
  uint32_t silent_from = kDemoNever;   // sends nothing from then on, …
  uint32_t silent_until = kDemoNever;  // … until then
};

// Appends a UUID to `out`: 8-4-4-4-12 lower-case hexadecimal digits, marked as random.
void AppendDemoUuid(uint64_t seed, std::string& out);

}  // namespace rollcall::demo
