#include "query/promql/functions.h"

#include <algorithm>
#include <array>

namespace rollcall::promql {
namespace {

using enum ValueType;
using Id = FunctionId;
using Types = std::span<const ValueType>;

constexpr std::array kV = {kVector};
constexpr std::array kM = {kMatrix};
constexpr std::array kS = {kScalar};
constexpr std::array kVS = {kVector, kScalar};
constexpr std::array kVSS = {kVector, kScalar, kScalar};
constexpr std::array kMS = {kMatrix, kScalar};
constexpr std::array kMSS = {kMatrix, kScalar, kScalar};
constexpr std::array kSM = {kScalar, kMatrix};
constexpr std::array kSV = {kScalar, kVector};
constexpr std::array kVTTT = {kVector, kString, kString, kString};
constexpr std::array kVTTTT = {kVector, kString, kString, kString, kString};

// All arguments required, and a vector returned.
constexpr Function Of(Id id, std::string_view name, Types arguments, ValueType returns = kVector) {
  return {id, name, arguments, arguments.size(), false, returns};
}

// Some are optional.
constexpr Function Some(Id id, std::string_view name, Types arguments, size_t required,
                        bool repeats_last = false) {
  return {id, name, arguments, required, repeats_last, kVector};
}

// Sorted by name.
constexpr auto kFunctions = std::to_array<Function>({
    Of(Id::kAbs, "abs", kV),
    Of(Id::kIsAbsent, "absent", kV),
    Of(Id::kAbsentOverTime, "absent_over_time", kM),
    Of(Id::kAcos, "acos", kV),
    Of(Id::kAcosh, "acosh", kV),
    Of(Id::kAsin, "asin", kV),
    Of(Id::kAsinh, "asinh", kV),
    Of(Id::kAtan, "atan", kV),
    Of(Id::kAtanh, "atanh", kV),
    Of(Id::kAvgOverTime, "avg_over_time", kM),
    Of(Id::kCeil, "ceil", kV),
    Of(Id::kChanges, "changes", kM),
    Of(Id::kClamp, "clamp", kVSS),
    Of(Id::kClampMax, "clamp_max", kVS),
    Of(Id::kClampMin, "clamp_min", kVS),
    Of(Id::kCos, "cos", kV),
    Of(Id::kCosh, "cosh", kV),
    Of(Id::kCountOverTime, "count_over_time", kM),
    Some(Id::kDayOfMonth, "day_of_month", kV, 0),
    Some(Id::kDayOfWeek, "day_of_week", kV, 0),
    Some(Id::kDayOfYear, "day_of_year", kV, 0),
    Some(Id::kDaysInMonth, "days_in_month", kV, 0),
    Of(Id::kDeg, "deg", kV),
    Of(Id::kDelta, "delta", kM),
    Of(Id::kDeriv, "deriv", kM),
    Of(Id::kDoubleExponentialSmoothing, "double_exponential_smoothing", kMSS),
    Of(Id::kExp, "exp", kV),
    Of(Id::kFloor, "floor", kV),
    Of(Id::kHistogramQuantile, "histogram_quantile", kSV),
    Some(Id::kHour, "hour", kV, 0),
    Of(Id::kIdelta, "idelta", kM),
    Of(Id::kIncrease, "increase", kM),
    Of(Id::kIrate, "irate", kM),
    Some(Id::kLabelJoin, "label_join", kVTTT, 3, true),
    Of(Id::kLabelReplace, "label_replace", kVTTTT),
    Of(Id::kLastOverTime, "last_over_time", kM),
    Of(Id::kLn, "ln", kV),
    Of(Id::kLog10, "log10", kV),
    Of(Id::kLog2, "log2", kV),
    Of(Id::kMaxOverTime, "max_over_time", kM),
    Of(Id::kMinOverTime, "min_over_time", kM),
    Some(Id::kMinute, "minute", kV, 0),
    Some(Id::kMonth, "month", kV, 0),
    Of(Id::kPi, "pi", {}, kScalar),
    Of(Id::kPredictLinear, "predict_linear", kMS),
    Of(Id::kPresentOverTime, "present_over_time", kM),
    Of(Id::kQuantileOverTime, "quantile_over_time", kSM),
    Of(Id::kRad, "rad", kV),
    Of(Id::kRate, "rate", kM),
    Of(Id::kResets, "resets", kM),
    Some(Id::kRound, "round", kVS, 1),
    Of(Id::kScalar, "scalar", kV, kScalar),
    Of(Id::kSgn, "sgn", kV),
    Of(Id::kSin, "sin", kV),
    Of(Id::kSinh, "sinh", kV),
    Of(Id::kSort, "sort", kV),
    Of(Id::kSortDesc, "sort_desc", kV),
    Of(Id::kSqrt, "sqrt", kV),
    Of(Id::kStddevOverTime, "stddev_over_time", kM),
    Of(Id::kStdvarOverTime, "stdvar_over_time", kM),
    Of(Id::kSumOverTime, "sum_over_time", kM),
    Of(Id::kTan, "tan", kV),
    Of(Id::kTanh, "tanh", kV),
    Of(Id::kTime, "time", {}, kScalar),
    Of(Id::kTimestamp, "timestamp", kV),
    Of(Id::kVector, "vector", kS),
    Some(Id::kYear, "year", kV, 0),
});
static_assert(std::ranges::is_sorted(kFunctions, {}, &Function::name));

constexpr std::string_view kExperimental = "is experimental";
constexpr std::string_view kNative = "is of native histograms, which are not stored";

struct Refusal {
  std::string_view name;
  std::string_view reason;
};

constexpr auto kRefused = std::to_array<Refusal>({
    {"end", kExperimental},
    {"fill", kExperimental},
    {"fill_left", kExperimental},
    {"fill_right", kExperimental},
    {"first_over_time", kExperimental},
    {"histogram_avg", kNative},
    {"histogram_count", kNative},
    {"histogram_fraction", kNative},
    {"histogram_quantiles", kExperimental},
    {"histogram_stddev", kNative},
    {"histogram_stdvar", kNative},
    {"histogram_sum", kNative},
    {"info", kExperimental},
    {"limit_ratio", kExperimental},
    {"limitk", kExperimental},
    {"mad_over_time", kExperimental},
    {"range", kExperimental},
    {"sort_by_label", kExperimental},
    {"sort_by_label_desc", kExperimental},
    {"start", kExperimental},
    {"step", kExperimental},
    {"ts_of_first_over_time", kExperimental},
    {"ts_of_last_over_time", kExperimental},
    {"ts_of_max_over_time", kExperimental},
    {"ts_of_min_over_time", kExperimental},
});

}  // namespace

std::string_view NameOf(ValueType type) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"scalar", "string", "instant vector", "range vector"});
  return kNames[static_cast<size_t>(type)];
}

std::string_view ShortNameOf(ValueType type) {
  if (type == ValueType::kVector) return "vector";
  return type == ValueType::kMatrix ? "matrix" : NameOf(type);
}

const Function* FindFunction(std::string_view name) {
  if (name == "holt_winters") name = "double_exponential_smoothing";
  const auto at = std::ranges::lower_bound(kFunctions, name, {}, &Function::name);
  return at != kFunctions.end() && at->name == name ? &*at : nullptr;
}

std::string_view WhyNotAnswered(std::string_view name) {
  const auto at = std::ranges::find(kRefused, name, &Refusal::name);
  return at != kRefused.end() ? at->reason : std::string_view();
}

}  // namespace rollcall::promql
