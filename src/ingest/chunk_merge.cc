#include "ingest/chunk_merge.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <tuple>

#include "storage/chunk_codec.h"
#include "storage/chunk_writer.h"

namespace rollcall::ingest {
namespace {

using Series = std::span<const SeriesValue>;

auto Place(const SeriesValue& s) { return std::tuple(s.metric, s.label_set); }

bool PlacedBefore(const SeriesValue& a, const SeriesValue& b) { return Place(a) < Place(b); }

// Merges the series of one second into its reports.
class SecondMerge {
 public:
  SecondMerge(std::span<Instant> reports, Series added, DayReports& day)
      : reports_(reports), rest_(added.begin(), added.end()), day_(day) {}

  // What is left became a report of its own where the result has a value.
  std::optional<Instant> Run(UnixSeconds time, MergeTally& tally) {
    for (Instant& report : reports_) Raise(report, tally);
    if (rest_.empty()) return std::nullopt;
    tally.samples += rest_.size();
    const auto kin = std::find_if(reports_.begin(), reports_.end(), [&](const Instant& report) {
      return ShareMetric(report.series, rest_);
    });
    if (kin == reports_.end()) {
      ++tally.reports;
      return Instant{time, Keep(std::move(rest_))};
    }
    tally.appended = false;
    std::vector<SeriesValue> both;
    both.reserve(kin->series.size() + rest_.size());
    std::merge(kin->series.begin(), kin->series.end(), rest_.begin(), rest_.end(),
               std::back_inserter(both), PlacedBefore);
    kin->series = Keep(std::move(both));
    return std::nullopt;
  }

 private:
  Series Keep(std::vector<SeriesValue>&& series) {
    day_.owned.push_back(std::move(series));
    return day_.owned.back();
  }

  // Raises what the report has of the rest, and takes it off the rest.
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

  std::span<Instant> reports_;
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
  // Not so where the server's clock was set back.
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
  for (const Instant& more : added) {
    while (at < stored.size() && stored[at].time < more.time) merged.push_back(stored[at++]);
    const size_t same_second = at;
    while (at < stored.size() && stored[at].time == more.time) ++at;
    if (at == same_second) {
      tally.appended &= at == stored.size();
      ++tally.reports;
      tally.samples += more.series.size();
      merged.push_back(more);
      continue;
    }
    const std::span<Instant> reports = std::span(stored).subspan(same_second, at - same_second);
    const std::optional<Instant> own = SecondMerge(reports, more.series, day).Run(more.time, tally);
    merged.insert(merged.end(), reports.begin(), reports.end());
    if (own) {
      tally.appended &= at == stored.size();
      merged.push_back(*own);
    }
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
