// The writer of series as JSON lines, in the form of VictoriaMetrics' /api/v1/export,
// which series_json_reader.h reads back:
// {"metric":{"__name__":"m","a":"b"},"values":[1,2],"timestamps":[1700000000000,…]}.
// Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace rollcall {

// Appends a label set as `{"__name__":"m","a":"b"}`. Requires a canonical label set
// (model/label_set.h) whose texts are UTF-8.
void AppendMetricJson(std::string_view label_set, std::string& out);

// Appends a value in its shortest form; values that JSON has no number for become "Infinity",
// "-Infinity" and null.
void AppendJsonValue(double value, std::string& out);

}  // namespace rollcall
