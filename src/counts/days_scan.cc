#include "counts/days_scan.h"

#include <algorithm>
#include <vector>

#include "storage/keys.h"
#include "storage/peaks_replay.h"
#include "storage/row_codec.h"

namespace rollcall::counts {
namespace {

struct StoredDay {
  Day day;
  std::string chunk;
};

void Replay(const StoredDay& stored, PeaksRow& row) {
  storage::PeaksReplay replay(row);
  replay.BeginDay(stored.day.number - Month::Of(stored.day).FirstDay().number + 1);
  storage::ChunkReader reader(stored.day, stored.chunk);
  while (reader.Next()) replay.Add(reader.slot(), reader.repeats(), reader.series());
}

// Which series are current, and on which days, is left out.
bool HasAllPeaksOf(const PeaksRow& row, const PeaksRow& of_month) {
  const auto same = [](const SeriesPeak& a, const SeriesPeak& b) {
    return a.label_set == b.label_set && a.peak == b.peak;
  };
  return row.metrics == of_month.metrics &&
         std::equal(row.series.begin(), row.series.end(), of_month.series.begin(),
                    of_month.series.end(), same);
}

// Bit n: the day n + 1 of the month is one of `days`.
uint32_t BitsOf(const DayRange& days) {
  const uint32_t first = Month::Of(days.first).FirstDay().number;
  const uint64_t up_to_last = (uint64_t{1} << (days.last.number - first + 1)) - 1;
  const uint64_t before_first = (uint64_t{1} << (days.first.number - first)) - 1;
  return static_cast<uint32_t>(up_to_last & ~before_first);
}

}  // namespace

std::string PeaksOfDay(Day day, std::string_view chunk) {
  PeaksRow row;
  storage::PeaksReplay replay(row);
  replay.BeginDay(1);
  storage::ChunkReader reader(day, chunk);
  while (reader.Next()) replay.Add(reader.slot(), reader.repeats(), reader.series());
  return storage::EncodePeaks(row);
}

Result<std::string> PeaksOfDays(const storage::Store& store, FleetRef fleet, SourceRef source,
                                const DayRange& days, std::string_view month_row,
                                const storage::Snapshot& snapshot) {
  const uint32_t active_days = storage::Reader(month_row).Varint32();
  const uint32_t wanted = BitsOf(days);
  if ((active_days & wanted) == 0) return std::string();
  if ((active_days & ~wanted) == 0) return std::string(month_row);

  PeaksRow of_month;
  ROLLCALL_RETURN_IF_ERROR(storage::DecodePeaks(month_row, of_month));
  const Day first = Month::Of(days.first).FirstDay();
  std::vector<StoredDay> read;  // the newest first
  PeaksRow row;
  for (Day day = days.last; day >= days.first; --day.number) {
    if ((active_days >> (day.number - first.number) & 1) == 0) continue;
    auto chunk = store.Get(storage::Table::kChunks,
                           EncodeKey(storage::ChunkKey{day, fleet, source}), &snapshot);
    if (!chunk.ok()) return chunk.status();
    if (!chunk->has_value()) continue;
    read.push_back({day, std::move(**chunk)});
    PeaksRow of_day;
    Replay(read.back(), of_day);
    row = read.size() == 1 ? std::move(of_day) : MergePeaks(row, of_day);
    if (HasAllPeaksOf(row, of_month)) break;
  }
  if (read.size() == 1) return storage::EncodePeaks(row);
  // Once more in the order of time, for what is current at the end.
  row = {};
  for (auto stored = read.rbegin(); stored != read.rend(); ++stored) Replay(*stored, row);
  return storage::EncodePeaks(row);
}

}  // namespace rollcall::counts
