// Functions of range vectors that look at each sample, or at the order of all.
#include <cmath>
#include <limits>
#include <optional>

#include "query/promql/compensated_sum.h"
#include "query/promql/number_text.h"
#include "query/promql/quantile.h"
#include "query/promql/range_functions.h"

namespace rollcall::promql {
namespace {

// Calls visit(time, value) for the samples of a window, in their order.
template <typename Visit>
void ForEachSample(const RangeWork& work, const WindowWalker& walker, const Visit& visit) {
  for (size_t r = walker.first(); r < walker.end(); ++r) {
    const Run run = walker.At(r);
    for (uint32_t i = run.begin; i < run.end; ++i) {
      visit(work.windows.times[i], run.value);
    }
  }
}

struct Line {
  double slope = 0;
  double intercept = 0;  // the value at the origin
};

// The straight line with the least squares of distances to the samples.
Line FitLine(const RangeWork& work, const WindowWalker& walker, int64_t origin) {
  const double first = walker.first_value();
  bool is_constant = true;
  for (size_t r = walker.first(); r < walker.end(); ++r) {
    is_constant = is_constant && work.windows.runs[r].value == first;
  }
  if (is_constant) {
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    return std::isinf(first) ? Line{kNaN, kNaN} : Line{0, first};
  }
  CompensatedSum sum_x, sum_y, sum_xy, sum_xx;
  ForEachSample(work, walker, [&](int64_t time, double y) {
    const double x = static_cast<double>(Minus(time, origin)) / 1000;
    sum_x.Add(x);
    sum_y.Add(y);
    sum_xy.Add(x * y);
    sum_xx.Add(x * x);
  });
  const double n = static_cast<double>(walker.count());
  const double covariance = sum_xy.Value() - sum_x.Value() * sum_y.Value() / n;
  const double variance = sum_xx.Value() - sum_x.Value() * sum_x.Value() / n;
  const double slope = covariance / variance;
  return {slope, sum_y.Value() / n - slope * sum_x.Value() / n};
}

Status Deriv(const RangeWork& work) {
  return ForEachCostlyWindow(work, [&](const WindowWalker& walker, size_t, double& out) {
    if (walker.count() >= 2) {
      out = FitLine(work, walker, walker.first_time()).slope;
    }
    return Status::Ok();
  });
}

Status PredictLinear(const RangeWork& work) {
  return ForEachCostlyWindow(work, [&](const WindowWalker& walker, size_t i, double& out) {
    if (walker.count() >= 2) {
      const Line line = FitLine(work, walker, work.instants[i]);
      out = line.slope * work.parameters[0][i] + line.intercept;
    }
    return Status::Ok();
  });
}

Status CheckFactor(const char* name, double factor) {
  if (factor > 0 && factor < 1) {
    return Status::Ok();
  }
  const std::string word = *name == 's' ? "sf" : "tf";
  return Status::InvalidArgument("invalid " + std::string(name) + " factor. Expected: 0 < " + word +
                                 " < 1, got: " + FixedText(factor, 6));
}

Status DoubleExponentialSmoothing(const RangeWork& work) {
  return ForEachCostlyWindow(work, [&](const WindowWalker& walker, size_t i, double& out) {
    const double smoothing = work.parameters[0][i];
    const double trending = work.parameters[1][i];
    ROLLCALL_RETURN_IF_ERROR(CheckFactor("smoothing", smoothing));
    ROLLCALL_RETURN_IF_ERROR(CheckFactor("trend", trending));
    if (walker.count() < 2) {
      return Status::Ok();
    }
    size_t number = 0;
    double before = 0;    // smoothed, of the sample before the last
    double smoothed = 0;  // of the last sample
    double trend = 0;
    ForEachSample(work, walker, [&](int64_t, double value) {
      if (number == 0) {
        smoothed = value;
      } else {
        trend = number == 1 ? value - smoothed
                            : trending * (smoothed - before) + (1 - trending) * trend;
        before = smoothed;
        smoothed = smoothing * value + (1 - smoothing) * (smoothed + trend);
      }
      ++number;
    });
    out = smoothed;
    return Status::Ok();
  });
}

Status QuantileOverTime(const RangeWork& work) {
  std::vector<Weighted> numbers;
  std::optional<double> told;
  return ForEachCostlyWindow(work, [&](const WindowWalker& walker, size_t i, double& out) {
    const double phi = work.parameters[0][i];
    if (!IsQuantile(phi) && (!told || *told != phi)) {
      told = phi;
      work.notes.Warn(QuantileWarning(phi), work.place);
    }
    numbers.clear();
    for (size_t r = walker.first(); r < walker.end(); ++r) {
      const Run run = walker.At(r);
      numbers.push_back({run.value, static_cast<double>(run.end - run.begin)});
    }
    out = QuantileOf(phi, numbers);
    return Status::Ok();
  });
}

}  // namespace

RangeFunction RangeFitOf(FunctionId id) {
  switch (id) {
    case FunctionId::kDeriv:
      return Deriv;
    case FunctionId::kPredictLinear:
      return PredictLinear;
    case FunctionId::kDoubleExponentialSmoothing:
      return DoubleExponentialSmoothing;
    case FunctionId::kQuantileOverTime:
      return QuantileOverTime;
    default:
      return nullptr;
  }
}

RangeFunction RangeFunctionOf(FunctionId id) {
  for (const auto of : {RangeAggregateOf, RangeDifferenceOf, RangeFitOf}) {
    if (const RangeFunction function = of(id)) {
      return function;
    }
  }
  return nullptr;
}

bool IsOfValues(FunctionId id) {
  return id == FunctionId::kLastOverTime || id == FunctionId::kMaxOverTime ||
         id == FunctionId::kMinOverTime || id == FunctionId::kPresentOverTime;
}

}  // namespace rollcall::promql
