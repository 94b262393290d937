// A sample as a line of Prometheus' text format, which the parser reads back to the same label set
// and, bit for bit, the same value.
#pragma once

#include <string>
#include <string_view>

#include "model/label_set.h"
#include "parse/text_writer.h"

namespace rollcall::test {

// Appends `series value` and a newline. `label_set` is in canonical form, its names not empty;
// names that are no plain identifiers are written in quotes. A NaN comes back as some NaN.
inline void AppendTextLine(std::string_view label_set, double value, std::string& out) {
  out += FormatLabelSet(label_set, NameStyle::kQuoted);
  out += ' ';
  AppendTextValue(value, out);
  out += '\n';
}

}  // namespace rollcall::test
