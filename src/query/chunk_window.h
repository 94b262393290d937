// The samples of a part of a chunk, in the order in which an export writes them. A chunk is small
// where reports repeat, and may stand for far more samples than fit into memory; so it is read part
// by part. Pure but for what it keeps for the next call; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/status.h"
#include "model/ids.h"

namespace rollcall::query {

struct WindowSample {
  uint32_t series = 0;  // the caller's number
  int64_t time = 0;     // unix milliseconds
  double value = 0;     // never NaN
};

class ChunkWindow {
 public:
  // Inclusive; one second may be over it, for a second is never parted.
  static constexpr size_t kMostSamples = 32'768;

  // The caller's number of a label set, or a negative one: not wanted.
  using Number = std::function<Result<int64_t>(LabelSetRef label_set)>;

  // Reads the samples from `from` on and before `to`, as many as fit, and lowers `to` to where it
  // stopped. A report's time is a second; where one of that second came before it with a metric of
  // its own, it is so many milliseconds later as an import needs to tell them apart.
  // DataLoss: the chunk is damaged.
  Status Read(Day day, std::string_view chunk, UnixSeconds from, UnixSeconds& to,
              const Number& number);

  // In no order.
  std::vector<WindowSample>& samples() { return samples_; }

 private:
  // False: there are more than fit.
  Result<bool> Collect(Day day, std::string_view chunk, UnixSeconds from, UnixSeconds to,
                       size_t most, const Number& number);
  // Until when they fit, at least one second.
  static Result<UnixSeconds> FindEnd(Day day, std::string_view chunk, UnixSeconds from,
                                     UnixSeconds to);

  std::vector<WindowSample> samples_;
};

// Sorted by time, then series; or by series, then time. Both without repetition.
void SortByTime(std::vector<WindowSample>& samples);
void SortBySeries(std::vector<WindowSample>& samples);

}  // namespace rollcall::query
