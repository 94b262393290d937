#include "ingest/chunk_merge.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>

#include "model/second_layers.h"
#include "storage/chunk_codec.h"
#include "storage/chunk_writer.h"

namespace rollcall::ingest {
namespace {

using Series = std::span<const SeriesValue>;

auto Place(const SeriesValue& s) { return std::tuple(s.metric, s.label_set); }

bool PlacedBefore(const SeriesValue& a, const SeriesValue& b) { return Place(a) < Place(b); }

// The reports of one second, by their layers.
class SecondReports {
 public:
  struct Report {
    Instant instant;
    size_t layer;
  };

  void Append(const Instant& instant, size_t layer) { reports_.push_back({instant, layer}); }
  // By layer, so that the next merge finds each report in the same layer again.
  void Sort() {
    std::stable_sort(reports_.begin(), reports_.end(),
                     [](const Report& a, const Report& b) { return a.layer < b.layer; });
  }
  size_t last_layer() const { return reports_.back().layer; }
  std::vector<Report>& all() { return reports_; }

 private:
  std::vector<Report> reports_;
};

// Merges an added report into the reports of its second and layer.
class ReportMerge {
 public:
  ReportMerge(SecondReports& second, size_t layer, const Instant& added, DayReports& day)
      : second_(second),
        layer_(layer),
        time_(added.time),
        rest_(added.series.begin(), added.series.end()),
        day_(day) {}

  // `is_last`: whether nothing of the day comes after the second.
  void Run(bool is_last, MergeTally& tally) {
    for (SecondReports::Report& report : second_.all()) {
      if (report.layer == layer_) Raise(report.instant, tally);
    }
    if (rest_.empty()) return;
    tally.samples += rest_.size();
    // Each metric goes to the report that has it; a metric that none has goes along.
    Instant* kin = nullptr;
    for (SecondReports::Report& report : second_.all()) {
      if (report.layer != layer_) continue;
      std::vector<SeriesValue> joining = TakeMetricsOf(report.instant);
      if (joining.empty()) continue;
      if (kin == nullptr) kin = &report.instant;
      Join(report.instant, joining);
    }
    if (kin != nullptr) {
      tally.appended = false;
      Join(*kin, rest_);
    } else {
      ++tally.reports;
      tally.appended &= is_last && second_.last_layer() <= layer_;
      second_.Append({time_, Keep(std::move(rest_))}, layer_);
    }
    second_.Sort();
  }

 private:
  Series Keep(std::vector<SeriesValue>&& series) {
    day_.owned.push_back(std::move(series));
    return day_.owned.back();
  }

  // Removes from the rest, and returns, the series of the metrics that `report` has.
  std::vector<SeriesValue> TakeMetricsOf(const Instant& report) {
    std::vector<SeriesValue> taken;
    std::erase_if(rest_, [&](const SeriesValue& s) {
      const auto at = std::lower_bound(
          report.series.begin(), report.series.end(), s.metric,
          [](const SeriesValue& one, MetricRef metric) { return one.metric < metric; });
      if (at == report.series.end() || at->metric != s.metric) return false;
      taken.push_back(s);
      return true;
    });
    return taken;
  }

  void Join(Instant& report, Series more) {
    if (more.empty()) return;
    std::vector<SeriesValue> both;
    both.reserve(report.series.size() + more.size());
    std::merge(report.series.begin(), report.series.end(), more.begin(), more.end(),
               std::back_inserter(both), PlacedBefore);
    report.series = Keep(std::move(both));
  }

  // Raises the series that `report` shares with the rest, and removes them from the rest.
  void Raise(Instant& report, MergeTally& tally) {
    std::vector<SeriesValue> raised;
    std::erase_if(rest_, [&](const SeriesValue& s) {
      const auto at = std::lower_bound(report.series.begin(), report.series.end(), s, PlacedBefore);
      if (at == report.series.end() || Place(*at) != Place(s)) return false;
      if (s.value > at->value) {
        if (raised.empty()) raised.assign(report.series.begin(), report.series.end());
        raised[static_cast<size_t>(at - report.series.begin())].value = s.value;
        ++tally.samples;
      }
      return true;
    });
    if (raised.empty()) return;
    tally.appended = false;
    report.series = Keep(std::move(raised));
  }

  SecondReports& second_;
  const size_t layer_;
  const UnixSeconds time_;
  std::vector<SeriesValue> rest_;
  DayReports& day_;
};

}  // namespace

Result<DayReports> ReadInstants(Day day, std::string_view chunk) {
  DayReports reports;
  std::array<Series, storage::kStreamSlots> latest;
  const auto earlier = [](const Instant& a, const Instant& b) { return a.time < b.time; };
  storage::ChunkReader reader(day, chunk);
  while (reader.Next()) {
    Series& series = latest[reader.slot()];
    if (!SameSeries(series, reader.series())) {
      reports.owned.push_back(reader.series());
      series = reports.owned.back();
    }
    reports.instants.push_back({reader.time(), series});
  }
  if (!reader.status().ok()) return reader.status();
  // Not in order if the clock of the server was set back.
  if (!std::is_sorted(reports.instants.begin(), reports.instants.end(), earlier)) {
    std::stable_sort(reports.instants.begin(), reports.instants.end(), earlier);
  }
  return reports;
}

MergeTally MergeInstants(std::span<const Instant> added, DayReports& day) {
  MergeTally tally;
  std::vector<Instant>& stored = day.instants;
  std::vector<Instant> merged;
  merged.reserve(stored.size() + added.size());
  size_t at = 0;
  for (size_t next = 0; next < added.size();) {
    const UnixSeconds time = added[next].time;
    while (at < stored.size() && stored[at].time < time) merged.push_back(stored[at++]);
    if (at == stored.size() || stored[at].time != time) {
      tally.appended &= at == stored.size();
      for (; next < added.size() && added[next].time == time; ++next) {
        ++tally.reports;
        tally.samples += added[next].series.size();
        merged.push_back(added[next]);
      }
      continue;
    }
    SecondReports reports;
    SecondLayers stored_layers;
    for (; at < stored.size() && stored[at].time == time; ++at) {
      reports.Append(stored[at], stored_layers.Add(time, stored[at].series));
    }
    SecondLayers added_layers;
    for (; next < added.size() && added[next].time == time; ++next) {
      const size_t layer = added_layers.Add(time, added[next].series);
      ReportMerge(reports, layer, added[next], day).Run(at == stored.size(), tally);
    }
    for (const SecondReports::Report& report : reports.all()) merged.push_back(report.instant);
  }
  merged.insert(merged.end(), stored.begin() + static_cast<std::ptrdiff_t>(at), stored.end());
  stored = std::move(merged);
  return tally;
}

std::string WriteInstants(Day day, std::span<const Instant> instants) {
  storage::ChunkWriter writer(day);
  for (const Instant& instant : instants) writer.Add(instant.time, instant.series);
  return writer.Take();
}

}  // namespace rollcall::ingest
