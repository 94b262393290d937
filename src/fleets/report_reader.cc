#include "fleets/report_reader.h"

#include <utility>

#include "parse/report_parser.h"

namespace rollcall::fleets {

Result<ReportReader> ReportReader::Make(const Declaration& declaration) {
  ReportReader reader;
  reader.id_label_ = declaration.fleet.id_label;
  reader.keeps_undeclared_ = declaration.keeps_undeclared;
  if (declaration.format == ReportFormat::kJson) {
    Result<JsonMapper> mapper = JsonMapper::Make(declaration.mapping);
    if (!mapper.ok()) return mapper.status();
    reader.mapper_ = *std::move(mapper);
    return reader;
  }
  for (const MetricDescription& metric : declaration.metrics) {
    auto& labels = reader.metrics_[metric.name];
    for (const LabelDescription& label : metric.labels) labels.insert(label.name);
  }
  return reader;
}

Status ReportReader::Read(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
                          JsonCapture& capture, MappedReport& out, ReportBound& exceeded) const {
  return mapper_ ? mapper_->Map(body, hash_seed, bounds, capture, out, exceeded)
                 : ReadText(body, hash_seed, bounds, out, exceeded);
}

Status ReportReader::ReadText(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
                              MappedReport& out, ReportBound& exceeded) const {
  out = {};
  TextRules rules{.id_label = id_label_};
  if (!keeps_undeclared_) {
    rules.keep = [&](std::string_view metric, std::vector<Label>& labels) {
      return KeepDeclared(metric, labels, out.undeclared);
    };
  }
  return ParseReport(body, rules, hash_seed, bounds, out.report, exceeded);
}

bool ReportReader::KeepDeclared(std::string_view metric, std::vector<Label>& labels,
                                UndeclaredFields& undeclared) const {
  const auto declared = metrics_.find(metric);
  if (declared == metrics_.end()) {
    undeclared.Add(std::string(metric.substr(0, UndeclaredFields::kMostBytes)));
    return false;
  }
  std::erase_if(labels, [&](const Label& label) {
    if (declared->second.contains(label.name)) return false;
    const std::string name = std::string(metric) + "{" + std::string(label.name) + "}";
    undeclared.Add(name.substr(0, UndeclaredFields::kMostBytes));
    return true;
  });
  return true;
}

}  // namespace rollcall::fleets
