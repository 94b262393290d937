// The functions of PromQL: a row each, with the types of their arguments. The parser checks calls
// by it, the engine has the work of each id. Immutable.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace rollcall::promql {

enum class ValueType { kScalar, kString, kVector, kMatrix };

// "scalar", "string", "instant vector", "range vector".
std::string_view NameOf(ValueType type);
// The same, but "vector" and "matrix", as answers and some messages have it.
std::string_view ShortNameOf(ValueType type);

enum class FunctionId {
  // Of an instant vector's values.
  kAbs,
  kCeil,
  kClamp,
  kClampMax,
  kClampMin,
  kDeg,
  kExp,
  kFloor,
  kLn,
  kLog10,
  kLog2,
  kRad,
  kRound,
  kSgn,
  kSqrt,
  kAcos,
  kAcosh,
  kAsin,
  kAsinh,
  kAtan,
  kAtanh,
  kCos,
  kCosh,
  kSin,
  kSinh,
  kTan,
  kTanh,
  // Of times.
  kDayOfMonth,
  kDayOfWeek,
  kDayOfYear,
  kDaysInMonth,
  kHour,
  kMinute,
  kMonth,
  kYear,
  kTime,
  kTimestamp,
  // Of an instant vector as a whole.
  kIsAbsent,
  kHistogramQuantile,
  kLabelJoin,
  kLabelReplace,
  kScalar,
  kSort,
  kSortDesc,
  kVector,
  kPi,
  // Of ranges.
  kAbsentOverTime,
  kAvgOverTime,
  kChanges,
  kCountOverTime,
  kDelta,
  kDeriv,
  kDoubleExponentialSmoothing,
  kIdelta,
  kIncrease,
  kIrate,
  kLastOverTime,
  kMaxOverTime,
  kMinOverTime,
  kPredictLinear,
  kPresentOverTime,
  kQuantileOverTime,
  kRate,
  kResets,
  kStddevOverTime,
  kStdvarOverTime,
  kSumOverTime,
};

struct Function {
  FunctionId id;
  std::string_view name;
  std::span<const ValueType> arguments;  // the types, as many as there may be at most
  size_t required;                       // of these, from the first on
  bool repeats_last;                     // the last argument may come any number of times
  ValueType returns;
};

// Returns nullptr where PromQL has no stable function of that name. `holt_winters`, the older name
// of double_exponential_smoothing, finds that one.
const Function* FindFunction(std::string_view name);

// Returns why a function of PromQL is not answered, in words that follow its name: "is
// experimental", "is of native histograms, which are not stored"; "" where PromQL has none of that
// name, or where FindFunction finds it.
std::string_view WhyNotAnswered(std::string_view name);

}  // namespace rollcall::promql
