// sum_over_time and its like. What a window's runs give is put together from the window's first and
// last run, of which it may have a part, and those between, whose sum moves on with it: a run is
// added once and dropped once, however many windows it is in.
#include <cmath>
#include <limits>

#include "query/promql/compensated_sum.h"
#include "query/promql/range_functions.h"
#include "query/promql/scaled_mean.h"

namespace rollcall::promql {
namespace {

struct Sum {
  CompensatedSum sum;

  static Sum Of(double value, double count) {
    Sum one;
    one.sum.AddTimes(value, count);
    return one;
  }
  void Add(const Sum& other) { sum.Add(other.sum); }
};

// NaN counts only where there is nothing else.
struct Max {
  double value = std::numeric_limits<double>::quiet_NaN();

  static Max Of(double v, double /*count*/) { return {v}; }
  void Add(const Max& other) {
    if (other.value > value || std::isnan(value)) {
      value = other.value;
    }
  }
};

struct Min {
  double value = std::numeric_limits<double>::quiet_NaN();

  static Min Of(double v, double /*count*/) { return {v}; }
  void Add(const Min& other) {
    if (other.value < value || std::isnan(value)) {
      value = other.value;
    }
  }
};

// Sums over runs [first, end) of which both only grow: those before `middle_` as the sums of each
// and all up to `middle_`, those after it as one.
template <typename T>
class MovingRuns {
 public:
  explicit MovingRuns(std::span<const Run> runs) : runs_(runs) {}

  T Of(size_t first, size_t end) {
    if (first >= end_) {
      middle_ = end_ = first;
      after_ = {};
    }
    for (; end_ < end; ++end_) {
      after_.Add(One(end_));
    }
    if (first > middle_) {
      middle_ = end_;
      after_ = {};
    }
    if (first < middle_ && !(base_ <= first && base_ + before_.size() == middle_)) {
      before_.resize(middle_ - first);
      base_ = first;
      T sum;
      for (size_t run = middle_; run-- > first;) {
        sum.Add(One(run));
        before_[run - first] = sum;
      }
    }
    T all = first < middle_ ? before_[first - base_] : T();
    all.Add(after_);
    return all;
  }

 private:
  T One(size_t run) const {
    return T::Of(runs_[run].value, static_cast<double>(runs_[run].end - runs_[run].begin));
  }

  std::span<const Run> runs_;
  std::vector<T> before_;
  size_t base_ = 0;  // the run of before_[0]
  size_t middle_ = 0;
  size_t end_ = 0;
  T after_;
};

// Calls value(T, walker) with what T makes of each window's samples.
template <typename T, typename Value>
Status OverRuns(const RangeWork& work, const Value& value) {
  MovingRuns<T> moving(work.windows.runs);
  return ForEachWindow(work, [&](const WindowWalker& walker, size_t) {
    const auto part = [&](size_t run) {
      const Run clipped = walker.At(run);
      return T::Of(clipped.value, static_cast<double>(clipped.end - clipped.begin));
    };
    T all = part(walker.first());
    if (const size_t last = walker.end() - 1; last > walker.first()) {
      if (walker.first() + 1 < last) {
        all.Add(moving.Of(walker.first() + 1, last));
      }
      all.Add(part(last));
    }
    return value(all, walker);
  });
}

// A mean whose sum is beyond the largest number.
double MeanOf(const WindowWalker& walker) {
  ScaledMean mean;
  for (size_t run = walker.first(); run < walker.end(); ++run) {
    const Run clipped = walker.At(run);
    mean.AddTimes(clipped.value, static_cast<double>(clipped.end - clipped.begin));
  }
  return mean.Value();
}

Status SumOverTime(const RangeWork& work) {
  return OverRuns<Sum>(work, [](const Sum& s, const WindowWalker&) { return s.sum.Value(); });
}

Status AvgOverTime(const RangeWork& work) {
  return OverRuns<Sum>(work, [](const Sum& s, const WindowWalker& walker) {
    if (!std::isfinite(s.sum.sum)) {
      return MeanOf(walker);
    }
    const double count = static_cast<double>(walker.count());
    return s.sum.sum / count + s.sum.error / count;
  });
}

Status MaxOverTime(const RangeWork& work) {
  return OverRuns<Max>(work, [](const Max& m, const WindowWalker&) { return m.value; });
}

Status MinOverTime(const RangeWork& work) {
  return OverRuns<Min>(work, [](const Min& m, const WindowWalker&) { return m.value; });
}

// Squares of differences are not taken apart again, so that what has left a window leaves no error
// behind: each window is gone through by itself.
double VarianceOf(const WindowWalker& walker) {
  double count = 0;
  CompensatedSum mean;
  CompensatedSum squares;
  for (size_t run = walker.first(); run < walker.end(); ++run) {
    const Run clipped = walker.At(run);
    const double added = static_cast<double>(clipped.end - clipped.begin);
    count += added;
    const double delta = clipped.value - mean.Value();
    mean.Add(delta * (added / count));
    squares.Add(delta * (clipped.value - mean.Value()) * added);
  }
  return squares.Value() / count;
}

Status StdvarOverTime(const RangeWork& work) {
  return ForEachCostlyWindow(work, [](const WindowWalker& walker, size_t, double& out) {
    out = VarianceOf(walker);
    return Status::Ok();
  });
}

Status StddevOverTime(const RangeWork& work) {
  return ForEachCostlyWindow(work, [](const WindowWalker& walker, size_t, double& out) {
    out = std::sqrt(VarianceOf(walker));
    return Status::Ok();
  });
}

Status CountOverTime(const RangeWork& work) {
  return ForEachWindow(
      work, [](const WindowWalker& walker, size_t) { return static_cast<double>(walker.count()); });
}

Status LastOverTime(const RangeWork& work) {
  return ForEachWindow(work,
                       [](const WindowWalker& walker, size_t) { return walker.last_value(); });
}

Status PresentOverTime(const RangeWork& work) {
  return ForEachWindow(work, [](const WindowWalker&, size_t) { return 1.0; });
}

}  // namespace

RangeFunction RangeAggregateOf(FunctionId id) {
  switch (id) {
    case FunctionId::kSumOverTime:
      return SumOverTime;
    case FunctionId::kAvgOverTime:
      return AvgOverTime;
    case FunctionId::kMaxOverTime:
      return MaxOverTime;
    case FunctionId::kMinOverTime:
      return MinOverTime;
    case FunctionId::kStdvarOverTime:
      return StdvarOverTime;
    case FunctionId::kStddevOverTime:
      return StddevOverTime;
    case FunctionId::kCountOverTime:
      return CountOverTime;
    case FunctionId::kLastOverTime:
      return LastOverTime;
    case FunctionId::kPresentOverTime:
      return PresentOverTime;
    default:
      return nullptr;
  }
}

}  // namespace rollcall::promql
