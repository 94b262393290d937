#include <re2/re2.h>

#include <algorithm>
#include <set>

#include "base/nearest.h"
#include "base/text.h"
#include "fleets/declaration_parts.h"

namespace rollcall::fleets {
namespace {

class Checker {
 public:
  explicit Checker(const Declaration& declaration) : declaration_(declaration) {}

  Status Check() {
    ROLLCALL_RETURN_IF_ERROR(CheckMetrics());
    ROLLCALL_RETURN_IF_ERROR(CheckMappedLabels());
    ROLLCALL_RETURN_IF_ERROR(CheckMetric(declaration_.fleet.counted_metric, "/counted/metric"));
    ROLLCALL_RETURN_IF_ERROR(CheckNames());
    for (size_t i = 0; i < declaration_.fleet.figures.size(); ++i) {
      const Figure& figure = declaration_.fleet.figures[i];
      const std::string at = "/figures/" + std::to_string(i);
      ROLLCALL_RETURN_IF_ERROR(CheckMetric(figure.metric, at + "/metric"));
      if (figure.label.empty()) continue;
      ROLLCALL_RETURN_IF_ERROR(CheckPublicLabel(figure.metric, figure.label, at + "/where"));
    }
    for (size_t i = 0; i < declaration_.fleet.breakdowns.size(); ++i) {
      const Breakdown& breakdown = declaration_.fleet.breakdowns[i];
      const std::string at = "/breakdowns/" + std::to_string(i);
      ROLLCALL_RETURN_IF_ERROR(CheckMetric(breakdown.metric, at + "/metric"));
      ROLLCALL_RETURN_IF_ERROR(CheckPublicLabel(breakdown.metric, breakdown.label, at + "/by"));
    }
    return CheckPage();
  }

 private:
  Status CheckMetrics() {
    std::set<std::string> labels;
    for (const MetricDescription& metric : declaration_.metrics) {
      metrics_.push_back(metric.name);
      for (const LabelDescription& described : metric.labels) {
        const std::string& label = described.name;
        labels.insert(label);
        const std::string at = "/metrics/" + metric.name + "/labels";
        if (label == "__name__" || label == declaration_.fleet.id_label) {
          return FaultAt(at,
                         QuoteForMessage(label) + " stands there, but " +
                             (label == "__name__" ? "that is the metric's own name"
                                                  : "labels of that name are dropped (/id_label)"));
        }
      }
    }
    for (size_t i = 0; i < declaration_.fleet.identifying_labels.size(); ++i) {
      const std::string& label = declaration_.fleet.identifying_labels[i];
      if (labels.contains(label)) continue;
      return FaultAt("/identifying_labels/" + std::to_string(i),
                     QuoteForMessage(label) + " stands there, but no metric has that label" +
                         DidYouMean(label, {labels.begin(), labels.end()}));
    }
    return Status::Ok();
  }

  // Checks that every mapped label is described, and every described label is mapped.
  Status CheckMappedLabels() {
    for (const MetricDescription& metric : declaration_.metrics) {
      std::set<std::string> mapped;
      for (const JsonRule& rule : declaration_.mapping.rules) {
        if (rule.metric != metric.name) continue;
        for (const JsonLabel& label : rule.labels) {
          mapped.insert(label.name);
          if (metric.FindLabel(label.name) != nullptr) continue;
          return FaultAt("/metrics/" + metric.name + "/from",
                         "the label " + QuoteForMessage(label.name) +
                             " stands there without a description in labels beside it");
        }
      }
      if (declaration_.format != ReportFormat::kJson) continue;
      for (const LabelDescription& label : metric.labels) {
        if (mapped.contains(label.name)) continue;
        return FaultAt("/metrics/" + metric.name + "/labels/" + label.name,
                       "it is described, but nothing in from makes it");
      }
    }
    return Status::Ok();
  }

  Status CheckMetric(const std::string& metric, const std::string& at) {
    if (declaration_.FindMetric(metric) != nullptr) return Status::Ok();
    return FaultAt(at, QuoteForMessage(metric) + " stands there" + DidYouMean(metric, metrics_) +
                           "; allowed: a name in /metrics");
  }

  Status CheckPublicLabel(const std::string& metric, const std::string& label,
                          const std::string& at) {
    const MetricDescription& described = *declaration_.FindMetric(metric);
    const std::vector<std::string>& identifying = declaration_.fleet.identifying_labels;
    if (described.FindLabel(label) == nullptr) {
      std::vector<std::string> labels;
      for (const LabelDescription& one : described.labels) labels.push_back(one.name);
      return FaultAt(at, QuoteForMessage(label) + " stands there" + DidYouMean(label, labels) +
                             "; allowed: a label in /metrics/" + metric + "/labels");
    }
    if (std::find(identifying.begin(), identifying.end(), label) == identifying.end()) {
      return Status::Ok();
    }
    return FaultAt(
        at, QuoteForMessage(label) + " stands there; allowed: no label of /identifying_labels");
  }

  // Checks the names in the JSON of an overview; these three are in every period.
  Status CheckNames() {
    std::set<std::string> names{"label", "start", "end"};
    const auto take = [&](const std::string& name, const std::string& at) {
      return name.empty() || names.insert(name).second
                 ? Status::Ok()
                 : FaultAt(at, QuoteForMessage(name) + " is taken by another name of the overview");
    };
    const Fleet& fleet = declaration_.fleet;
    ROLLCALL_RETURN_IF_ERROR(take(fleet.counted_name, "/counted/name"));
    for (size_t i = 0; i < fleet.figures.size(); ++i) {
      const std::string at = "/figures/" + std::to_string(i) + "/name";
      for (const std::string* name :
           {&fleet.figures[i].name, &fleet.figures[i].total_name, &fleet.figures[i].average_name,
            &fleet.figures[i].peak_name}) {
        ROLLCALL_RETURN_IF_ERROR(take(*name, at));
      }
    }
    bool has_name_list = false;
    for (size_t i = 0; i < fleet.breakdowns.size(); ++i) {
      const std::string at = "/breakdowns/" + std::to_string(i);
      ROLLCALL_RETURN_IF_ERROR(take(fleet.breakdowns[i].name, at + "/name"));
      if (fleet.breakdowns[i].has_name_list && has_name_list) {
        return FaultAt(at + "/known_names_url",
                       "it stands there; allowed: in one breakdown of a fleet");
      }
      has_name_list = has_name_list || fleet.breakdowns[i].has_name_list;
    }
    return Status::Ok();
  }

  Status CheckPage() {
    for (size_t i = 0; i < declaration_.page.size(); ++i) {
      const Panel& panel = declaration_.page[i];
      const std::string at = "/page/" + std::to_string(i);
      if (panel.metric.empty()) continue;
      ROLLCALL_RETURN_IF_ERROR(CheckMetric(panel.metric, at + "/metric"));
      ROLLCALL_RETURN_IF_ERROR(CheckPublicLabel(panel.metric, panel.by, at + "/by"));
      if (panel.plain.empty()) continue;
      const RE2 pattern(panel.plain, RE2::Quiet);
      if (pattern.ok() && pattern.NumberOfCapturingGroups() > 0) continue;
      return FaultAt(at + "/plain", QuoteForMessage(panel.plain) +
                                        " stands there; allowed: an RE2 pattern with a group");
    }
    return Status::Ok();
  }

  const Declaration& declaration_;
  std::vector<std::string> metrics_;
};

}  // namespace

Status CheckDeclaration(const Declaration& declaration) { return Checker(declaration).Check(); }

}  // namespace rollcall::fleets
