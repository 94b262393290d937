// Test scripts in the format of Prometheus' own: what to load, what to evaluate, what to expect.
//
//   load 5m
//     requests{job="a"} 0+10x20 _ NaN 7
//     requests{job="b"} 1 2 3
//
//   eval instant at 50m sum(requests)
//     {} 100
//
//   eval range from 0 to 10m step 5m requests{job="b"}
//     requests{job="b"} 1 2 3
//
//   eval instant at 5m requests and 1
//     expect fail msg: set operator "and" not allowed in binary scalar expression
//
//   clear
//
// A series' values stand in the distance that `load` gives, from the start of Unix time on:
// `0+10x20` is 0 and 20 more, each 10 larger; `_x3` is three missing ones. An evaluation's lines
// are its whole result in any order, or in this one with `eval_ordered` or `expect ordered`; a
// scalar is a number alone; `eval_fail` or `expect fail` that it has none. `expect warn`,
// `no_warn`, `info` and `no_info` are about notes, and `expect string "x"` about a string.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "query/promql/labels.h"

namespace rollcall::promql::test {

struct ScriptSeries {
  Labels labels;
  std::vector<std::optional<double>> values;
};

struct ScriptLoad {
  int64_t step_ms = 0;
  std::vector<ScriptSeries> series;
};

struct ScriptEvaluation {
  size_t line = 0;
  std::string expr;
  bool is_range = false;
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  int64_t step_ms = 1;
  // Expected.
  bool fails = false;
  std::string message;  // a part of the error's
  bool ordered = false;
  std::optional<bool> warns;
  std::optional<bool> informs;
  std::optional<double> scalar;
  std::optional<std::string> text;
  std::vector<ScriptSeries> series;
};

struct ScriptStep {
  enum class Kind { kClear, kLoad, kEvaluate };
  Kind kind = Kind::kClear;
  ScriptLoad load;
  ScriptEvaluation evaluation;
};

// InvalidArgument: not a script; the message begins with the line.
Result<std::vector<ScriptStep>> ParseScript(std::string_view text);

}  // namespace rollcall::promql::test
