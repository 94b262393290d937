#include "parse/series_json_writer.h"

#include <cmath>

#include "base/text.h"
#include "model/label_set.h"
#include "parse/text_writer.h"

namespace rollcall {
namespace {

void AppendString(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < ' ') {
      out += "\\u00";
      AppendHexByte(c, out);
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

void AppendMetricJson(std::string_view label_set, std::string& out) {
  out += "{\"__name__\":";
  AppendString(MetricOf(label_set), out);
  for (const Label& label : LabelsOf(label_set)) {
    out += ',';
    AppendString(label.name, out);
    out += ':';
    AppendString(label.value, out);
  }
  out += '}';
}

void AppendJsonValue(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "null";
  } else if (std::isinf(value)) {
    out += value < 0 ? "\"-Infinity\"" : "\"Infinity\"";
  } else {
    AppendTextValue(value, out);
  }
}

}  // namespace rollcall
