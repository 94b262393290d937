// The gaps between the reports of a stream, as far as they are known, and the interval that they
// tell. Of reports that are told as a span only the longest gap among them is known. One thread.
//
// The interval is the median of up to 64 gaps, spread evenly over all of them. From 5 minutes on it
// counts as whole minutes, below as whole seconds; it is 8 days at most.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace rollcall::query {

// Returns the interval that a list of report times keeps, in milliseconds; nullopt for a single
// one. Requires at least one.
std::optional<int64_t> IntervalOf(std::span<const int64_t> times);

class ReportGaps {
 public:
  void Clear();

  // Take in a report, or several reports of which the first and the last are given. Times are in
  // milliseconds and ascend.
  void AddReport(int64_t time);
  void AddSpan(int64_t first, int64_t last, int64_t longest_gap, uint32_t reports);

  // The same where only longest_of_spans is asked for.
  void AddLongest(int64_t longest_gap, uint32_t reports);

  uint64_t reports() const { return reports_; }
  // The longest gap within any span of more than two reports, in milliseconds.
  int64_t longest_of_spans() const { return longest_of_spans_; }

  struct Interval {
    int64_t at_most;  // milliseconds
    bool is_exact;
  };
  // Returns what is known of the interval; nullopt of less than two reports.
  std::optional<Interval> interval() const;

  // The bytes of memory that it holds.
  uint64_t bytes() const { return stretches_.capacity() * sizeof(Stretch); }

 private:
  struct Stretch {
    uint32_t gaps;
    bool is_exact;  // each of them is `at_most`
    int64_t at_most;
  };

  void AddGaps(uint32_t gaps, int64_t at_most, bool is_exact);

  std::vector<Stretch> stretches_;
  uint64_t reports_ = 0;
  int64_t last_ = 0;  // of the reports
  int64_t longest_of_spans_ = 0;
};

}  // namespace rollcall::query
