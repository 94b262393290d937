#include "demo/source.h"

#include <string_view>

namespace rollcall::demo {
namespace {

// A quarter of the sources is there from the start; the fleet grows faster and faster. None joins
// so late that it is never seen.
uint32_t DrawJoin(DemoRandom& random, uint32_t span) {
  if (random.Percent(25)) return 0;
  const uint32_t a = random.Below(span - span / 20);
  const uint32_t b = random.Below(span - span / 20);
  return std::max(a, b);
}

}  // namespace

DemoSource::DemoSource(uint64_t source_seed, uint32_t span) : seed(source_seed) {
  DemoRandom random(SeedOf(seed, 0));
  joins = DrawJoin(random, span);
  const uint32_t stay = span - joins;
  // Lengths shrink with the span, so that a fleet of one month has leavers and silences as well.
  if (random.Percent(9)) leaves = joins + stay / 10 + random.Below(stay);
  if (random.Percent(12)) {
    silent_from = joins + random.Below(stay);
    const uint32_t longest = std::min(42 * kDay, span / 4);
    silent_until = silent_from + random.Between(longest / 3, longest) + 1;
  }
}

void AppendDemoUuid(uint64_t seed, std::string& out) {
  const uint64_t high = (SeedOf(seed, 1) & ~0xf000ULL) | 0x4000ULL;
  const uint64_t low = (SeedOf(seed, 2) & ~(3ULL << 62)) | (2ULL << 62);
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) out += '-';
    const uint64_t half = digit < 16 ? high : low;
    out += kDigits[(half >> (60 - 4 * (digit % 16))) & 15];
  }
}

}  // namespace rollcall::demo
