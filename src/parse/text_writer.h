// Values and reports in Prometheus' text format; text_parser.h reads back the same bits. Pure
// functions.
#pragma once

#include <string>

#include "model/report.h"

namespace rollcall {

// Appends the value in its shortest form. A NaN comes back as some NaN.
void AppendTextValue(double value, std::string& out);

// Returns the report as text, a line for each sample.
std::string TextOf(const ParsedReport& report);

}  // namespace rollcall
