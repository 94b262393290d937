#include "query/promql/math_functions.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace rollcall::promql {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// An infinity that decides counts before a NaN; else a NaN stays one.
double Larger(double a, double b) {
  if (a == kInfinity || b == kInfinity) {
    return kInfinity;
  }
  return std::isnan(a) || std::isnan(b) ? a + b : std::max(a, b);
}

double Smaller(double a, double b) {
  if (a == -kInfinity || b == -kInfinity) {
    return -kInfinity;
  }
  return std::isnan(a) || std::isnan(b) ? a + b : std::min(a, b);
}

double Sign(double v) { return v < 0 ? -1 : v > 0 ? 1 : v; }

double Round(double v, double nearest) {
  const double inverse = 1 / nearest;
  return std::floor(v * inverse + 0.5) / inverse;
}

using Unary = double (*)(double);

struct UnaryRow {
  FunctionId id;
  Unary function;
};

constexpr std::array<UnaryRow, 24> kUnary{{
    {FunctionId::kAbs, [](double v) { return std::abs(v); }},
    {FunctionId::kCeil, [](double v) { return std::ceil(v); }},
    {FunctionId::kDeg, [](double v) { return v * 180 / std::numbers::pi; }},
    {FunctionId::kExp, [](double v) { return std::exp(v); }},
    {FunctionId::kFloor, [](double v) { return std::floor(v); }},
    {FunctionId::kLn, [](double v) { return std::log(v); }},
    {FunctionId::kLog10, [](double v) { return std::log10(v); }},
    {FunctionId::kLog2, [](double v) { return std::log2(v); }},
    {FunctionId::kRad, [](double v) { return v * std::numbers::pi / 180; }},
    {FunctionId::kRound, [](double v) { return std::floor(v + 0.5); }},
    {FunctionId::kSgn, Sign},
    {FunctionId::kSqrt, [](double v) { return std::sqrt(v); }},
    {FunctionId::kAcos, [](double v) { return std::acos(v); }},
    {FunctionId::kAcosh, [](double v) { return std::acosh(v); }},
    {FunctionId::kAsin, [](double v) { return std::asin(v); }},
    {FunctionId::kAsinh, [](double v) { return std::asinh(v); }},
    {FunctionId::kAtan, [](double v) { return std::atan(v); }},
    {FunctionId::kAtanh, [](double v) { return std::atanh(v); }},
    {FunctionId::kCos, [](double v) { return std::cos(v); }},
    {FunctionId::kCosh, [](double v) { return std::cosh(v); }},
    {FunctionId::kSin, [](double v) { return std::sin(v); }},
    {FunctionId::kSinh, [](double v) { return std::sinh(v); }},
    {FunctionId::kTan, [](double v) { return std::tan(v); }},
    {FunctionId::kTanh, [](double v) { return std::tanh(v); }},
}};

Unary UnaryOf(FunctionId id) {
  for (const UnaryRow& row : kUnary) {
    if (row.id == id) {
      return row.function;
    }
  }
  return DateFunctionOf(id);
}

// Makes a transform of change(value, i).
template <typename Change>
Transform EachValue(Change change) {
  return [change = std::move(change)](std::span<double> values, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      if (!IsAbsent(values[i])) {
        values[i] = change(values[i], i);
      }
    }
  };
}

}  // namespace

Transform MathTransform(FunctionId id, std::vector<std::vector<double>> parameters) {
  if (id == FunctionId::kClamp) {
    return EachValue([p = std::move(parameters)](double v, size_t i) {
      const double least = p[0][i];
      const double most = p[1][i];
      return most < least ? kAbsent : Larger(least, Smaller(most, v));
    });
  }
  if (id == FunctionId::kClampMax) {
    return EachValue(
        [p = std::move(parameters)](double v, size_t i) { return Smaller(p[0][i], v); });
  }
  if (id == FunctionId::kClampMin) {
    return EachValue(
        [p = std::move(parameters)](double v, size_t i) { return Larger(p[0][i], v); });
  }
  if (id == FunctionId::kRound && !parameters.empty()) {
    return EachValue([p = std::move(parameters)](double v, size_t i) { return Round(v, p[0][i]); });
  }
  if (const Unary function = UnaryOf(id)) {
    return EachValue([function](double v, size_t) { return function(v); });
  }
  return {};
}

bool IsMathFunction(FunctionId id) {
  return id == FunctionId::kClamp || id == FunctionId::kClampMax || id == FunctionId::kClampMin ||
         UnaryOf(id) != nullptr;
}

}  // namespace rollcall::promql
