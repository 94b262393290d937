#include "tests/query/promql/differential/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace rollcall::promql::test {
namespace {

using nlohmann::json;

Point ReadPoint(const json& pair) {
  return {std::llround(pair[0].get<double>() * 1000),
          std::strtod(pair[1].get<std::string>().c_str(), nullptr)};
}

ValueType TypeOf(const std::string& name) {
  if (name == "scalar") return ValueType::kScalar;
  if (name == "string") return ValueType::kString;
  return name == "vector" ? ValueType::kVector : ValueType::kMatrix;
}

ResultSeries ReadSeries(const json& one) {
  ResultSeries series;
  for (const auto& [name, value] : one.at("metric").items()) {
    series.labels.Set(name, value.get<std::string>());
  }
  if (one.contains("value")) {
    series.points.push_back(ReadPoint(one.at("value")));
  } else {
    for (const json& pair : one.at("values")) series.points.push_back(ReadPoint(pair));
  }
  return series;
}

bool IsClose(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return true;
  if (std::isinf(a) || std::isinf(b)) return false;
  return std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)});
}

std::string Text(const Point& point) {
  return std::to_string(point.value) + " at " + std::to_string(point.time);
}

std::string Difference(const ResultSeries& ours, const ResultSeries& theirs) {
  const std::string labels = ours.labels.ToString();
  if (ours.labels != theirs.labels) return labels + " instead of " + theirs.labels.ToString();
  for (size_t i = 0; i < std::min(ours.points.size(), theirs.points.size()); ++i) {
    const Point& a = ours.points[i];
    const Point& b = theirs.points[i];
    if (a.time != b.time || !IsClose(a.value, b.value)) {
      return labels + " " + Text(a) + " instead of " + Text(b);
    }
  }
  if (ours.points.size() == theirs.points.size()) return "";
  return labels + " has " + std::to_string(ours.points.size()) + " points instead of " +
         std::to_string(theirs.points.size());
}

}  // namespace

EngineAnswer ReadPrometheusAnswer(std::string_view text) {
  EngineAnswer answer;
  const json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object() || parsed.value("status", "") != "success") {
    answer.failed = true;
    answer.error = parsed.is_object() ? parsed.value("error", "") : "no JSON";
    return answer;
  }
  const json& data = parsed.at("data");
  const json& result = data.at("result");
  answer.result.type = TypeOf(data.at("resultType").get<std::string>());
  if (answer.result.type == ValueType::kScalar) {
    answer.result.scalar = ReadPoint(result);
  } else if (answer.result.type == ValueType::kString) {
    answer.result.text = result[1].get<std::string>();
  } else {
    for (const json& one : result) answer.result.series.push_back(ReadSeries(one));
  }
  return answer;
}

std::string Difference(const EngineAnswer& ours, const EngineAnswer& theirs, bool ordered) {
  if (ours.failed != theirs.failed) {
    return ours.failed ? "fails: " + ours.error : "does not fail: " + theirs.error;
  }
  if (ours.failed) return "";
  if (ours.result.type != theirs.result.type) return "another type";
  if (ours.result.type == ValueType::kScalar) {
    return IsClose(ours.result.scalar.value, theirs.result.scalar.value)
               ? ""
               : Text(ours.result.scalar) + " instead of " + Text(theirs.result.scalar);
  }
  std::vector<ResultSeries> a = ours.result.series;
  std::vector<ResultSeries> b = theirs.result.series;
  if (ordered) {
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      if (!IsClose(a[i].points[0].value, b[i].points[0].value)) {
        return "another order: " + Text(a[i].points[0]) + " instead of " + Text(b[i].points[0]) +
               " at place " + std::to_string(i) + " of " + std::to_string(b.size());
      }
    }
  }
  std::ranges::sort(a, {}, &ResultSeries::labels);
  std::ranges::sort(b, {}, &ResultSeries::labels);
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (std::string difference = Difference(a[i], b[i]); !difference.empty()) return difference;
  }
  if (a.size() == b.size()) return "";
  return std::to_string(a.size()) + " elements instead of " + std::to_string(b.size());
}

std::string_view ExplanationOf(std::string_view query, std::string_view difference) {
  const auto has = [&](std::string_view part) { return query.find(part) != query.npos; };
  const auto differs_by = [&](std::string_view part) {
    return difference.find(part) != difference.npos;
  };
  // Prometheus takes them in the order of a heap's work, which over a range begins with a random
  // order. Prometheus 2 also keeps the last of elements that are NaN, Prometheus 3 the first.
  if (has("topk") || has("bottomk")) return "which of equal elements topk and bottomk choose";
  if (has("predict_linear") && has(" @ ")) {
    return "predict_linear with @: Prometheus 2 gives other values over a range than at instants";
  }
  if (has("timestamp(") && has(" @ ") && has(" offset ")) {
    return "timestamp of a selector with @ and offset: Prometheus 2 misses what the selector finds";
  }
  if (differs_by("does not fail") && has(":")) {
    return "an error in a subquery at an instant that no step needs: Prometheus evaluates all "
           "between";
  }
  if ((has("cosh(") || has("sinh(")) && (differs_by("inf") || differs_by("nan"))) {
    return "cosh and sinh near the largest number: Go's overflow earlier";
  }
  if (has("stddev") || has("stdvar")) {
    if (differs_by("nan") || has("histogram_quantile(2,") || has("histogram_quantile(-1,") ||
        has("^")) {
      return "deviation of one infinite number: Prometheus 2 gives 0, Prometheus 3 NaN";
    }
    if (has("time")) return "deviation of times, which are large and near each other: rounding";
  }
  if (has("%") && has("time()")) return "a remainder of the time, which is large: rounding";
  return "";
}

}  // namespace rollcall::promql::test
