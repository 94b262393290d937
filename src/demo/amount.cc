#include "demo/amount.h"

#include <cmath>

#include "base/text.h"

namespace rollcall::demo {
namespace {

constexpr double kMost = 1e15;

// Returns how many times as large as the usual one a source is, in hundredths.
uint32_t SizeOf(uint64_t seed) {
  DemoRandom random(SeedOf(seed, 3));
  const uint32_t size = random.Below(100);
  if (size < 30) return 34;
  if (size < 65) return 100;
  if (size < 90) return random.Between(100, 300);
  if (size < 98) return random.Between(300, 1'000);
  return random.Between(1'000, 5'000);
}

// Whole where `like` is, else with two decimals.
double Rounded(double value, double like) {
  value = std::min(value, kMost);
  return like == std::floor(like) ? std::round(value) : std::round(value * 100) / 100;
}

}  // namespace

double DemoAmount::At(const DemoMoment& at, uint64_t what) const {
  // Factors are whole numbers, so that a value is the same on every machine.
  constexpr uint64_t kOne = 10'000;
  DemoRandom random(SeedOf(at.seed, what));
  const uint64_t size = has_long_tail ? SizeOf(at.seed) : 100;
  const uint64_t own = random.Between(70, 140);
  const uint64_t growth = random.Between(0, 150);  // per cent, by the end of the fleet
  const bool shrinks = random.Percent(15);
  const uint32_t step = random.Between(4 * kDay, 20 * kDay);
  if (usual == 0 && !random.Percent(12)) return 0;
  const double base = usual == 0 ? random.Between(1, 6) : usual;

  // It changes from step to step, and stays as it is in between.
  const uint64_t steps = (at.time - at.joins + random.Below(step)) / step;
  const uint64_t more = kOne + growth * (kOne / 100) * steps * step / (uint64_t{at.span} + 1);
  const uint64_t grown = shrinks ? kOne * kOne / more : more;
  const uint64_t noise = DemoRandom(SeedOf(SeedOf(at.seed, what), steps)).Between(93, 107);
  const double value =
      Rounded(base * static_cast<double>(size * own * grown * noise) / (kOne * 1e6), usual);
  return base >= 1 ? std::max(value, 1.0) : value;
}

bool DemoSwitchIsOn(const DemoMoment& at, uint64_t what, uint32_t share) {
  DemoRandom random(SeedOf(at.seed, what));
  if (!random.Percent(share)) return false;
  return !random.Percent(33) || at.time >= at.joins + random.Below(at.span - at.joins + 1);
}

void AppendDemoAmount(double amount, std::string& out) {
  const double whole = std::floor(amount);
  AppendDecimal(static_cast<uint64_t>(whole), out);
  if (amount == whole) return;
  const auto hundredths = static_cast<uint64_t>(std::round((amount - whole) * 100));
  out += hundredths < 10 ? ".0" : ".";
  AppendDecimal(hundredths, out);
}

}  // namespace rollcall::demo
