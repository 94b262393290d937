#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "demo/amount.h"
#include "demo/body.h"
#include "demo/plan.h"
#include "demo/words.h"
#include "fleets/report_reader.h"
#include "model/label_set.h"

namespace rollcall::demo {
namespace {

constexpr double kUsualBytes = 64.0 * (1 << 30);

// What the example of the declaration has of a metric.
struct Seen {
  std::map<std::string, std::vector<std::string>> texts;         // by label, as they come
  std::map<std::pair<std::string, std::string>, double> values;  // by label and text
  std::vector<double> all_values;
  double Median() {
    std::sort(all_values.begin(), all_values.end());
    return all_values[(all_values.size() - 1) / 2];
  }
};

// A metric, its labels, and what installations say of it.
struct Metric {
  struct OneLabel {
    std::string name;
    DemoWords words;  // of one that identifies: empty
  };
  std::string name;
  uint64_t seed = 0;
  std::vector<OneLabel> labels;
  // The label whose values a source has several of, a series for each.
  std::optional<size_t> several;
  bool is_info = false;
  DemoAmount amount;
  std::vector<double> usual;  // by word of that label
};

class TextBody final : public DemoBody {
 public:
  explicit TextBody(std::vector<Metric> metrics) : metrics_(std::move(metrics)) {}

  void Write(const DemoMoment& at, const std::string& id, uint64_t order,
             std::string& out) override {
    lines_.clear();
    for (const Metric& metric : metrics_) AddMetric(metric, at, id);
    // As real senders do, which iterate a hash map.
    DemoRandom random(order);
    for (size_t i = lines_.size(); i > 1; --i) {
      std::swap(lines_[i - 1], lines_[random.Below(static_cast<uint32_t>(i))]);
    }
    out.clear();
    for (const std::string& line : lines_) out += line;
  }

 private:
  void AddMetric(const Metric& metric, const DemoMoment& at, const std::string& id) {
    if (!metric.several) return AddSeries(metric, at, id, nullptr);
    const auto items = metric.labels[*metric.several].words.Present(at, metric.seed);
    for (const DemoWords::Item& item : items) AddSeries(metric, at, id, &item);
  }

  // `item`: of the label that there are several of; may be null.
  void AddSeries(const Metric& metric, const DemoMoment& at, const std::string& id,
                 const DemoWords::Item* item) {
    const uint64_t what = item == nullptr ? metric.seed : SeedOf(metric.seed, item->word);
    const std::string series = Series(metric, at, id, item, what);
    if (metric.is_info) return AddLine(series, 1);
    DemoAmount amount = metric.amount;
    if (item != nullptr) amount.usual = metric.usual[item->word];
    const double value = amount.At(at, what);
    // Half of what can be counted still has the version before.
    const std::string before = Series(metric, at.BeforeUpgrade(), id, item, what);
    const double half = static_cast<double>(static_cast<uint64_t>(value / 2));
    if (before == series || half == 0) return AddLine(series, value);
    AddLine(series, half);
    AddLine(before, value - half);
  }

  static std::string Series(const Metric& metric, const DemoMoment& at, const std::string& id,
                            const DemoWords::Item* item, uint64_t what) {
    std::string series = metric.name;
    char before = '{';
    for (size_t i = 0; i < metric.labels.size(); ++i) {
      const auto& [name, words] = metric.labels[i];
      const bool is_item = item != nullptr && metric.several == i;
      series += before + name + "=";
      AppendQuoted(is_item ? item->text : words.empty() ? id : words.Pick(at, what), series);
      before = ',';
    }
    return before == ',' ? series + "}" : series;
  }

  void AddLine(const std::string& series, double value) {
    std::string& line = lines_.emplace_back(series + " ");
    AppendDemoAmount(value, line);
    line += '\n';
  }

  const std::vector<Metric> metrics_;
  std::vector<std::string> lines_;
};

// Makes the metrics of a declaration.
class MetricsMaker {
 public:
  explicit MetricsMaker(const fleets::Declaration& declaration)
      : plan_(declaration), declaration_(declaration) {}

  Result<std::vector<Metric>> Make() {
    ROLLCALL_RETURN_IF_ERROR(ReadExample());
    std::vector<Metric> metrics;
    for (const fleets::MetricDescription& described : declaration_.metrics) {
      const bool is_wanted = seen_.empty() || seen_.contains(described.name);
      if (is_wanted || plan_.Shows(described.name)) metrics.push_back(MadeOf(described));
    }
    return metrics;
  }

 private:
  Status ReadExample() {
    const Result<fleets::ReportReader> reader = fleets::ReportReader::Make(declaration_);
    if (!reader.ok()) return reader.status();
    fleets::JsonCapture capture;
    fleets::MappedReport mapped;
    ReportBound exceeded{};
    ROLLCALL_RETURN_IF_ERROR(reader->Read(declaration_.example, 0, {}, capture, mapped, exceeded));
    for (const ParsedReport::Sample& sample : mapped.report.samples) {
      const std::string_view series = mapped.report.LabelSet(sample);
      Seen& seen = seen_[std::string(rollcall::MetricOf(series))];
      const double value = std::isfinite(sample.value) ? std::max(sample.value, 0.0) : 0;
      seen.all_values.push_back(value);
      for (const rollcall::Label& label : LabelsOf(series)) {
        const std::string name(label.name);
        seen.texts[name].emplace_back(label.value);
        seen.values[{name, std::string(label.value)}] = value;
      }
    }
    return Status::Ok();
  }

  Metric MadeOf(const fleets::MetricDescription& described) {
    Seen* const seen = seen_.contains(described.name) ? &seen_[described.name] : nullptr;
    Metric metric;
    metric.name = described.name;
    metric.seed = DemoSeedOf(described.name);
    metric.is_info = plan_.IsInfo(described.name);
    metric.amount.has_long_tail = plan_.Shows(described.name);
    if (seen != nullptr) metric.amount.usual = seen->Median();
    for (const fleets::LabelDescription& label : described.labels) {
      const bool is_seen = seen != nullptr && seen->texts.contains(label.name);
      const bool is_wanted = seen_.empty() || is_seen || plan_.Shows(described.name, label.name);
      if (is_wanted) metric.labels.push_back({label.name, WordsOf(metric, label.name, seen)});
    }
    ChooseSeveral(seen != nullptr && seen->all_values.size() > 1, metric);
    if (metric.several) SetUsual(seen, metric);
    return metric;
  }

  DemoWords WordsOf(const Metric& metric, const std::string& label, const Seen* seen) const {
    if (plan_.IsIdentifying(label)) return {};
    std::vector<std::string> seen_texts;
    if (seen != nullptr && seen->texts.contains(label)) seen_texts = seen->texts.at(label);
    auto [texts, usual] = plan_.TextsOf(metric.name, label, seen_texts);
    if (texts.empty()) texts = DemoPlan::MadeUpTexts(label);
    return {SeedOf(metric.seed, DemoSeedOf(label)), texts, usual};
  }

  // Of the labels that may have several values at once the one with most of them.
  void ChooseSeveral(bool are_several_seen, Metric& metric) const {
    if (metric.name == declaration_.fleet.counted_metric) return;
    if (metric.is_info && !are_several_seen) return;
    size_t most = 1;
    for (size_t i = 0; i < metric.labels.size(); ++i) {
      const DemoWords& words = metric.labels[i].words;
      if (words.has_versions() || words.size() <= most) continue;
      most = words.size();
      metric.several = i;
    }
  }

  void SetUsual(const Seen* seen, Metric& metric) const {
    const auto& [label, words] = metric.labels[*metric.several];
    for (size_t word = 0; word < words.size(); ++word) {
      const std::string& text = words.text(word);
      // Of different things nothing is known by what others have.
      double usual =
          plan_.HasAmounts(metric.name, label) ? DemoAmount().usual : metric.amount.usual;
      if (plan_.IsBytes(metric.name, label, text)) usual = kUsualBytes;
      if (seen != nullptr && seen->values.contains({label, text})) {
        usual = seen->values.at({label, text});
      }
      metric.usual.push_back(usual);
    }
  }

  const DemoPlan plan_;
  const fleets::Declaration& declaration_;
  std::map<std::string, Seen> seen_;  // by metric; empty: there is no example
};

}  // namespace

Result<std::unique_ptr<DemoBody>> MakeTextBody(const fleets::Declaration& declaration) {
  Result<std::vector<Metric>> metrics = MetricsMaker(declaration).Make();
  if (!metrics.ok()) return metrics.status();
  return std::unique_ptr<DemoBody>(std::make_unique<TextBody>(std::move(metrics).value()));
}

}  // namespace rollcall::demo
