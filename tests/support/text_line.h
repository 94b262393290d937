// A sample as a line of Prometheus' text format, from which the parser reads the same label set
// and, bit for bit, the same value. Pure function; any thread.
#pragma once

#include <string>
#include <string_view>

#include "model/label_set.h"
#include "parse/text_writer.h"

namespace rollcall::test {

// Appends `series value` and a newline. Requires `label_set` in canonical form, without empty
// names. Quotes names that are not plain identifiers. A NaN is read back as some NaN.
inline void AppendTextLine(std::string_view label_set, double value, std::string& out) {
  out += FormatLabelSet(label_set, NameStyle::kQuoted);
  out += ' ';
  AppendTextValue(value, out);
  out += '\n';
}

}  // namespace rollcall::test
