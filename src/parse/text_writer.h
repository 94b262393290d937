// Values as Prometheus' text format has them; text_parser.h reads back the same, bit for bit. Pure
// function.
#pragma once

#include <string>

namespace rollcall {

// Appends the value in its shortest form. A NaN comes back as some NaN.
void AppendTextValue(double value, std::string& out);

}  // namespace rollcall
