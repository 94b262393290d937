// rate and its like: what changes from sample to sample, which is only where one run of equal
// values ends and the next begins.
#include <cmath>

#include "query/promql/range_functions.h"

namespace rollcall::promql {
namespace {

// counts[r]: how many of the borders before run r are as `counts_border` says.
template <typename Counts>
std::vector<uint32_t> CountBorders(std::span<const Run> runs, const Counts& counts_border) {
  std::vector<uint32_t> counts(runs.size() + 1, 0);
  for (size_t r = 1; r < runs.size(); ++r) {
    counts[r + 1] = counts[r] + (counts_border(runs[r - 1].value, runs[r].value) ? 1 : 0);
  }
  return counts;
}

template <typename Counts>
Status BordersOverTime(const RangeWork& work, const Counts& counts_border) {
  const std::vector<uint32_t> counts = CountBorders(work.windows.runs, counts_border);
  return ForEachWindow(work, [&](const WindowWalker& walker, size_t) {
    return static_cast<double>(counts[walker.end()] - counts[walker.first() + 1]);
  });
}

Status Changes(const RangeWork& work) {
  return BordersOverTime(work, [](double before, double after) {
    return before != after && !(std::isnan(before) && std::isnan(after));
  });
}

Status Resets(const RangeWork& work) {
  return BordersOverTime(work, [](double before, double after) { return after < before; });
}

// What a counter had lost by its resets, in the windows of a series.
class LostByResets {
 public:
  explicit LostByResets(std::span<const Run> runs) : runs_(runs) {
    double total = 0;
    for (size_t r = 1; r < runs.size(); ++r) {
      if (runs[r].value < runs[r - 1].value) {
        const double before = runs[r - 1].value;
        total += before;
        are_whole_ = are_whole_ && std::trunc(before) == before && std::abs(total) < 0x1p53;
        resets_.push_back({r, total});
      }
    }
  }

  // Of the borders between the runs from `first` to `end` - 1, which do not descend.
  double Within(size_t first, size_t end) {
    while (begin_ < resets_.size() && resets_[begin_].run <= first) {
      ++begin_;
    }
    end_ = std::max(end_, begin_);
    while (end_ < resets_.size() && resets_[end_].run < end) {
      ++end_;
    }
    if (begin_ == end_) {
      return 0;
    }
    // Of whole numbers a difference of sums is exact.
    if (are_whole_) {
      return resets_[end_ - 1].total - (begin_ == 0 ? 0 : resets_[begin_ - 1].total);
    }
    double lost = 0;
    for (size_t i = begin_; i < end_; ++i) {
      lost += runs_[resets_[i].run - 1].value;
    }
    return lost;
  }

 private:
  struct Reset {
    size_t run;    // the first after it
    double total;  // what was lost up to it
  };

  std::span<const Run> runs_;
  std::vector<Reset> resets_;
  bool are_whole_ = true;
  size_t begin_ = 0;
  size_t end_ = 0;
};

enum class Kind { kDelta, kIncrease, kRate };

// By how much the samples grow, drawn out to the borders of the window where these are no further
// away than the samples are from each other, or else by half of that distance; a counter not to
// before it was 0.
double Extrapolated(const WindowWalker& walker, int64_t start, int64_t end, double growth,
                    Kind kind) {
  const double sampled = static_cast<double>(walker.last_time() - walker.first_time()) / 1000;
  const double average = sampled / static_cast<double>(walker.count() - 1);
  const double threshold = average * 1.1;
  double to_start = static_cast<double>(walker.first_time() - start) / 1000;
  double to_end = static_cast<double>(end - walker.last_time()) / 1000;
  if (to_start >= threshold) {
    to_start = average / 2;
  }
  if (kind != Kind::kDelta && growth > 0 && walker.first_value() >= 0) {
    const double to_zero = sampled * (walker.first_value() / growth);
    to_start = std::min(to_start, to_zero);
  }
  if (to_end >= threshold) {
    to_end = average / 2;
  }
  double factor = (sampled + to_start + to_end) / sampled;
  if (kind == Kind::kRate) {
    factor /= static_cast<double>(end - start) / 1000;
  }
  return growth * factor;
}

template <Kind kKind>
Status Growth(const RangeWork& work) {
  LostByResets lost(kKind == Kind::kDelta ? std::span<const Run>() : work.windows.runs);
  return ForEachWindow(work, [&](const WindowWalker& walker, size_t i) {
    if (walker.count() < 2) {
      return kAbsent;
    }
    const double growth =
        walker.last_value() - walker.first_value() + lost.Within(walker.first(), walker.end());
    return Extrapolated(walker, work.windows.starts[i], work.windows.ends[i], growth, kKind);
  });
}

// Of the last two samples.
template <bool kIsRate>
Status LastGrowth(const RangeWork& work) {
  return ForEachWindow(work, [&](const WindowWalker& walker, size_t) {
    if (walker.count() < 2) {
      return kAbsent;
    }
    const Run last = walker.At(walker.end() - 1);
    const Run before = last.end - last.begin > 1 ? Run{last.begin, last.end - 1, last.value}
                                                 : walker.At(walker.end() - 2);
    const bool is_reset = kIsRate && last.value < before.value;
    const double growth = is_reset ? last.value : last.value - before.value;
    const int64_t interval = work.windows.times[last.end - 1] - work.windows.times[before.end - 1];
    return kIsRate ? growth / (static_cast<double>(interval) / 1000) : growth;
  });
}

}  // namespace

RangeFunction RangeDifferenceOf(FunctionId id) {
  switch (id) {
    case FunctionId::kChanges:
      return Changes;
    case FunctionId::kResets:
      return Resets;
    case FunctionId::kDelta:
      return Growth<Kind::kDelta>;
    case FunctionId::kIncrease:
      return Growth<Kind::kIncrease>;
    case FunctionId::kRate:
      return Growth<Kind::kRate>;
    case FunctionId::kIdelta:
      return LastGrowth<false>;
    case FunctionId::kIrate:
      return LastGrowth<true>;
    default:
      return nullptr;
  }
}

}  // namespace rollcall::promql
