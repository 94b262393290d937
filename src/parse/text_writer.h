// Values in Prometheus' text format; text_parser.h reads back the same bits. Pure function.
#pragma once

#include <string>

namespace rollcall {

// Appends the value in its shortest form. A NaN comes back as some NaN.
void AppendTextValue(double value, std::string& out);

}  // namespace rollcall
