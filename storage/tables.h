// The list of column families, a row each. A new one needs an enumerator, a row here, and a row in
// storage/FORMAT.md, which also says what it does to the format; a test compares the two lists.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace rollcall::storage {

enum class Table : size_t {
  kMeta,
  kLabels,
  kLabelRefs,
  kSources,
  kSourceIds,
  kChunks,
  kPeaks,
  kTotals,
  kWindows,
  kOutbox,
  kParked,
  kPeriods,
  kHosts,
  kHostSamples,
  kRecords,
  kRecordColumns,
  kRecordMachines,
  kRecordWords,
  kRecordStacks,
  kCrashNotes,
  kRecordGroups,
  kEnd,  // not a table: how many there are
};

// What Transaction::Merge does to a value.
enum class Merging {
  kNone,
  kAppend,  // appends the bytes to it
  kPeaks,   // the bytes are a change of a peaks row; see peaks_change.h
};

struct TableRow {
  Table table;
  std::string_view name;  // on disk
  std::string_view key;
  std::string_view value;
  std::string_view owner;  // the class, or the codec, that knows the rows
  Merging merging = Merging::kNone;
  // Whether it has a Bloom filter: worthwhile where absent keys are looked up.
  bool has_filter = true;
};

inline constexpr auto kTables = std::to_array<TableRow>({
    {Table::kMeta, "default", "a name, ASCII", "a number", "Transaction::PutNumber"},
    {Table::kLabels, "labels", "label set ref", "metric ref, canonical label set",
     "LabelDictionary"},
    {Table::kLabelRefs, "label_refs", "hash of a canonical label set", "label set ref, metric ref",
     "LabelDictionary"},
    {Table::kSources, "sources", "fleet, id", "source ref, first seen", "SourceDirectory"},
    {Table::kSourceIds, "source_ids", "source ref", "fleet, id", "SourceDirectory"},
    {Table::kChunks, "chunks", "day, fleet, source ref", "the reports of that day", "chunk_codec",
     Merging::kAppend, false},
    {Table::kPeaks, "peaks", "month, fleet, source ref", "the source's peaks of that month",
     "row_codec, peaks_change", Merging::kPeaks},
    {Table::kTotals, "totals", "month, fleet, metric ref, label set ref",
     "totals of the windows that end with that month", "row_codec"},
    {Table::kWindows, "windows", "month, fleet", "what is known of these windows", "row_codec"},
    {Table::kOutbox, "outbox", "number", "a report that is to be forwarded", "outbox_row"},
    {Table::kParked, "outbox_parked", "number", "one that the receiver refused", "outbox_row"},
    {Table::kPeriods, "periods", "kind, last, fleet, metric ref, label",
     "tallies of a closed period; columns of a day", "period_codec, day_columns"},
    {Table::kHosts, "hosts", "host name", "host ref, hour of its newest sample", "HostHistory"},
    {Table::kHostSamples, "host_samples", "stretch, host ref, second", "one sample", "host_rows",
     Merging::kNone, false},
    {Table::kRecords, "records", "record", "the record", "record_row", Merging::kNone, false},
    {Table::kRecordColumns, "record_columns", "block of records, column",
     "one field of all records of a block", "record_column", Merging::kNone, false},
    {Table::kRecordMachines, "record_machines", "machine hash, record, newest first", "nothing",
     "record_row", Merging::kNone, false},
    {Table::kRecordWords, "record_words", "word ref, or hash of a text", "the text, or its ref",
     "ByteDictionary"},
    {Table::kRecordStacks, "record_stacks", "stack ref, or hash of a stack",
     "the stack, or its ref", "ByteDictionary"},
    {Table::kCrashNotes, "crash_notes", "kind, function, module",
     "nothing, or an operator's note of that frame", "CrashNotes"},
    {Table::kRecordGroups, "record_groups", "block of records, view",
     "the group of each record of a block", "record_groups", Merging::kNone, false},
});

// A table without a row, or a row in another's place, does not compile.
static_assert(kTables.size() == static_cast<size_t>(Table::kEnd));
static_assert([] {
  for (size_t i = 0; i < kTables.size(); ++i) {
    if (kTables[i].table != static_cast<Table>(i) || kTables[i].name.empty()) return false;
  }
  return true;
}());

constexpr const TableRow& RowOf(Table table) { return kTables[static_cast<size_t>(table)]; }

// Returns the table of that name on disk; nullopt where there is none.
constexpr std::optional<Table> TableNamed(std::string_view name) {
  for (const TableRow& row : kTables) {
    if (row.name == name) return row.table;
  }
  return std::nullopt;
}

}  // namespace rollcall::storage
