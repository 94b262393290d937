// Random PromQL over the series of a history. Owned by a test; single-threaded.
//
// What it makes is answered the same by Prometheus 2 and 3, as far as that can be had by what is
// asked: instants are multiples of 5 seconds, a subquery's range is not, so that none of its steps
// lies on the edge of its window; rates are of counters; nothing sees whether atan2 keeps names.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::promql::test {

class QueryGenerator {
 public:
  explicit QueryGenerator(uint64_t seed) : random_(seed) {}

  // Nearly always of valid types; it may still fail in evaluation.
  std::string Query();

  uint64_t Below(uint64_t end) { return random_() % end; }

 private:
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  std::string Pick(std::initializer_list<std::string_view> choices);
  std::string Number();

  std::string Matchers(std::string_view metric);
  std::string Shift();
  std::string Selector();
  std::string Range(int depth);
  std::string CounterRange();
  std::string SubqueryBrackets();

  std::string Scalar(int depth);
  std::string Vector(int depth);
  std::string Aggregation(int depth);
  std::string OverTime(int depth);
  std::string Rate();
  std::string Math(int depth);
  std::string OfLabels(int depth);
  std::string WithScalar(int depth);
  std::string BetweenVectors(int depth);
  std::string Matched(const std::string& left, const std::string& op, const std::string& right);
  std::string WithoutName(const std::string& op, const std::string& operation);
  std::string SetOperation(int depth);
  std::string Histogram();
  std::string OfTime(int depth);

  std::mt19937_64 random_;
};

}  // namespace rollcall::promql::test
