#include "ingest/chunk_merge.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <tuple>

#include "ingest/source_table.h"
#include "storage/chunk_codec.h"

namespace rollcall::ingest {
namespace {

using Series = std::span<const SeriesValue>;

auto Place(const SeriesValue& s) { return std::tuple(s.metric, s.label_set); }

bool PlacedBefore(const SeriesValue& a, const SeriesValue& b) { return Place(a) < Place(b); }

bool SameSeries(Series a, Series b) {
  return a.size() == b.size() &&
         (a.data() == b.data() || std::equal(a.begin(), a.end(), b.begin()));
}

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

// Which slot a report goes to: that of its stream, a free one, or the one unused for longest.
class Slots {
 public:
  struct Slot {
    bool in_use = false;
    uint64_t metrics_hash = 0;
    uint64_t last_used = 0;
    Series latest;
  };

  // The slot whose latest report is the same; null where there is none.
  Slot* FindSame(Series series) {
    for (Slot& slot : slots_) {
      if (slot.in_use && SameSeries(slot.latest, series)) return Used(slot);
    }
    return nullptr;
  }
  Slot& For(uint64_t metrics_hash) {
    Slot* best = &slots_[0];
    for (Slot& slot : slots_) {
      if (slot.in_use && slot.metrics_hash == metrics_hash) return *Used(slot);
      if (best->in_use && (!slot.in_use || slot.last_used < best->last_used)) best = &slot;
    }
    *best = {false, metrics_hash, 0, {}};
    return *Used(*best);
  }
  unsigned NumberOf(const Slot& slot) const { return static_cast<unsigned>(&slot - slots_.data()); }

 private:
  Slot* Used(Slot& slot) {
    slot.last_used = ++uses_;
    return &slot;
  }

  std::array<Slot, storage::kStreamSlots> slots_;
  uint64_t uses_ = 0;
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
  Slots slots;
  std::string chunk;
  std::string encoded;
  std::string full;
  std::string difference;
  UnixSeconds before = day.Start();
  for (const Instant& instant : instants) {
    const int64_t seconds = (instant.time - before).count();
    before = instant.time;
    if (Slots::Slot* const same = slots.FindSame(instant.series)) {
      storage::AppendSameEntry(slots.NumberOf(*same), seconds, chunk);
      continue;
    }
    Slots::Slot& slot = slots.For(HashOfMetrics(instant.series));
    const unsigned number = slots.NumberOf(slot);
    encoded.clear();
    full.clear();
    difference.clear();
    storage::EncodeSeries(instant.series, encoded);
    storage::AppendFullEntry(number, (instant.time - day.Start()).count(), encoded, full);
    if (slot.in_use) {
      storage::AppendDifferenceEntry(number, seconds, slot.latest, instant.series, difference);
    }
    chunk += !slot.in_use || difference.size() > full.size() ? full : difference;
    slot.in_use = true;
    slot.latest = instant.series;
  }
  return chunk;
}

}  // namespace rollcall::ingest
