// A label set in canonical form: the metric's name and the labels without the source's id, sorted
// by name, as one string of bytes that is equal exactly when the label sets are equal.
//
//   name (0x00 label-name 0x00 label-value)*
//
// The parser refuses 0x00 in names and values. A label with an empty value is the same as no label,
// and is left out. This is also the form on disk (storage/FORMAT.md).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall {

struct Label {
  std::string_view name;
  std::string_view value;
};

// Appends the canonical form to `out`. `labels` are sorted in place; names must be unique, values
// not empty, nothing may hold 0x00 (the parser's duty).
void AppendLabelSet(std::string_view metric, std::vector<Label>& labels, std::string& out);

// The metric's name of a canonical label set. Views into it.
std::string_view MetricOf(std::string_view label_set);

// The labels of a canonical label set, in order. Views into it.
std::vector<Label> LabelsOf(std::string_view label_set);

// The value of one label; empty where the label set does not have it.
std::string_view LabelValue(std::string_view label_set, std::string_view name);

enum class NameStyle {
  // Names as they are, so a name that is not a plain identifier does not parse everywhere. A byte
  // that would end the name or the line (a control, a blank, any of "\\{},=#) is written as `_`;
  // otherwise a sender could smuggle lines of its own into what is forwarded.
  kBare,
  // Names that are not plain identifiers in quotes, `{"a.b","c.d"="e"}`: parses to the same label
  // set.
  kQuoted,
};

// The pieces of that form: a name under NameStyle::kBare's rule, a value in quotes and escaped.
void AppendBareName(std::string_view name, std::string& out);
void AppendQuoted(std::string_view text, std::string& out);

// `name{a="b",c="d"}` in Prometheus' text format, values escaped, always one line; the name alone
// where there are no labels.
std::string FormatLabelSet(std::string_view label_set, NameStyle style = NameStyle::kBare);

}  // namespace rollcall
