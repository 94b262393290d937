#include "forward/forward_text.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/label_set.h"
#include "parse/text_writer.h"

namespace rollcall::forward {
namespace {

constexpr std::string_view kMetricLabel = "__name__";

std::string BareName(std::string_view name) {
  std::string bare;
  AppendBareName(name, bare);
  return bare;
}

void AppendSeries(std::string_view label_set, const ForwardedSource& source, std::string& out) {
  std::vector<std::pair<std::string, std::string_view>> labels;
  labels.emplace_back(source.id_label, source.id);
  for (const Label& label : LabelsOf(label_set)) {
    std::string name = BareName(label.name);
    if (name != source.id_label && name != kMetricLabel)
      labels.emplace_back(std::move(name), label.value);
  }
  std::stable_sort(labels.begin(), labels.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  labels.erase(std::unique(labels.begin(), labels.end(),
                           [](const auto& a, const auto& b) { return a.first == b.first; }),
               labels.end());
  AppendBareName(MetricOf(label_set), out);
  char before = '{';
  for (const auto& [name, value] : labels) {
    out += before;
    out += name;
    out += '=';
    AppendQuoted(value, out);
    before = ',';
  }
  out += '}';
}

}  // namespace

size_t AppendForwardLines(const ParsedReport& report, size_t begin, const ForwardedSource& source,
                          size_t enough_bytes, std::string& out) {
  const std::string time = ' ' + std::to_string(source.received.time_since_epoch().count()) + '\n';
  size_t at = begin;
  for (; at < report.samples.size() && out.size() < enough_bytes; ++at) {
    AppendSeries(report.LabelSet(report.samples[at]), source, out);
    out += ' ';
    AppendTextValue(report.samples[at].value, out);
    out += time;
  }
  return at;
}

}  // namespace rollcall::forward
