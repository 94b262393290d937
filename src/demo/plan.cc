#include "demo/plan.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"

namespace rollcall::demo {

using fleets::Panel;

uint64_t DemoSeedOf(std::string_view name) { return HashBytes(name, 0).low; }

bool DemoPlan::Shows(std::string_view metric) const {
  const Fleet& fleet = declaration_.fleet;
  const auto is_of = [&](const auto& one) { return one.metric == metric; };
  return fleet.counted_metric == metric ||
         std::any_of(fleet.figures.begin(), fleet.figures.end(), is_of) ||
         std::any_of(fleet.breakdowns.begin(), fleet.breakdowns.end(), is_of) ||
         std::any_of(declaration_.page.begin(), declaration_.page.end(), is_of);
}

bool DemoPlan::Shows(std::string_view metric, std::string_view label) const {
  const Fleet& fleet = declaration_.fleet;
  const auto has = [&](const auto& one) { return one.metric == metric && one.label == label; };
  return std::any_of(fleet.figures.begin(), fleet.figures.end(), has) ||
         std::any_of(fleet.breakdowns.begin(), fleet.breakdowns.end(), has) ||
         std::any_of(declaration_.page.begin(), declaration_.page.end(), [&](const Panel& panel) {
           return panel.metric == metric && panel.by == label;
         });
}

bool DemoPlan::IsIdentifying(const std::string& label) const {
  const std::vector<std::string>& labels = declaration_.fleet.identifying_labels;
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

bool DemoPlan::IsInfo(std::string_view metric) const {
  return metric == declaration_.fleet.counted_metric || metric.ends_with("_info");
}

bool DemoPlan::HasAmounts(std::string_view metric, std::string_view label) const {
  return std::any_of(declaration_.page.begin(), declaration_.page.end(), [&](const Panel& panel) {
    return panel.metric == metric && panel.by == label && !panel.bytes.empty();
  });
}

bool DemoPlan::IsBytes(std::string_view metric, std::string_view label,
                       std::string_view value) const {
  return std::any_of(declaration_.page.begin(), declaration_.page.end(), [&](const Panel& panel) {
    return panel.metric == metric && panel.by == label &&
           std::find(panel.bytes.begin(), panel.bytes.end(), value) != panel.bytes.end();
  });
}

DemoTexts DemoPlan::TextsOf(std::string_view metric, std::string_view label,
                            const std::vector<std::string>& seen) const {
  std::vector<std::string> texts;
  const auto add = [&](const std::vector<std::string>& more) {
    for (const std::string& text : more) {
      if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
    }
  };
  for (const Figure& figure : declaration_.fleet.figures) {
    if (figure.metric == metric && figure.label == label) add({figure.label_value});
  }
  add(seen);
  const size_t usual = texts.size();
  const fleets::MetricDescription* const described = declaration_.FindMetric(metric);
  const auto* const found = described == nullptr ? nullptr : described->FindLabel(label);
  if (found != nullptr) add(found->examples);
  if (!texts.empty()) return {std::move(texts), usual};

  for (const Panel& panel : declaration_.page) {
    if (panel.metric != metric || panel.by != label) continue;
    for (const auto& [value, _] : panel.names) add({value});
    add(panel.bytes);
  }
  if (!texts.empty()) return {texts, texts.size()};
  for (const Breakdown& breakdown : declaration_.fleet.breakdowns) {
    if (breakdown.metric == metric && breakdown.label == label) add(breakdown.known_names);
  }
  return {std::move(texts), 0};
}

std::vector<std::string> DemoPlan::MadeUpTexts(std::string_view label) {
  for (const char* const word : {"version", "release"}) {
    if (label.find(word) != std::string_view::npos) return {"1.0.0"};
  }
  std::vector<std::string> texts;
  for (const char* const end : {"-a", "-b", "-c", "-d"}) texts.push_back(std::string(label) + end);
  return texts;
}

}  // namespace rollcall::demo
