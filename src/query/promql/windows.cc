#include "query/promql/windows.h"

namespace rollcall::promql {

void FindPositions(std::span<const int64_t> times, std::span<const int64_t> instants,
                   std::vector<uint32_t>& positions) {
  positions.resize(instants.size());
  size_t at = 0;  // all before are at or before the instant
  size_t advance = 0;
  for (size_t i = 0; i < instants.size(); ++i) {
    // Where both are regular, the next is as far as the last one was.
    const size_t guess = at + advance;
    const bool is_right = guess <= times.size() &&
                          (guess == 0 || times[guess - 1] <= instants[i]) &&
                          (guess == times.size() || times[guess] > instants[i]);
    if (is_right) {
      at = guess;
      positions[i] = static_cast<uint32_t>(at);
      continue;
    }
    const size_t before = at;
    // Strides that double find the way in the logarithm of its length.
    size_t stride = 1;
    size_t low = at;
    size_t high = at;
    while (high < times.size() && times[high] <= instants[i]) {
      low = high + 1;
      high += stride;
      stride *= 2;
    }
    high = std::min(high, times.size());
    at = static_cast<size_t>(
        std::upper_bound(times.begin() + low, times.begin() + high, instants[i]) - times.begin());
    positions[i] = static_cast<uint32_t>(at);
    advance = at - before;
  }
}

}  // namespace rollcall::promql
