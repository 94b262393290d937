// Writes series as JSON lines, as VictoriaMetrics' /api/v1/export does and series_json_reader.h
// reads back: {"metric":{"__name__":"m","a":"b"},"values":[1,2],"timestamps":[1700000000000,…]}.
// Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace rollcall {

// Appends `{"__name__":"m","a":"b"}`: a canonical label set (model/label_set.h), whose texts are
// UTF-8.
void AppendMetricJson(std::string_view label_set, std::string& out);

// A value in its shortest form; what JSON has no number for as "Infinity", "-Infinity" and null.
void AppendJsonValue(double value, std::string& out);

}  // namespace rollcall
