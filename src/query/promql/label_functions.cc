#include "query/promql/label_functions.h"

#include <re2/re2.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parse/utf8.h"
#include "query/promql/vectors.h"

namespace rollcall::promql {
namespace {

const std::string& TextOf(const ExprPtr& argument) {
  return std::get<StringLiteral>(Unwrapped(*argument).node).value;
}

bool IsLabelName(std::string_view name) { return !name.empty() && IsUtf8(name); }

bool IsWord(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// A replacement in parts: text, or a group of the pattern whose match stands there.
struct Part {
  std::string text;
  int group = -1;
};

// Reads `$1`, `${name}` and `$$`; a group that the pattern has not is empty text.
std::vector<Part> ReadReplacement(std::string_view text, const RE2& pattern) {
  std::vector<Part> parts(1);
  const auto add_group = [&](std::string_view name) {
    int group = -1;
    if (name.find_first_not_of("0123456789") == std::string_view::npos && name.size() < 6) {
      group = std::stoi(std::string(name));
    } else if (const auto& names = pattern.NamedCapturingGroups();
               names.contains(std::string(name))) {
      group = names.at(std::string(name));
    }
    if (group >= 0 && group <= pattern.NumberOfCapturingGroups()) parts.push_back({{}, group});
    parts.emplace_back();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      parts.back().text += text[i];
    } else if (text[i + 1] == '$') {
      parts.back().text += '$';
      ++i;
    } else if (text[i + 1] == '{') {
      const size_t end = text.find('}', i);
      const std::string_view name =
          end == std::string_view::npos ? "" : text.substr(i + 2, end - i - 2);
      if (name.empty() || !std::all_of(name.begin(), name.end(), IsWord)) {
        parts.back().text += '$';
        continue;
      }
      add_group(name);
      i = end;
    } else {
      size_t end = i + 1;
      while (end < text.size() && IsWord(text[end])) ++end;
      if (end == i + 1) {
        parts.back().text += '$';
        continue;
      }
      add_group(text.substr(i + 1, end - i - 1));
      i = end - 1;
    }
  }
  return parts;
}

// Sets the label of each element to what `value` makes of its labels; nullopt leaves it as it is.
template <typename Make>
Result<Value> SetLabels(Evaluator& evaluator, Value vector, const std::string& name,
                        const Make& value) {
  for (Column& column : vector.vector) {
    ROLLCALL_RETURN_IF_ERROR(evaluator.budget().Check());
    if (const std::optional<std::string> text = value(column.labels)) {
      ROLLCALL_RETURN_IF_ERROR(vector.charge.Take(text->size()));
      column.labels.Set(name, *text);
    }
  }
  ROLLCALL_RETURN_IF_ERROR(UniteSameLabels(vector.vector));
  return vector;
}

}  // namespace

Result<Value> EvaluateLabelReplace(Evaluator& evaluator, const Call& call, Scope& scope) {
  const std::string& target = TextOf(call.arguments[1]);
  const std::string& source = TextOf(call.arguments[3]);
  RE2::Options options(RE2::Quiet);
  options.set_dot_nl(true);
  options.set_max_mem(kMaxPatternBytes);
  const RE2 pattern(TextOf(call.arguments[4]), options);
  if (!pattern.ok()) {
    return Status::InvalidArgument("invalid regular expression in label_replace(): " +
                                   TextOf(call.arguments[4]) + ": " + pattern.error());
  }
  if (!IsLabelName(target)) {
    return Status::InvalidArgument("invalid destination label name in label_replace(): " + target);
  }
  const std::vector<Part> parts = ReadReplacement(TextOf(call.arguments[2]), pattern);
  Result<Value> vector = evaluator.Evaluate(*call.arguments[0], scope);
  if (!vector.ok()) return vector;
  std::vector<re2::StringPiece> groups(static_cast<size_t>(pattern.NumberOfCapturingGroups()) + 1);
  return SetLabels(evaluator, std::move(*vector), target,
                   [&](const Labels& labels) -> std::optional<std::string> {
                     const std::string text(labels.Get(source));
                     if (!pattern.Match(text, 0, text.size(), RE2::ANCHOR_BOTH, groups.data(),
                                        static_cast<int>(groups.size()))) {
                       return std::nullopt;
                     }
                     std::string made;
                     for (const Part& part : parts) {
                       made += part.text;
                       if (part.group >= 0) {
                         const re2::StringPiece& match = groups[static_cast<size_t>(part.group)];
                         if (match.data() != nullptr) made.append(match.data(), match.size());
                       }
                     }
                     return made;
                   });
}

Result<Value> EvaluateLabelJoin(Evaluator& evaluator, const Call& call, Scope& scope) {
  const std::string& target = TextOf(call.arguments[1]);
  const std::string& separator = TextOf(call.arguments[2]);
  if (!IsLabelName(target)) {
    return Status::InvalidArgument("invalid destination label name in label_join(): " + target);
  }
  for (size_t i = 3; i < call.arguments.size(); ++i) {
    if (!IsLabelName(TextOf(call.arguments[i]))) {
      return Status::InvalidArgument("invalid source label name in label_join(): " +
                                     TextOf(call.arguments[i]));
    }
  }
  Result<Value> vector = evaluator.Evaluate(*call.arguments[0], scope);
  if (!vector.ok()) return vector;
  return SetLabels(evaluator, std::move(*vector), target,
                   [&](const Labels& labels) -> std::optional<std::string> {
                     std::string made;
                     for (size_t i = 3; i < call.arguments.size(); ++i) {
                       if (i > 3) made += separator;
                       made += labels.Get(TextOf(call.arguments[i]));
                     }
                     return made;
                   });
}

}  // namespace rollcall::promql
