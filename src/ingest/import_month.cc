#include "ingest/import_month.h"

#include <algorithm>
#include <map>

#include "storage/keys.h"
#include "storage/peaks_reader.h"
#include "storage/retention.h"
#include "storage/row_codec.h"

namespace rollcall::ingest {
namespace {

using storage::Table;

class MonthImport {
 public:
  MonthImport(storage::Stores& stores, FleetRef fleet, SourceRef source, Month month,
              storage::Batch& batch)
      : stores_(stores), store_(stores.store()), fleet_(fleet), source_(source), month_(month),
        batch_(batch) {}

  Status Run(const std::vector<Instant>& added, TotalsMap& gains, MergeTally& tally) {
    const Result<Day> first_whole_day = storage::FirstWholeDay(store_);
    if (!first_whole_day.ok()) return first_whole_day.status();
    for (size_t begin = 0; begin < added.size();) {
      const Day day = Day::Of(added[begin].time);
      size_t end = begin;
      while (end < added.size() && Day::Of(added[end].time) == day) ++end;
      if (day >= *first_whole_day) {
        ROLLCALL_RETURN_IF_ERROR(
            MergeDay(day, {added.begin() + static_cast<std::ptrdiff_t>(begin),
                           added.begin() + static_cast<std::ptrdiff_t>(end)}, tally));
      }
      begin = end;
    }
    const bool whole = month_.FirstDay() >= *first_whole_day;
    if (whole && days_.empty()) return Status::Ok();
    return UpdatePeaks(whole, added, gains);
  }

 private:
  Status MergeDay(Day day, const std::vector<Instant>& added, MergeTally& tally) {
    Result<std::vector<Instant>> instants = ReadDay(day);
    if (!instants.ok()) return instants.status();
    const MergeTally of_day = MergeInstants(added, *instants);
    if (of_day.samples == 0) return Status::Ok();
    tally.reports += of_day.reports;
    tally.samples += of_day.samples;
    batch_.Put(Table::kChunks, storage::EncodeKey(storage::ChunkKey{day, fleet_, source_}),
               WriteInstants(day, *instants));
    days_[day] = std::move(*instants);
    return Status::Ok();
  }

  Result<std::vector<Instant>> ReadDay(Day day) const {
    const auto stored =
        store_.Get(Table::kChunks, storage::EncodeKey(storage::ChunkKey{day, fleet_, source_}));
    if (!stored.ok()) return stored.status();
    if (!stored->has_value()) return std::vector<Instant>();
    return ReadInstants(day, **stored);
  }

  // Replays the month from its chunks where all are there; else adds to the stored row.
  Status UpdatePeaks(bool whole, const std::vector<Instant>& added, TotalsMap& gains) {
    const storage::PeaksKey key{month_, fleet_, source_};
    const Result<PeaksRow> old_row = storage::ReadPeaks(store_, key);
    if (!old_row.ok()) return old_row.status();
    PeaksRow row;
    if (whole) {
      for (Day day = month_.FirstDay(); day <= month_.LastDay(); ++day.number) {
        if (const auto merged = days_.find(day); merged != days_.end()) {
          Replay(merged->second, row);
          continue;
        }
        const Result<std::vector<Instant>> stored = ReadDay(day);
        if (!stored.ok()) return stored.status();
        Replay(*stored, row);
      }
    } else {
      row = *old_row;
      Replay(added, row);
    }
    if (row == *old_row) return Status::Ok();
    stores_.totals().DropStale(month_, fleet_, batch_);
    if (stores_.totals().Follows({month_, fleet_})) {
      PeaksRow before;
      ROLLCALL_RETURN_IF_ERROR(
          storage::MergePeaksBefore(store_, key, 1, MonthsOf(Span::kQuarter), before));
      const PeaksRow quarter_before = before;
      ROLLCALL_RETURN_IF_ERROR(storage::MergePeaksBefore(store_, key, MonthsOf(Span::kQuarter),
                                                         MonthsOf(Span::kYear), before));
      AddPeaksChange(month_, fleet_, *old_row, row, quarter_before, before, gains);
    }
    batch_.Put(Table::kPeaks, storage::EncodeKey(key), storage::EncodePeaks(row));
    return Status::Ok();
  }

  void Replay(const std::vector<Instant>& instants, PeaksRow& row) const {
    for (const Instant& instant : instants) {
      AddReport(instant.series, Day::Of(instant.time).number - month_.FirstDay().number + 1, row);
    }
  }

  storage::Stores& stores_;
  storage::Store& store_;
  const FleetRef fleet_;
  const SourceRef source_;
  const Month month_;
  storage::Batch& batch_;
  std::map<Day, std::vector<Instant>> days_;  // that changed
};

}  // namespace

Status ImportMonth(storage::Stores& stores, FleetRef fleet, SourceRef source, Month month,
                   const std::vector<Instant>& added, storage::Batch& batch, TotalsMap& gains,
                   MergeTally& tally) {
  return MonthImport(stores, fleet, source, month, batch).Run(added, gains, tally);
}

}  // namespace rollcall::ingest
