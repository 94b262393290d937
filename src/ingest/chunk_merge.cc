#include "ingest/chunk_merge.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "ingest/source_table.h"
#include "storage/chunk_codec.h"

namespace rollcall::ingest {
namespace {

auto Place(const SeriesValue& s) { return std::tuple(s.metric, s.label_set); }

bool PlacedBefore(const SeriesValue& a, const SeriesValue& b) { return Place(a) < Place(b); }

// Raises what `instant` has of `series`, and takes it off `series`. Returns how many it raised.
uint64_t RaiseKnown(Instant& instant, std::vector<SeriesValue>& series) {
  uint64_t raised = 0;
  std::erase_if(series, [&](const SeriesValue& s) {
    const auto at =
        std::lower_bound(instant.series.begin(), instant.series.end(), s, PlacedBefore);
    if (at == instant.series.end() || Place(*at) != Place(s)) return false;
    if (s.value > at->value) {
      at->value = s.value;
      ++raised;
    }
    return true;
  });
  return raised;
}

bool ShareMetric(const std::vector<SeriesValue>& a, const std::vector<SeriesValue>& b) {
  return std::any_of(a.begin(), a.end(), [&](const SeriesValue& s) {
    return std::any_of(b.begin(), b.end(),
                       [&](const SeriesValue& t) { return s.metric == t.metric; });
  });
}

// Which slot a report goes to: that of its stream, a new one, or the one unused for longest.
class Slots {
 public:
  struct Slot {
    bool in_use = false;
    uint64_t metrics_hash = 0;
    uint64_t last_used = 0;
    std::vector<SeriesValue> latest;
  };

  Slot& For(uint64_t metrics_hash) {
    Slot* best = &slots_[0];
    for (Slot& slot : slots_) {
      if (slot.in_use && slot.metrics_hash == metrics_hash) {
        best = &slot;
        break;
      }
      if (best->in_use && (!slot.in_use || slot.last_used < best->last_used)) best = &slot;
    }
    if (best->metrics_hash != metrics_hash) *best = Slot();
    best->metrics_hash = metrics_hash;
    best->last_used = ++uses_;
    return *best;
  }
  unsigned NumberOf(const Slot& slot) const { return static_cast<unsigned>(&slot - slots_.data()); }

 private:
  std::array<Slot, storage::kStreamSlots> slots_;
  uint64_t uses_ = 0;
};

}  // namespace

Result<std::vector<Instant>> ReadInstants(Day day, std::string_view chunk) {
  std::vector<Instant> instants;
  storage::ChunkReader reader(day, chunk);
  while (reader.Next()) instants.push_back({reader.time(), reader.series()});
  if (!reader.status().ok()) return reader.status();
  return instants;
}

MergeTally MergeInstants(const std::vector<Instant>& added, std::vector<Instant>& instants) {
  MergeTally tally;
  for (const Instant& more : added) {
    std::vector<SeriesValue> series = more.series;
    const auto begin = std::lower_bound(
        instants.begin(), instants.end(), more.time,
        [](const Instant& instant, UnixSeconds time) { return instant.time < time; });
    const auto end = std::upper_bound(
        begin, instants.end(), more.time,
        [](UnixSeconds time, const Instant& instant) { return time < instant.time; });
    for (auto at = begin; at != end; ++at) tally.samples += RaiseKnown(*at, series);
    if (series.empty()) continue;
    tally.samples += series.size();
    const auto kin = std::find_if(
        begin, end, [&](const Instant& instant) { return ShareMetric(instant.series, series); });
    if (kin != end) {
      const auto middle = static_cast<std::ptrdiff_t>(kin->series.size());
      kin->series.insert(kin->series.end(), series.begin(), series.end());
      std::inplace_merge(kin->series.begin(), kin->series.begin() + middle, kin->series.end(),
                         PlacedBefore);
    } else {
      ++tally.reports;
      instants.insert(end, {more.time, std::move(series)});
    }
  }
  return tally;
}

std::string WriteInstants(Day day, const std::vector<Instant>& instants) {
  Slots slots;
  std::string chunk;
  UnixSeconds before = day.Start();
  for (const Instant& instant : instants) {
    Slots::Slot& slot = slots.For(HashOfMetrics(instant.series));
    const unsigned number = slots.NumberOf(slot);
    const int64_t seconds = (instant.time - before).count();
    std::string full;
    std::string encoded;
    storage::EncodeSeries(instant.series, encoded);
    storage::AppendFullEntry(number, (instant.time - day.Start()).count(), encoded, full);
    std::string entry;
    if (slot.in_use && slot.latest == instant.series) {
      storage::AppendSameEntry(number, seconds, entry);
    } else if (slot.in_use) {
      storage::AppendDifferenceEntry(number, seconds, slot.latest, instant.series, entry);
    }
    chunk += entry.empty() || entry.size() > full.size() ? full : entry;
    slot.in_use = true;
    slot.latest = instant.series;
    before = instant.time;
  }
  return chunk;
}

}  // namespace rollcall::ingest
