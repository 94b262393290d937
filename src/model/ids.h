// Numbers that stand for names inside the store, each a type of its own. They are handed out once
// by the store and never reused; 0 is none of them.
#pragma once

#include <compare>
#include <cstdint>

namespace rollcall {

// A product whose installations report. Its number is the key of the fleet's rows.
struct FleetRef {
  uint16_t value = 0;
  auto operator<=>(const FleetRef&) const = default;
};

// The built-in fleet, and the only one that the public root path reports into.
inline constexpr FleetRef kCozystackFleet{1};

// One installation. Unique over all fleets.
struct SourceRef {
  uint32_t value = 0;
  auto operator<=>(const SourceRef&) const = default;
};

// A metric name with its labels. Shared by all sources.
struct LabelSetRef {
  uint32_t value = 0;
  auto operator<=>(const LabelSetRef&) const = default;
};

// A metric name. It is the LabelSetRef of the name without labels, as a type of its own.
struct MetricRef {
  uint32_t value = 0;
  auto operator<=>(const MetricRef&) const = default;
};

}  // namespace rollcall
