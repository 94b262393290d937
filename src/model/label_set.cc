#include "model/label_set.h"

#include <algorithm>

namespace rollcall {
namespace {

constexpr char kSeparator = '\0';

// Takes the text up to the next separator off the front of `rest`.
std::string_view TakeField(std::string_view& rest) {
  const size_t end = rest.find(kSeparator);
  const std::string_view field = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return field;
}

bool IsPlainName(std::string_view name, bool colon_allowed) {
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !(digit && i > 0) && !(c == ':' && colon_allowed)) return false;
  }
  return !name.empty();
}

}  // namespace

void AppendBareName(std::string_view name, std::string& out) {
  constexpr std::string_view kStructural = "\"\\{},=# \x7f";
  for (const char c : name) {
    const bool control = static_cast<unsigned char>(c) < ' ';
    out += control || kStructural.find(c) != std::string_view::npos ? '_' : c;
  }
}

void AppendQuoted(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  out += '"';
}

void AppendLabelSet(std::string_view metric, std::vector<Label>& labels, std::string& out) {
  std::sort(labels.begin(), labels.end(),
            [](const Label& a, const Label& b) { return a.name < b.name; });
  out += metric;
  for (const Label& label : labels) {
    out += kSeparator;
    out += label.name;
    out += kSeparator;
    out += label.value;
  }
}

std::string_view MetricOf(std::string_view label_set) {
  return label_set.substr(0, label_set.find(kSeparator));
}

std::vector<Label> LabelsOf(std::string_view label_set) {
  std::vector<Label> labels;
  TakeField(label_set);
  while (!label_set.empty()) {
    const std::string_view name = TakeField(label_set);
    labels.push_back({name, TakeField(label_set)});
  }
  return labels;
}

std::string_view LabelValue(std::string_view label_set, std::string_view name) {
  TakeField(label_set);
  while (!label_set.empty()) {
    const std::string_view found = TakeField(label_set);
    const std::string_view value = TakeField(label_set);
    if (found == name) return value;
  }
  return {};
}

std::string FormatLabelSet(std::string_view label_set, NameStyle style) {
  const std::string_view metric = MetricOf(label_set);
  const std::vector<Label> labels = LabelsOf(label_set);
  const bool metric_in_braces = style == NameStyle::kQuoted && !IsPlainName(metric, true);
  std::string out;
  if (!metric_in_braces) AppendBareName(metric, out);
  if (!metric_in_braces && labels.empty()) return out;
  out += '{';
  if (metric_in_braces) AppendQuoted(metric, out);
  for (const Label& label : labels) {
    if (out.back() != '{') out += ',';
    if (style == NameStyle::kBare || IsPlainName(label.name, false)) {
      AppendBareName(label.name, out);
    } else {
      AppendQuoted(label.name, out);
    }
    out += '=';
    AppendQuoted(label.value, out);
  }
  out += '}';
  return out;
}

}  // namespace rollcall
