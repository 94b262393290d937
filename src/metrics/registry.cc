#include "metrics/registry.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace rollcall::metrics {

struct Registry::Family {
  std::string help;
  std::string type;
  // Keyed by the rendered labels, so that the text comes out in one order.
  std::map<std::string, std::unique_ptr<Counter>> counters;
  std::map<std::string, std::unique_ptr<Gauge>> gauges;
  std::map<std::string, std::unique_ptr<Histogram>> histograms;
  std::function<std::vector<Reading>()> read;
};

namespace {

std::string RenderLabels(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    if (!text.empty()) text += ',';
    text += name + "=\"";
    for (const char c : value) {
      if (c == '\\' || c == '"') text += '\\';
      if (c == '\n') {
        text += "\\n";
      } else {
        text += c;
      }
    }
    text += '"';
  }
  return text;
}

std::string RenderNumber(double v) {
  if (std::isnan(v)) return "NaN";
  if (std::isinf(v)) return v > 0 ? "+Inf" : "-Inf";
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", v);
  // The shortest of the two that reads back as the same number.
  char brief[40];
  std::snprintf(brief, sizeof brief, "%.15g", v);
  return std::strtod(brief, nullptr) == v ? brief : text;
}

void AppendSample(std::string& out, const std::string& name, const std::string& labels,
                  const std::string& value) {
  out += name;
  if (!labels.empty()) out += "{" + labels + "}";
  out += " " + value + "\n";
}

}  // namespace

Histogram::Histogram(std::vector<double> upper_bounds)
    : upper_bounds_(std::move(upper_bounds)), counts_(upper_bounds_.size() + 1) {}

void Histogram::Observe(double v) {
  const auto at = std::lower_bound(upper_bounds_.begin(), upper_bounds_.end(), v);
  counts_[static_cast<size_t>(at - upper_bounds_.begin())].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(v, std::memory_order_relaxed);
}

std::vector<double> Histogram::LatencyBuckets() {
  return {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
          0.025,   0.05,   0.1,     0.25,   0.5,   1,      2.5,   10};
}

Registry::Registry() = default;
Registry::~Registry() = default;

Registry::Family& Registry::GetFamily(const std::string& name, const std::string& help,
                                      const char* type) {
  auto& family = families_[name];
  if (!family) {
    family = std::make_unique<Family>();
    family->help = help;
    family->type = type;
  }
  if (family->type != type) std::abort();
  return *family;
}

Counter& Registry::GetCounter(const std::string& name, const std::string& help,
                              const Labels& labels) {
  const MutexLock lock(mutex_);
  auto& slot = GetFamily(name, help, "counter").counters[RenderLabels(labels)];
  if (!slot) slot = std::make_unique<Counter>();
  return *slot;
}

Gauge& Registry::GetGauge(const std::string& name, const std::string& help, const Labels& labels) {
  const MutexLock lock(mutex_);
  auto& slot = GetFamily(name, help, "gauge").gauges[RenderLabels(labels)];
  if (!slot) slot = std::make_unique<Gauge>();
  return *slot;
}

Histogram& Registry::GetHistogram(const std::string& name, const std::string& help,
                                  std::vector<double> upper_bounds, const Labels& labels) {
  const MutexLock lock(mutex_);
  auto& slot = GetFamily(name, help, "histogram").histograms[RenderLabels(labels)];
  if (!slot) slot = std::make_unique<Histogram>(std::move(upper_bounds));
  return *slot;
}

void Registry::AddCallback(const std::string& name, const std::string& help,
                           std::function<std::vector<Reading>()> read) {
  const MutexLock lock(mutex_);
  GetFamily(name, help, "gauge").read = std::move(read);
}

std::map<std::string, std::vector<Registry::Reading>> Registry::Read() const {
  std::map<std::string, std::function<std::vector<Reading>()>> reads;
  {
    const MutexLock lock(mutex_);
    for (const auto& [name, family] : families_) {
      if (family->read) reads.emplace(name, family->read);
    }
  }
  std::map<std::string, std::vector<Reading>> readings;
  for (const auto& [name, read] : reads) readings.emplace(name, read());
  return readings;
}

std::string Registry::WriteText() const {
  const auto readings = Read();
  const MutexLock lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) {
    out.append("# HELP ").append(name).append(" ").append(family->help).append("\n");
    out.append("# TYPE ").append(name).append(" ").append(family->type).append("\n");
    for (const auto& [labels, counter] : family->counters) {
      AppendSample(out, name, labels, std::to_string(counter->value()));
    }
    for (const auto& [labels, gauge] : family->gauges) {
      AppendSample(out, name, labels, std::to_string(gauge->value()));
    }
    for (const auto& [labels, histogram] : family->histograms) {
      const std::string bounded = (labels.empty() ? "" : labels + ",") + "le=\"";
      uint64_t cumulative = 0;
      for (size_t i = 0; i < histogram->counts_.size(); ++i) {
        cumulative += histogram->counts_[i].load(std::memory_order_relaxed);
        const std::string bound = i < histogram->upper_bounds_.size()
                                      ? RenderNumber(histogram->upper_bounds_[i])
                                      : std::string("+Inf");
        AppendSample(out, name + "_bucket", bounded + bound + "\"", std::to_string(cumulative));
      }
      AppendSample(out, name + "_sum", labels, RenderNumber(histogram->sum_.load()));
      AppendSample(out, name + "_count", labels, std::to_string(cumulative));
    }
    if (const auto read = readings.find(name); read != readings.end()) {
      for (const Reading& reading : read->second) {
        AppendSample(out, name, RenderLabels(reading.labels), RenderNumber(reading.value));
      }
    }
  }
  return out;
}

}  // namespace rollcall::metrics
