#include "counts/verify.h"

#include <algorithm>
#include <map>

#include "counts/period_check.h"
#include "counts/period_scan.h"
#include "counts/table_check.h"
#include "counts/window_scan.h"
#include "model/label_set.h"
#include "storage/chunk_codec.h"
#include "storage/keys.h"
#include "storage/peaks_replay.h"
#include "storage/retention.h"
#include "storage/row_codec.h"

namespace rollcall::counts {
namespace {

using storage::Table;

// Sources replayed at a time: bounds the memory of a month's replay to some 100 MiB.
constexpr uint32_t kSourcesAtOnce = 50'000;

std::string Text(const TotalsRow& row) {
  std::string text;
  for (const Totals& span : row.spans) {
    text += (text.empty() ? "" : ", ") + std::to_string(span.sources) + " sources sum " +
            std::to_string(span.sum.ToInt64()) + " per report " +
            std::to_string(span.report_sum.ToInt64());
  }
  return text;
}

// Which series are current is left out: where the clock was set back over a day, the chunks do not
// say in which order the days' reports came.
bool SamePeaks(PeaksRow a, PeaksRow b) {
  for (PeaksRow* const row : {&a, &b}) {
    for (SeriesPeak& series : row->series) series.current = false;
  }
  return a == b;
}

class Verifier {
 public:
  Verifier(storage::Stores& stores, const std::vector<Fleet>& fleets,
           const std::function<void(uint64_t, uint64_t)>& progress)
      : stores_(stores),
        fleets_(fleets),
        store_(stores.store()),
        snapshot_(store_.TakeSnapshot()),
        progress_(progress) {}

  VerifyReport Run() {
    const TableCheck tables =
        CheckTables(stores_, snapshot_, [this](const std::string& fault) { Show(fault); });
    report_.tables = tables.tables;
    report_.rows = tables.rows;
    report_.faults = tables.faults;
    const Status compared = Compare();
    // Where a row cannot be read that was told above.
    if (!compared.ok() && report_.faults == 0) {
      ++report_.faults;
      Show(compared.message());
    }
    return std::move(report_);
  }

 private:
  Status Compare() {
    ROLLCALL_RETURN_IF_ERROR(FindWork());
    ROLLCALL_RETURN_IF_ERROR(FindPeriods());
    const uint64_t all = windows_.size() + periods_.size() + months_.size();
    for (const storage::WindowKey& window : windows_) {
      progress_(done_++, all);
      ROLLCALL_RETURN_IF_ERROR(CompareTotals(window));
    }
    for (const auto& [key, fleet] : periods_) {
      progress_(done_++, all);
      const Result<uint64_t> rows =
          ComparePeriod(stores_, *fleet, key, snapshot_,
                        [this](const std::string& difference) { Differ(difference); });
      if (!rows.ok()) return rows.status();
      ++report_.periods;
      report_.period_rows += *rows;
    }
    for (const storage::WindowKey& month : months_) {
      progress_(done_++, all);
      for (uint64_t first = 1; first <= stores_.sources().size(); first += kSourcesAtOnce) {
        ROLLCALL_RETURN_IF_ERROR(ComparePeaks(month, static_cast<uint32_t>(first)));
      }
    }
    progress_(done_, done_);
    return Status::Ok();
  }

  void Differ(const std::string& what) {
    ++report_.differences;
    Show(what);
  }
  void Show(const std::string& what) {
    if (report_.examples.size() < VerifyReport::kMaxExamples) report_.examples.push_back(what);
  }

  // The windows with kept totals and the months with peaks or chunks that retention left whole.
  Status FindWork() {
    storage::Scan kept = store_.NewScan(Table::kWindows, "", "", &snapshot_);
    for (; kept.Valid(); kept.Next()) {
      const auto window = storage::DecodeWindowKey(kept.key());
      if (!window) return Status::DataLoss("decode window key: not a key");
      const Result<Month> first_month = storage::FirstWholeMonth(store_, window->fleet);
      if (!first_month.ok()) return first_month.status();
      const bool whole = Window{window->last, Span::kYear}.first() >= *first_month;
      whole ? windows_.push_back(*window) : static_cast<void>(++report_.windows_skipped);
    }
    ROLLCALL_RETURN_IF_ERROR(kept.status());

    storage::Scan peaks = store_.NewScan(Table::kPeaks, "", "", &snapshot_);
    while (peaks.Valid()) {
      const auto key = storage::DecodePeaksKey(peaks.key());
      if (!key) return Status::DataLoss("decode peaks key: not a key");
      const Result<Day> first_day = storage::FirstWholeDay(store_, key->fleet);
      if (!first_day.ok()) return first_day.status();
      AddMonth({key->month, key->fleet}, *first_day);
      peaks.Seek(storage::RangeOf(key->month.number, key->fleet).end);
    }
    ROLLCALL_RETURN_IF_ERROR(peaks.status());
    // Chunks without any peaks would be a difference too.
    storage::Scan chunks = store_.NewScan(Table::kChunks, "", "", &snapshot_);
    while (chunks.Valid()) {
      const auto key = storage::DecodeChunkKey(chunks.key());
      if (!key) return Status::DataLoss("decode chunk key: not a key");
      const Result<Day> first_day = storage::FirstWholeDay(store_, key->fleet);
      if (!first_day.ok()) return first_day.status();
      const storage::WindowKey month{Month::Of(key->day), key->fleet};
      if (month.last.FirstDay() >= *first_day && !Contains(month)) months_.push_back(month);
      chunks.Seek(storage::RangeOf(key->day.number, key->fleet).end);
    }
    return chunks.status();
  }

  // The stored periods that can be counted again.
  Status FindPeriods() {
    storage::Scan scan = store_.NewScan(Table::kPeriods, "", "", &snapshot_);
    while (scan.Valid()) {
      const auto key = storage::DecodePeriodKey(scan.key());
      if (!key) return Status::DataLoss("decode period key: not a key");
      const auto fleet = std::find_if(fleets_.begin(), fleets_.end(),
                                      [&](const Fleet& one) { return one.ref == key->fleet; });
      const Result<bool> is_whole = IsWhole(store_, key->fleet, key->period);
      if (!is_whole.ok()) return is_whole.status();
      bool follows_rule = fleet != fleets_.end();
      if (follows_rule) {
        const Result<uint64_t> rule = stores_.fleets().Rule(fleet->name);
        if (!rule.ok()) return rule.status();
        follows_rule = *rule == 0 || *rule == CountingRule(*fleet);
      }
      if (follows_rule && *is_whole) {
        periods_.emplace_back(*key, &*fleet);
      } else {
        ++report_.periods_skipped;
      }
      scan.Seek(storage::RangeOf(*key).end);
    }
    return scan.status();
  }

  bool Contains(const storage::WindowKey& month) const {
    return std::find(months_.begin(), months_.end(), month) != months_.end();
  }

  void AddMonth(const storage::WindowKey& month, Day first_day) {
    if (month.last.FirstDay() >= first_day) {
      months_.push_back(month);
    } else {
      ++report_.months_skipped;
    }
  }

  Status CompareTotals(const storage::WindowKey& window) {
    Result<TotalsMap> computed = ScanWindows(store_, window, snapshot_);
    if (!computed.ok()) return computed.status();
    const storage::KeyRange range = storage::RangeOf(window);
    storage::Scan scan = store_.NewScan(Table::kTotals, range.begin, range.end, &snapshot_);
    for (; scan.Valid(); scan.Next()) {
      const auto key = storage::DecodeTotalsKey(scan.key());
      if (!key) return Status::DataLoss("decode totals key: not a key");
      TotalsRow kept;
      ROLLCALL_RETURN_IF_ERROR(storage::DecodeTotals(scan.value(), kept));
      ++report_.totals_rows;
      const auto expected = computed->find(*key);
      const TotalsRow want = expected == computed->end() ? TotalsRow() : expected->second;
      if (!(kept == want)) {
        Differ(Name(*key) + ": kept " + Text(kept) + "; peaks say " + Text(want));
      }
      if (expected != computed->end()) computed->erase(expected);
    }
    ROLLCALL_RETURN_IF_ERROR(scan.status());
    for (const auto& [key, row] : *computed) {
      Differ(Name(key) + ": not kept; peaks say " + Text(row));
    }
    ++report_.windows;
    return Status::Ok();
  }

  std::string Name(const TotalsKey& key) const {
    const LabelSetRef ref =
        key.label_set.value != 0 ? key.label_set : LabelSetRef{key.metric.value};
    const auto text = stores_.labels().TextOf(ref, &snapshot_);
    return "totals " + key.last.ToString() + " " +
           (text.ok() ? FormatLabelSet(*text) : "label set " + std::to_string(ref.value));
  }

  Status ComparePeaks(const storage::WindowKey& month, uint32_t first_source) {
    std::map<uint32_t, PeaksRow> rows;
    for (Day day = month.last.FirstDay(); day <= month.last.LastDay(); ++day.number) {
      ROLLCALL_RETURN_IF_ERROR(ReplayDay(month, day, first_source, rows));
    }
    storage::Scan scan = store_.NewScan(
        Table::kPeaks,
        storage::EncodeKey(storage::PeaksKey{month.last, month.fleet, {first_source}}),
        storage::EncodeKey(
            storage::PeaksKey{month.last, month.fleet, {first_source + kSourcesAtOnce}}),
        &snapshot_);
    for (; scan.Valid(); scan.Next()) {
      const auto key = storage::DecodePeaksKey(scan.key());
      if (!key) return Status::DataLoss("decode peaks key: not a key");
      PeaksRow kept;
      ROLLCALL_RETURN_IF_ERROR(storage::DecodePeaks(scan.value(), kept));
      ++report_.peaks_rows;
      const auto replayed = rows.find(key->source.value);
      if (replayed == rows.end()) {
        Differ(Name(month, key->source.value) + ": kept, and no chunk has a report");
      } else if (!SamePeaks(replayed->second, kept)) {
        Differ(Name(month, key->source.value) + ": kept " + std::to_string(kept.series.size()) +
               " series, chunks say " + std::to_string(replayed->second.series.size()) +
               (kept.series.size() == replayed->second.series.size() ? " with other values" : ""));
      }
      if (replayed != rows.end()) rows.erase(replayed);
    }
    ROLLCALL_RETURN_IF_ERROR(scan.status());
    for (const auto& [source, row] : rows) {
      Differ(Name(month, source) + ": not kept, chunks have reports");
    }
    return Status::Ok();
  }

  static std::string Name(const storage::WindowKey& month, uint32_t source) {
    return "peaks " + month.last.ToString() + " of source " + std::to_string(source);
  }

  Status ReplayDay(const storage::WindowKey& month, Day day, uint32_t first_source,
                   std::map<uint32_t, PeaksRow>& rows) {
    storage::Scan scan = store_.NewScan(
        Table::kChunks, storage::EncodeKey(storage::ChunkKey{day, month.fleet, {first_source}}),
        storage::EncodeKey(storage::ChunkKey{day, month.fleet, {first_source + kSourcesAtOnce}}),
        &snapshot_);
    for (; scan.Valid(); scan.Next()) {
      const auto key = storage::DecodeChunkKey(scan.key());
      if (!key) return Status::DataLoss("decode chunk key: not a key");
      storage::PeaksReplay replay(rows[key->source.value]);
      replay.BeginDay(day.number - month.last.FirstDay().number + 1);
      storage::ChunkReader reader(day, scan.value());
      // That the rest of a chunk cannot be read was told with the tables.
      while (reader.Next()) {
        ++report_.reports;
        replay.Add(reader.slot(), reader.repeats(), reader.series());
      }
    }
    return scan.status();
  }

  storage::Stores& stores_;
  const std::vector<Fleet>& fleets_;
  storage::Store& store_;
  storage::Snapshot snapshot_;
  const std::function<void(uint64_t, uint64_t)>& progress_;
  std::vector<storage::WindowKey> windows_;
  std::vector<storage::WindowKey> months_;
  std::vector<std::pair<storage::PeriodKey, const Fleet*>> periods_;
  uint64_t done_ = 0;
  VerifyReport report_;
};

}  // namespace

VerifyReport Verify(storage::Stores& stores, const std::vector<Fleet>& fleets,
                    const std::function<void(uint64_t, uint64_t)>& progress) {
  return Verifier(stores, fleets, progress).Run();
}

}  // namespace rollcall::counts
