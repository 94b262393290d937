// The samples of a time range of a chunk, and the orders in which an export writes them. A chunk is
// small where reports repeat and may stand for more samples than fit into memory, so it is read
// range by range. Owned by the exporter; one thread.
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
  uint32_t series = 0;  // the number that the caller gave its label set
  int64_t time = 0;     // unix milliseconds
  double value = 0;     // never NaN
};

class ChunkWindow {
 public:
  // Inclusive; a single second may exceed it, because a second is never split.
  static constexpr size_t kMostSamples = 32'768;

  // Returns the number by which the caller knows a label set; negative where it does not want it.
  using Number = std::function<Result<int64_t>(LabelSetRef label_set)>;

  // Reads the samples from `from` (inclusive) to `to` (exclusive); where not all of them fit,
  // lowers `to` to the end of what was read. A report's time is a whole second. Where an earlier
  // report of the same second shares a metric with it, its samples are dated a millisecond after
  // that one's, so that an import can tell the reports apart. DataLoss: the chunk is damaged. Fails
  // also where `number` does.
  Status Read(Day day, std::string_view chunk, UnixSeconds from, UnixSeconds& to,
              const Number& number);

  // Returns the samples read last, in no order.
  std::vector<WindowSample>& samples() { return samples_; }

 private:
  // Returns false where there are more than `most`.
  Result<bool> Collect(Day day, std::string_view chunk, UnixSeconds from, UnixSeconds to,
                       size_t most, const Number& number);
  // Returns the end (exclusive) of the longest range from `from` on that fits, at least one second.
  static Result<UnixSeconds> FindEnd(Day day, std::string_view chunk, UnixSeconds from,
                                     UnixSeconds to);

  std::vector<WindowSample> samples_;
};

// Sort by time, then series, or by series, then time. Of samples with the same series and time,
// both keep the one with the largest value.
void SortByTime(std::vector<WindowSample>& samples);
void SortBySeries(std::vector<WindowSample>& samples);

}  // namespace rollcall::query
