#include "parse/text_writer.h"

#include <charconv>
#include <cmath>

#include "model/label_set.h"

namespace rollcall {

void AppendTextValue(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value < 0 ? "-Inf" : "+Inf";
    return;
  }
  char digits[32];  // the longest double in its shortest form has 24
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

std::string TextOf(const ParsedReport& report) {
  std::string text;
  for (const ParsedReport::Sample& sample : report.samples) {
    text += FormatLabelSet(report.LabelSet(sample)) + ' ';
    AppendTextValue(sample.value, text);
    text += '\n';
  }
  return text;
}

}  // namespace rollcall
