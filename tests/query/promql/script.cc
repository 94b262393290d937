#include "tests/query/promql/script.h"

#include <algorithm>
#include <cstdlib>

#include "query/promql/parser.h"
#include "query/promql/text.h"

namespace rollcall::promql::test {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// Takes the first word off `text`.
std::string_view TakeWord(std::string_view& text) {
  text = Trim(text);
  const size_t end = std::min(text.find_first_of(kBlanks), text.size());
  const std::string_view word = text.substr(0, end);
  text = Trim(text.substr(end));
  return word;
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  text = Trim(text);
  return true;
}

// A whole number of the text; nullopt if anything else stands there.
std::optional<double> ReadDouble(std::string_view text) {
  const std::string copy(text);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  if (copy.empty() || end != copy.c_str() + copy.size()) return std::nullopt;
  return value;
}

// `5m`, or seconds.
std::optional<int64_t> ReadTime(std::string_view text) {
  if (const auto ms = ReadDurationMs(text)) return ms;
  if (const auto seconds = ReadDouble(text)) return static_cast<int64_t>(*seconds * 1000);
  return std::nullopt;
}

// `1`, `_`, `0+10x5`, `3x4`, `_x2`.
bool ReadValues(std::string_view word, std::vector<std::optional<double>>& values) {
  size_t times = 0;
  if (const size_t x = word.rfind('x'); x != std::string_view::npos) {
    const auto count = ReadDouble(word.substr(x + 1));
    if (!count || *count < 0 || *count > 100'000) return false;
    times = static_cast<size_t>(*count);
    word = word.substr(0, x);
    if (word == "_") {
      values.insert(values.end(), times, std::nullopt);
      return true;
    }
  }
  if (word == "_") {
    values.push_back(std::nullopt);
    return true;
  }
  const std::string copy(word);
  char* end = nullptr;
  double value = std::strtod(copy.c_str(), &end);
  if (end == copy.c_str()) return false;
  double increment = 0;
  if (*end != '\0') {
    const auto read = ReadDouble(end);
    if (!read || (*end != '+' && *end != '-')) return false;
    increment = *read;
  }
  for (size_t i = 0; i <= times; ++i) {
    values.push_back(value);
    value += increment;
  }
  return true;
}

// `name{a="b"} 1 2 3`
Status ReadSeries(std::string_view line, ScriptSeries& series) {
  size_t end = 0;
  char quote = 0;
  bool in_braces = false;
  for (; end < line.size(); ++end) {
    const char c = line[end];
    if (quote != 0) {
      if (c == '\\') ++end;
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '{' || c == '}') {
      in_braces = c == '{';
    } else if (!in_braces && kBlanks.find(c) != std::string_view::npos) {
      break;
    }
  }
  const std::string_view name = line.substr(0, end);
  if (name != "{}") {
    const auto matchers = ParseSelector(name);
    if (!matchers.ok()) return matchers.status();
    for (const Matcher& matcher : *matchers) series.labels.Set(matcher.label(), matcher.value());
  }
  line.remove_prefix(end);
  while (!Trim(line).empty()) {
    const std::string_view word = TakeWord(line);
    if (!ReadValues(word, series.values)) {
      return Status::InvalidArgument("no value: " + std::string(word));
    }
  }
  return Status::Ok();
}

// Reads `range from 0 to 10m step 1m EXPR` or `instant at 50m EXPR`.
Status ReadEvaluation(std::string_view rest, ScriptEvaluation& evaluation) {
  const std::string_view kind = TakeWord(rest);
  evaluation.is_range = kind == "range";
  const auto time = [&](std::string_view word, int64_t& ms) {
    if (TakeWord(rest) != word) return false;
    const auto read = ReadTime(TakeWord(rest));
    ms = read.value_or(0);
    return read.has_value();
  };
  bool ok = false;
  if (kind == "instant") {
    ok = time("at", evaluation.start_ms);
    evaluation.end_ms = evaluation.start_ms;
  } else if (kind == "range") {
    ok = time("from", evaluation.start_ms) && time("to", evaluation.end_ms) &&
         time("step", evaluation.step_ms) && evaluation.step_ms > 0;
  }
  if (!ok) return Status::InvalidArgument("not `instant at T` or `range from T to T step D`");
  evaluation.expr = rest;
  return Status::Ok();
}

Status ReadExpectation(std::string_view rest, ScriptEvaluation& evaluation) {
  const std::string_view what = TakeWord(rest);
  if (what == "fail") {
    evaluation.fails = true;
    if (TakePrefix(rest, "msg:")) evaluation.message = rest;
  } else if (what == "ordered") {
    evaluation.ordered = true;
  } else if (what == "warn" || what == "no_warn") {
    evaluation.warns = what == "warn";
  } else if (what == "info" || what == "no_info") {
    evaluation.informs = what == "info";
  } else if (what == "string") {
    const auto text = ParseExpr(rest);
    if (!text.ok()) return text.status();
    evaluation.text = std::get<StringLiteral>((*text)->node).value;
  } else {
    return Status::InvalidArgument("expect what? " + std::string(what));
  }
  return Status::Ok();
}

// A line of what an evaluation gives.
Status ReadResult(std::string_view line, ScriptEvaluation& evaluation) {
  if (TakePrefix(line, "expect ")) return ReadExpectation(line, evaluation);
  if (const auto scalar = ReadDouble(line)) {
    evaluation.scalar = scalar;
    return Status::Ok();
  }
  return ReadSeries(line, evaluation.series.emplace_back());
}

// A line that is not indented begins a step.
Status BeginStep(std::string_view line, size_t number, std::vector<ScriptStep>& steps) {
  ScriptStep& step = steps.emplace_back();
  const std::string_view command = TakeWord(line);
  if (command == "clear") return Status::Ok();
  if (command == "load") {
    step.kind = ScriptStep::Kind::kLoad;
    const auto distance = ReadTime(line);
    if (!distance || *distance <= 0) return Status::InvalidArgument("load what distance?");
    step.load.step_ms = *distance;
    return Status::Ok();
  }
  step.kind = ScriptStep::Kind::kEvaluate;
  step.evaluation.line = number;
  step.evaluation.fails = command == "eval_fail";
  step.evaluation.ordered = command == "eval_ordered";
  if (command != "eval" && !step.evaluation.fails && !step.evaluation.ordered) {
    return Status::InvalidArgument("no command: " + std::string(command));
  }
  return ReadEvaluation(line, step.evaluation);
}

Status ReadLine(std::string_view line, size_t number, std::vector<ScriptStep>& steps) {
  const bool is_indented = kBlanks.find(line[0]) != std::string_view::npos;
  line = Trim(line);
  if (line.empty() || line[0] == '#') return Status::Ok();
  if (!is_indented) return BeginStep(line, number, steps);
  if (steps.empty()) return Status::InvalidArgument("indented, but under nothing");
  ScriptStep& step = steps.back();
  switch (step.kind) {
    case ScriptStep::Kind::kLoad:
      return ReadSeries(line, step.load.series.emplace_back());
    case ScriptStep::Kind::kEvaluate:
      return ReadResult(line, step.evaluation);
    default:
      return Status::InvalidArgument("indented under `clear`");
  }
}

}  // namespace

Result<std::vector<ScriptStep>> ParseScript(std::string_view text) {
  std::vector<ScriptStep> steps;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) {
      const Status status = ReadLine(text.substr(0, end), number, steps);
      if (!status.ok()) return status.WithContext("line " + std::to_string(number));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return steps;
}

}  // namespace rollcall::promql::test
