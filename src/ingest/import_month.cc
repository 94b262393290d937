#include "ingest/import_month.h"

#include <algorithm>
#include <map>

#include "ingest/month_replay.h"
#include "storage/keys.h"
#include "storage/peaks_reader.h"
#include "storage/retention.h"
#include "storage/row_codec.h"

namespace rollcall::ingest {
namespace {

using storage::Table;

class MonthImport {
 public:
  MonthImport(storage::Stores& stores, const ImportedMonth& imported,
              storage::Transaction& transaction)
      : stores_(stores),
        store_(stores.store()),
        key_{imported.month, imported.fleet, imported.source},
        added_(imported.added),
        kept_from_(imported.kept_from),
        transaction_(transaction) {}

  Status Run(TotalsMap& gains, MergeTally& tally) {
    const Result<Day> first_whole_day = storage::FirstWholeDay(store_, key_.fleet);
    if (!first_whole_day.ok()) return first_whole_day.status();
    for (size_t begin = 0; begin < added_.size();) {
      const Day day = Day::Of(added_[begin].time);
      size_t end = begin;
      for (; end < added_.size() && Day::Of(added_[end].time) == day; ++end) {
        if (day < std::max(*first_whole_day, kept_from_)) {
          tally_.too_old += added_[end].series.size();
        }
      }
      if (day >= *first_whole_day) {
        ROLLCALL_RETURN_IF_ERROR(MergeDay(day, added_.subspan(begin, end - begin)));
      } else {
        stores_.periods().DropPartial(day, key_.fleet, transaction_);
      }
      begin = end;
    }
    tally += tally_;
    const bool whole = key_.month.FirstDay() >= *first_whole_day;
    if (whole && days_.empty()) return Status::Ok();
    return UpdatePeaks(whole, gains);
  }

 private:
  struct ChangedDay {
    DayReports reports;
    std::span<const Instant> added;
  };

  Status MergeDay(Day day, std::span<const Instant> added) {
    Result<DayReports> reports = ReadDay(day);
    if (!reports.ok()) return reports.status();
    const MergeTally of_day = MergeInstants(added, *reports);
    if (of_day.samples == 0) return Status::Ok();
    tally_.appended &= of_day.appended;
    if (day >= kept_from_) tally_ += of_day;
    transaction_.Put(Table::kChunks, ChunkKeyOf(day), WriteInstants(day, reports->instants));
    stores_.periods().DropDay(day, key_.fleet, transaction_);
    days_.emplace(day, ChangedDay{std::move(*reports), added});
    return Status::Ok();
  }

  std::string ChunkKeyOf(Day day) const {
    return storage::EncodeKey(storage::ChunkKey{day, key_.fleet, key_.source});
  }

  Result<DayReports> ReadDay(Day day) const {
    const auto stored = store_.Get(Table::kChunks, ChunkKeyOf(day));
    if (!stored.ok()) return stored.status();
    if (!stored->has_value()) return DayReports();
    return ReadInstants(day, **stored);
  }

  Status UpdatePeaks(bool whole, TotalsMap& gains) {
    const Result<PeaksRow> old_row = storage::ReadPeaks(store_, key_);
    if (!old_row.ok()) return old_row.status();
    PeaksRow row;
    if (!whole) {
      row = *old_row;
      ReplayAdded(row);
    } else if (IsAppended(*old_row)) {
      row = *old_row;
      MonthReplay replay(key_.month, row);
      for (const auto& [day, changed] : days_) replay.Add(day, changed.added);
    } else {
      ROLLCALL_RETURN_IF_ERROR(ReplayMonth(*old_row, row));
    }
    return row == *old_row ? Status::Ok() : WritePeaks(*old_row, row, gains);
  }

  // Returns whether everything new came after everything that the month had.
  bool IsAppended(const PeaksRow& old_row) const {
    const uint32_t first = days_.begin()->first.number - key_.month.FirstDay().number;
    return tally_.appended && (uint64_t{old_row.active_days} >> (first + 1)) == 0;
  }

  void ReplayAdded(PeaksRow& row) const {
    MonthReplay replay(key_.month, row);
    for (const Instant& instant : added_) replay.Add(Day::Of(instant.time), {&instant, 1});
  }

  // Computes the row again from all chunks of the month.
  Status ReplayMonth(const PeaksRow& old_row, PeaksRow& row) const {
    MonthReplay replay(key_.month, row);
    const Day first = key_.month.FirstDay();
    for (Day day = first; day <= key_.month.LastDay(); ++day.number) {
      if (const auto changed = days_.find(day); changed != days_.end()) {
        replay.Add(day, changed->second.reports.instants);
      } else if ((old_row.active_days >> (day.number - first.number) & 1) != 0) {
        const Result<DayReports> stored = ReadDay(day);
        if (!stored.ok()) return stored.status();
        replay.Add(day, stored->instants);
      }
    }
    return Status::Ok();
  }

  // A negative value that joins a report lowers its sum: the only change that is not a gain.
  static bool AnySumFell(const PeaksRow& old_row, const PeaksRow& row) {
    auto now = row.metrics.begin();
    return std::any_of(old_row.metrics.begin(), old_row.metrics.end(), [&](const MetricPeaks& old) {
      while (now != row.metrics.end() && now->metric < old.metric) ++now;
      return now != row.metrics.end() && now->metric == old.metric &&
             now->report_sum_peak < old.report_sum_peak;
    });
  }

  Status WritePeaks(const PeaksRow& old_row, const PeaksRow& row, TotalsMap& gains) {
    // If a sum fell, the totals of the month itself are stale too, as if the month before
    // had changed.
    const Month changed = AnySumFell(old_row, row) ? key_.month.Plus(-1) : key_.month;
    stores_.totals().DropStale(changed, key_.fleet, transaction_);
    stores_.periods().DropWindows(key_.month, key_.fleet, transaction_);
    if (stores_.totals().Follows({key_.month, key_.fleet})) {
      PeaksRow before;
      ROLLCALL_RETURN_IF_ERROR(
          storage::MergePeaksBefore(store_, key_, 1, MonthsOf(Span::kQuarter), before));
      const PeaksRow quarter_before = before;
      ROLLCALL_RETURN_IF_ERROR(storage::MergePeaksBefore(store_, key_, MonthsOf(Span::kQuarter),
                                                         MonthsOf(Span::kYear), before));
      AddPeaksChange(key_.month, key_.fleet, old_row, row, quarter_before, before, gains);
    }
    transaction_.Put(Table::kPeaks, storage::EncodeKey(key_), storage::EncodePeaks(row));
    return Status::Ok();
  }

  storage::Stores& stores_;
  storage::Store& store_;
  const storage::PeaksKey key_;
  const std::span<const Instant> added_;
  const Day kept_from_;
  storage::Transaction& transaction_;
  MergeTally tally_;
  std::map<Day, ChangedDay> days_;
};

}  // namespace

Status ImportMonth(storage::Stores& stores, const ImportedMonth& imported,
                   storage::Transaction& transaction, TotalsMap& gains, MergeTally& tally) {
  return MonthImport(stores, imported, transaction).Run(gains, tally);
}

}  // namespace rollcall::ingest
