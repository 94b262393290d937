// Writes samples as lines of Prometheus' text format that text_parser.h reads back to the same
// label sets and, bit for bit, the same values. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace rollcall {

// Appends `series value` and a newline. `label_set` is in canonical form (model/label_set.h), its
// names not empty; names that are no plain identifiers are written in quotes. A NaN comes back as
// some NaN.
void AppendTextLine(std::string_view label_set, double value, std::string& out);

// The value alone, in its shortest form.
void AppendTextValue(double value, std::string& out);

}  // namespace rollcall
