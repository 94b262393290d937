#include "counts/table_check.h"

#include <algorithm>
#include <map>
#include <optional>

#include "counts/record_check.h"
#include "model/label_set.h"
#include "model/source_id.h"
#include "storage/chunk_codec.h"
#include "storage/coding.h"
#include "storage/crash_notes.h"
#include "storage/day_columns.h"
#include "storage/host_rows.h"
#include "storage/keys.h"
#include "storage/outbox_row.h"
#include "storage/period_codec.h"
#include "storage/row_codec.h"
#include "storage/tables.h"

namespace rollcall::counts {
namespace {

using storage::Reader;
using storage::Table;

// A key of `periods`: a period's head, then a tally's key.
constexpr size_t kPeriodHeadBytes = 7;

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes.substr(0, 32)) {
    text += kDigits[static_cast<uint8_t>(c) >> 4];
    text += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return text;
}

class Checker {
 public:
  using Row = std::optional<std::string> (Checker::*)(std::string_view key, std::string_view value);

  Checker(storage::Stores& stores, const storage::Snapshot& snapshot,
          const std::function<void(const std::string&)>& fault)
      : stores_(stores),
        store_(stores.store()),
        snapshot_(snapshot),
        fault_(fault),
        records_(stores, snapshot, record_fault_) {}

  TableCheck Run() {
    for (const std::string& damage : store_.damage()) Fault(damage);
    Note(store_.VerifyChecksums());
    Note(ReadNumbers());
    for (const storage::TableRow& table : storage::kTables) CheckTable(table);
    CheckOutbox();
    records_.Finish();
    return check_;
  }

 private:
  void Fault(const std::string& what) {
    ++check_.faults;
    fault_(what);
  }
  void Note(const Status& status) {
    if (!status.ok()) Fault(status.message());
  }

  Status ReadNumbers() {
    for (const auto& [name, number] :
         {std::pair("last_label_set", &last_label_set_), std::pair("last_source", &last_source_),
          std::pair("last_host", &last_host_), std::pair("outbox_removed", &outbox_removed_),
          std::pair("outbox_last", &outbox_last_)}) {
      const Result<uint64_t> value = store_.GetNumber(name);
      if (!value.ok()) return value.status();
      *number = *value;
    }
    return Status::Ok();
  }

  void CheckTable(const storage::TableRow& table) {
    storage::Scan scan = store_.NewScan(table.table, "", "", &snapshot_);
    for (; scan.Valid(); scan.Next()) {
      ++check_.rows;
      if (const auto wrong = WrongWith(table.table, scan.key(), scan.value())) {
        Fault(NameOf(table, scan.key()) + ": " + *wrong);
      }
    }
    ++check_.tables;
    Note(scan.status().WithContext(std::string(table.name)));
  }

  static std::string NameOf(const storage::TableRow& table, std::string_view key) {
    if (table.table == Table::kChunks) {
      if (const auto chunk = storage::DecodeChunkKey(key)) {
        return "chunk " + chunk->day.ToString() + " of source " +
               std::to_string(chunk->source.value);
      }
    }
    if (table.table == Table::kPeaks) {
      if (const auto peaks = storage::DecodePeaksKey(key)) {
        return "peaks " + peaks->month.ToString() + " of source " +
               std::to_string(peaks->source.value);
      }
    }
    return std::string(table.name) + ": row " + Hex(key);
  }

  // nullopt: nothing.
  std::optional<std::string> WrongWith(Table table, std::string_view key, std::string_view value) {
    switch (table) {
      case Table::kMeta:
        return IsNumber(value) ? std::nullopt : Say("not a number");
      case Table::kLabels:
        return Labels(key, value);
      case Table::kLabelRefs:
        return LabelRefs(key, value);
      case Table::kSources:
        return Sources(key, value);
      case Table::kSourceIds:
        return SourceIds(key, value);
      case Table::kChunks:
        return Chunks(key, value);
      case Table::kPeaks:
        return Peaks(key, value);
      case Table::kTotals:
        return Totals(key, value);
      case Table::kWindows:
        return Windows(key, value);
      case Table::kOutbox:
        return Outbox(key, value);
      case Table::kParked:
        return Parked(key, value);
      case Table::kPeriods:
        return Periods(key, value);
      case Table::kHosts:
        return Hosts(key, value);
      case Table::kHostSamples:
        return HostSamples(key, value);
      case Table::kRecords:
      case Table::kRecordColumns:
      case Table::kRecordMachines:
      case Table::kRecordWords:
      case Table::kRecordStacks:
      case Table::kRecordGroups:
        return records_.WrongWith(table, key, value);
      case Table::kCrashNotes:
        return storage::IsCrashNote(key, value) ? std::nullopt : Say("not a note of a crash");
      case Table::kEnd:
        break;
    }
    return std::nullopt;
  }

  static std::optional<std::string> Say(std::string what) { return what; }
  static std::optional<std::string> Say(const Status& status) {
    return status.ok() ? std::nullopt : std::optional(status.message());
  }

  static bool IsNumber(std::string_view value) {
    Reader reader(value);
    reader.Varint();
    return reader.ok() && reader.AtEnd();
  }

  bool IsLabelSet(uint32_t ref) const { return ref != 0 && ref <= last_label_set_; }
  bool IsSource(uint32_t ref) const { return ref != 0 && ref <= last_source_; }
  // A key of one ref.
  static uint32_t RefOf(std::string_view key) {
    Reader reader(key);
    const uint32_t ref = reader.BigEndian32();
    return reader.ok() && reader.AtEnd() ? ref : 0;
  }

  // The value of a row that must be there; "" where it is not, or cannot be read.
  std::string Get(Table table, const std::string& key) const {
    const auto value = store_.Get(table, key, &snapshot_);
    return value.ok() ? value->value_or("") : "";
  }

  static std::string PairOf(uint32_t label_set, uint32_t metric) {
    std::string value;
    storage::PutVarint(label_set, value);
    storage::PutVarint(metric, value);
    return value;
  }

  std::optional<std::string> Labels(std::string_view key, std::string_view value) const {
    const uint32_t ref = RefOf(key);
    Reader reader(value);
    const uint32_t metric = reader.Varint32();
    const std::string_view text = reader.Bytes(reader.left());
    if (!reader.ok() || text.empty() || !IsLabelSet(ref) || !IsLabelSet(metric)) {
      return Say("not a label set with its numbers");
    }
    const std::string name = "label set " + std::to_string(ref) + ", " + FormatLabelSet(text);
    const std::string refs =
        Get(Table::kLabelRefs, storage::EncodeKey(stores_.labels().HashOf(text)));
    if (refs != PairOf(ref, metric)) return Say(name + ": label_refs does not say the same");
    std::string of_metric;
    storage::PutVarint(metric, of_metric);
    of_metric += MetricOf(text);
    const bool same =
        ref == metric ? value == of_metric
                      : Get(Table::kLabels, storage::EncodeKey(LabelSetRef{metric})) == of_metric;
    return same ? std::nullopt : Say(name + ": its metric is another label set's");
  }

  std::optional<std::string> LabelRefs(std::string_view key, std::string_view value) const {
    Reader reader(value);
    const uint32_t ref = reader.Varint32();
    const uint32_t metric = reader.Varint32();
    if (!reader.ok() || !reader.AtEnd() || !IsLabelSet(ref) || !IsLabelSet(metric)) {
      return Say("not two numbers of label sets");
    }
    const std::string label_set = Get(Table::kLabels, storage::EncodeKey(LabelSetRef{ref}));
    Reader text(label_set);
    const bool same_metric = text.Varint32() == metric;
    const std::string_view canonical = text.Bytes(text.left());
    if (same_metric && storage::EncodeKey(stores_.labels().HashOf(canonical)) == key) {
      return std::nullopt;
    }
    return Say("label set " + std::to_string(ref) + ": labels does not say the same");
  }

  std::optional<std::string> Sources(std::string_view key, std::string_view value) const {
    Reader reader(value);
    const uint32_t ref = reader.Varint32();
    reader.Varint();
    if (!reader.ok() || !reader.AtEnd() || !IsSource(ref)) return Say("not a source");
    if (key.size() < 2 || !SourceId::Parse(key.substr(2)).ok()) return Say("not an id");
    if (Get(Table::kSourceIds, storage::EncodeKey(SourceRef{ref})) == key) return std::nullopt;
    return Say("source " + std::to_string(ref) + ": source_ids does not say the same");
  }

  std::optional<std::string> SourceIds(std::string_view key, std::string_view value) const {
    const uint32_t ref = RefOf(key);
    if (!IsSource(ref)) return Say("not a source");
    const std::string source = Get(Table::kSources, std::string(value));
    Reader reader(source);
    if (reader.Varint32() == ref && reader.ok()) return std::nullopt;
    return Say("source " + std::to_string(ref) + ": sources does not say the same");
  }

  std::optional<std::string> Chunks(std::string_view bytes, std::string_view value) const {
    const auto key = storage::DecodeChunkKey(bytes);
    if (!key || !IsSource(key->source.value)) return Say("not a key");
    storage::ChunkReader reader(key->day, value);
    while (reader.Next()) {
      for (const SeriesValue& series : reader.series()) {
        if (!IsLabelSet(series.label_set.value) || !IsLabelSet(series.metric.value)) {
          return Say("a label set that is not there");
        }
      }
    }
    return Say(reader.status());
  }

  std::optional<std::string> Peaks(std::string_view bytes, std::string_view value) const {
    const auto key = storage::DecodePeaksKey(bytes);
    if (!key || !IsSource(key->source.value)) return Say("not a key");
    bool known = true;
    uint32_t active_days = 0;
    const bool good = storage::VisitPeaks(
        value, active_days, [&](MetricRef metric, double) { known &= IsLabelSet(metric.value); },
        [&](MetricRef, LabelSetRef label_set, double, bool) {
          known &= IsLabelSet(label_set.value);
        });
    if (!good) return Say("not peaks");
    return known ? std::nullopt : Say("a label set that is not there");
  }

  std::optional<std::string> Totals(std::string_view bytes, std::string_view value) const {
    const auto key = storage::DecodeTotalsKey(bytes);
    if (!key || !IsLabelSet(key->metric.value)) return Say("not a key");
    if (key->label_set.value > last_label_set_) return Say("a label set that is not there");
    TotalsRow row;
    return Say(storage::DecodeTotals(value, row));
  }

  std::optional<std::string> Windows(std::string_view bytes, std::string_view value) const {
    if (!storage::DecodeWindowKey(bytes)) return Say("not a key");
    storage::WindowRecord record;
    return Say(storage::DecodeWindow(value, record));
  }

  std::optional<std::string> Outbox(std::string_view bytes, std::string_view value) {
    const auto number = storage::DecodeOutboxKey(bytes);
    if (!number || *number > outbox_last_) return Say("not a key");
    if (*number > outbox_removed_) {
      ++outbox_rows_;
      outbox_bytes_ += bytes.size() + value.size();
    }
    storage::OutboxRow row;
    return Say(storage::DecodeOutboxRow(value, row));
  }

  std::optional<std::string> Parked(std::string_view bytes, std::string_view value) {
    const auto number = storage::DecodeOutboxKey(bytes);
    if (!number || *number > outbox_last_) return Say("not a key");
    ++parked_rows_;
    storage::ParkedRow row;
    if (const Status status = storage::DecodeParkedRow(value, row); !status.ok())
      return Say(status);
    storage::OutboxRow inner;
    return Say(storage::DecodeOutboxRow(row.outbox_row, inner));
  }

  std::optional<std::string> Periods(std::string_view bytes, std::string_view value) {
    const auto key = storage::DecodePeriodKey(bytes);
    if (!key) return Say("not a key");
    if (bytes.size() == kPeriodHeadBytes) {
      period_head_ = bytes;
      storage::PeriodHead head;
      return Say(storage::DecodePeriodHead(value, head));
    }
    if (period_head_ != bytes.substr(0, kPeriodHeadBytes)) return Say("its period has no head");
    if (const auto column = storage::DecodeColumnKey(bytes.substr(kPeriodHeadBytes))) {
      return key->period.is_day() ? Column(*column, value) : Say("columns of no day");
    }
    const auto tally = storage::DecodeTallyKey(bytes.substr(kPeriodHeadBytes));
    if (!tally || !(tally->metric == storage::kSourceSizes || IsLabelSet(tally->metric.value))) {
      return Say("not a key");
    }
    if (storage::IsDistribution(*tally)) {
      FigureDistribution of_figure;
      return Say(storage::DecodeTally(value, of_figure));
    }
    if (tally->label.empty()) {
      rollcall::Totals of_metric;
      return Say(storage::DecodeTally(value, of_metric));
    }
    LabelTally of_label;
    return Say(storage::DecodeTally(value, of_label));
  }

  std::optional<std::string> Column(const storage::ColumnKey& key, std::string_view value) const {
    if (key.metric.value == 0) {
      storage::StreamsColumn streams;
      return Say(storage::DecodeColumn(value, key.block, streams));
    }
    if (!IsLabelSet(key.metric.value)) return Say("not a key");
    storage::MetricColumn column;
    if (const Status status = storage::DecodeColumn(value, key.block, column); !status.ok()) {
      return Say(status);
    }
    for (const storage::MetricColumn::Item& item : column.items) {
      if (!IsSource(item.source.value) || !IsLabelSet(item.label_set.value)) {
        return Say("a source or a label set that is not there");
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> Hosts(std::string_view key, std::string_view value) {
    if (!HostName::Parse(key).ok()) return Say("not a name");
    storage::HostRecord record;
    if (const Status status = storage::DecodeHostRecord(value, record); !status.ok()) {
      return Say(status);
    }
    if (record.ref.value > last_host_ || !hosts_.emplace(record.ref, record.newest).second) {
      return Say("host " + std::to_string(record.ref.value) + " was not given out, or twice");
    }
    return std::nullopt;
  }

  // After `hosts`, whose row says how new a host's samples may be.
  std::optional<std::string> HostSamples(std::string_view bytes, std::string_view value) const {
    const auto key = storage::DecodeHostSampleKey(bytes);
    if (!key) return Say("not a key");
    const auto host = hosts_.find(key->host);
    if (host == hosts_.end() || host->second < storage::Hour::Of(key->time())) {
      return Say("hosts does not say the same");
    }
    HostSample sample;
    return Say(storage::DecodeHostSample(value, sample));
  }

  // What is to be forwarded is without a gap.
  void CheckOutbox() {
    const uint64_t wanted = outbox_last_ - std::min(outbox_last_, outbox_removed_);
    if (outbox_rows_ != wanted) {
      Fault("outbox: " + std::to_string(outbox_rows_) + " rows to forward, the numbers say " +
            std::to_string(wanted));
    }
    Compare("outbox_bytes", outbox_bytes_);
    Compare("outbox_parked", parked_rows_);
  }
  void Compare(const char* name, uint64_t counted) {
    const Result<uint64_t> kept = store_.GetNumber(name);
    if (kept.ok() && *kept != counted) {
      Fault(std::string(name) + ": kept " + std::to_string(*kept) + ", the rows say " +
            std::to_string(counted));
    }
  }

  storage::Stores& stores_;
  storage::Store& store_;
  const storage::Snapshot& snapshot_;
  const std::function<void(const std::string&)>& fault_;
  const std::function<void(const std::string&)> record_fault_ = [this](const std::string& what) {
    Fault(what);
  };
  RecordCheck records_;
  TableCheck check_;
  uint64_t last_label_set_ = 0;
  uint64_t last_source_ = 0;
  uint64_t last_host_ = 0;
  uint64_t outbox_removed_ = 0;
  uint64_t outbox_last_ = 0;
  uint64_t outbox_rows_ = 0;
  uint64_t outbox_bytes_ = 0;
  uint64_t parked_rows_ = 0;
  std::string period_head_;
  std::map<HostRef, storage::Hour> hosts_;  // with the hour of the newest sample
};

}  // namespace

TableCheck CheckTables(storage::Stores& stores, const storage::Snapshot& snapshot,
                       const std::function<void(const std::string&)>& fault) {
  return Checker(stores, snapshot, fault).Run();
}

}  // namespace rollcall::counts
