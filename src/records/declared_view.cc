#include "records/declared_view.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/civil_time.h"
#include "base/hash.h"
#include "records/crash_rows.h"
#include "records/distinct_keys.h"
#include "records/slot_filter.h"
#include "records/week.h"
#include "records/word_texts.h"

namespace rollcall::records {
namespace {

using std::chrono::days;
using storage::BlockBits;
using storage::ColumnView;
using storage::RecordColumn;
using Per = ViewDeclaration::Per;
using Steady = std::chrono::steady_clock;

// The group of what comes once there are kMostGroups.
constexpr std::string_view kFurtherGroups = "(further values)";

// The column that has a field; nullopt: only the record has it.
std::optional<RecordColumn> ColumnOf(const ViewDeclaration& view) {
  if (view.capture) return std::nullopt;
  switch (view.by) {
    case Field::kClassification:
      return RecordColumn::kClassification;
    case Field::kSeverity:
      return RecordColumn::kSeverity;
    case Field::kBuild:
      return RecordColumn::kBuild;
    case Field::kExternal:
      return RecordColumn::kExternal;
    case Field::kHostType:
      return RecordColumn::kHostType;
    case Field::kSystemName:
      return RecordColumn::kSystem;
    default:
      return std::nullopt;
  }
}

std::string_view FieldOf(const Record& record, Field field) {
  switch (field) {
    case Field::kMachineId:
      return record.machine_id;
    case Field::kArch:
      return record.arch;
    case Field::kKernelVersion:
      return record.kernel_version;
    case Field::kBoardName:
      return record.board_name;
    case Field::kCpuModel:
      return record.cpu_model;
    case Field::kBiosVersion:
      return record.bios_version;
    default:
      return {};  // a column has it
  }
}

// Not within a character.
std::string Cut(std::string_view text) {
  size_t end = std::min(text.size(), kMostGroupBytes);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return std::string(text.substr(0, end));
}

class Computer {
 public:
  Computer(const Source& source, const ViewDeclaration& view, UnixSeconds now, SlotFilter filter,
           std::chrono::milliseconds patience)
      : source_(source),
        view_(view),
        now_(now),
        filter_(std::move(filter)),
        column_(ColumnOf(view)),
        needs_record_(!column_ || filter_.NeedsRecord()),
        end_(Steady::now() + patience),
        texts_(source),
        builds_(source, 0, UINT32_MAX) {}

  Result<DeclaredTable> Compute() {
    Status status;
    storage::RecordScan scan = source_.Scan();
    while (!is_late_ && NextBlock(source_, scan, status)) {
      BlockBits slots = scan.present();
      ROLLCALL_RETURN_IF_ERROR(filter_.Keep(scan, slots));
      if (slots.Any()) ROLLCALL_RETURN_IF_ERROR(AddBlock(scan, slots));
    }
    ROLLCALL_RETURN_IF_ERROR(status);
    MakeTable();
    return std::move(table_);
  }

 private:
  Status AddBlock(const storage::RecordScan& scan, const BlockBits& slots) {
    ColumnView groups;
    ColumnView captures;
    ColumnView builds;
    ColumnView machines;
    ColumnView receptions;
    if (column_) ROLLCALL_RETURN_IF_ERROR(Load(scan, *column_, groups));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kCapture, captures));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kBuild, builds));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kMachine, machines));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kReception, receptions));
    Status status;
    slots.ForEachBackwards([&](size_t slot) {
      if (needs_record_ && Steady::now() >= end_) {
        is_late_ = true;
        table_.read_back_to = UnixSeconds(std::chrono::seconds(receptions[slot]));
        return false;
      }
      const auto place = PlaceOf(UnixSeconds(std::chrono::seconds(captures[slot])), builds[slot]);
      if (!place.ok()) {
        status = place.status();
      } else if (*place) {
        const auto group = column_ && !needs_record_ ? GroupOfValue(groups[slot])
                                                     : GroupOfRecord(scan, slot, groups);
        if (!group.ok()) {
          status = group.status();
        } else if (*group) {
          Count(**group, **place, machines[slot]);
        }
      }
      return status.ok();
    });
    return status;
  }

  // Returns the number of the day, the week or the build; nullopt where it does not count.
  Result<std::optional<uint32_t>> PlaceOf(UnixSeconds capture, uint64_t build) {
    switch (view_.per) {
      case Per::kDay:
        return std::optional(Day::Of(capture).number);
      case Per::kWeek:
        return std::optional(Week::Of(Day::Of(capture)).number);
      case Per::kBuild:
        return builds_.Of(build);
    }
    return std::optional<uint32_t>();
  }

  Result<std::optional<uint32_t>> GroupOfValue(uint64_t value) {
    const auto known = by_value_.find(value);
    if (known != by_value_.end()) return known->second;
    std::string text = std::to_string(value);
    if (*column_ == RecordColumn::kExternal) {
      text = value == 0 ? "internal" : "external";
    } else if (*column_ != RecordColumn::kSeverity) {
      const Result<std::string_view> word = texts_.Of(value);
      if (!word.ok()) return word.status();
      text = Cut(*word);
    }
    return by_value_[value] = GroupOfText(text);
  }

  Result<std::optional<uint32_t>> GroupOfRecord(const storage::RecordScan& scan, size_t slot,
                                                const ColumnView& groups) {
    const Result<Record> record = scan.Read(scan.IdOf(slot));
    if (!record.ok()) return record.status();
    if (filter_.NeedsRecord() && !filter_.Passes(*record)) return std::optional<uint32_t>();
    if (column_) return GroupOfValue(groups[slot]);
    if (!view_.capture) return GroupOfText(Cut(FieldOf(*record, view_.by)));
    const auto captured = view_.capture->Capture(record->payload);
    return captured ? GroupOfText(Cut(*captured)) : std::nullopt;
  }

  std::optional<uint32_t> GroupOfText(const std::string& text) {
    const auto known = by_text_.find(text);
    if (known != by_text_.end()) return known->second;
    if (names_.size() >= kMostGroups && text != kFurtherGroups) {
      return GroupOfText(std::string(kFurtherGroups));
    }
    const auto group = static_cast<uint32_t>(names_.size());
    names_.push_back(text);
    by_text_.emplace(text, group);
    return group;
  }

  void Count(uint32_t group, uint32_t place, uint64_t machine) {
    if (view_.counts_machines &&
        keys_.Add(Key(group, place + uint64_t{1}, machine), 0) != DistinctKeys::kNone) {
      return;
    }
    ++counts_[uint64_t{group} << 32 | place];
    places_.insert(place);
    if (view_.counts_machines && keys_.Add(Key(group, 0, machine), 0) == DistinctKeys::kNone) {
      ++machines_[group];
    }
  }

  static uint64_t Key(uint32_t group, uint64_t place, uint64_t machine) {
    const uint64_t numbers[] = {group, place, machine};
    return HashBytes({reinterpret_cast<const char*>(numbers), sizeof numbers}, 0).low;
  }

  void MakeTable() {
    std::map<uint32_t, size_t> column_of = MakeColumns();
    std::vector<DeclaredRow> rows(names_.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      rows[i].value = names_[i];
      rows[i].counts.resize(table_.columns.size());
    }
    for (const auto& [key, count] : counts_) {
      const auto column = column_of.find(static_cast<uint32_t>(key));
      if (column == column_of.end()) continue;
      DeclaredRow& row = rows[key >> 32];
      row.counts[column->second] = count;
      row.total += count;
    }
    // A build that is no column has no part in the rest, so there distinct ids are not known.
    if (view_.counts_machines && view_.per != Per::kBuild) {
      for (const auto& [group, machines] : machines_) rows[group].total = machines;
    }
    std::erase_if(rows, [](const DeclaredRow& row) { return row.total == 0; });
    std::sort(rows.begin(), rows.end(), [](const DeclaredRow& a, const DeclaredRow& b) {
      return a.total != b.total ? a.total > b.total : a.value < b.value;
    });
    table_.groups = rows.size();
    for (size_t i = view_.top; i < rows.size(); ++i) AddToOther(rows[i]);
    if (rows.size() > view_.top) rows.resize(view_.top);
    table_.rows = std::move(rows);
  }

  std::map<uint32_t, size_t> MakeColumns() {
    std::map<uint32_t, size_t> column_of;
    std::vector<uint32_t> places;
    places.assign(places_.begin(), places_.end());
    if (view_.per == Per::kBuild && places.size() > kMostBuildColumns) {
      places.erase(places.begin(), places.end() - kMostBuildColumns);
    }
    // Days and weeks without a record are columns too.
    if (view_.per != Per::kBuild) {
      const auto first = Day::Of(now_ - days(view_.days - 1)).number;
      const auto last = Day::Of(now_).number;
      places.clear();
      for (uint32_t day = first; day <= last; ++day) {
        const uint32_t place = view_.per == Per::kDay ? day : Week::Of(Day{day}).number;
        if (places.empty() || places.back() != place) places.push_back(place);
      }
    }
    for (const uint32_t place : places) {
      column_of[place] = table_.columns.size();
      table_.columns.push_back(view_.per == Per::kDay    ? Day{place}.ToString()
                               : view_.per == Per::kWeek ? Week{place}.ToString()
                                                         : std::to_string(place));
    }
    return column_of;
  }

  void AddToOther(const DeclaredRow& row) {
    if (!table_.other) {
      table_.other.emplace();
      table_.other->counts.resize(table_.columns.size());
    }
    table_.other->total += row.total;
    for (size_t i = 0; i < row.counts.size(); ++i) table_.other->counts[i] += row.counts[i];
  }

  const Source& source_;
  const ViewDeclaration& view_;
  const UnixSeconds now_;
  SlotFilter filter_;
  const std::optional<RecordColumn> column_;
  const bool needs_record_;
  const Steady::time_point end_;
  bool is_late_ = false;
  WordTexts texts_;
  BuildNumbers builds_;
  std::unordered_map<uint64_t, std::optional<uint32_t>> by_value_;
  std::unordered_map<std::string, uint32_t> by_text_;
  std::vector<std::string> names_;                 // by group
  std::unordered_map<uint64_t, uint64_t> counts_;  // by group and place
  std::set<uint32_t> places_;
  DistinctKeys keys_;
  std::unordered_map<uint32_t, uint64_t> machines_;  // by group
  DeclaredTable table_;
};

}  // namespace

Result<DeclaredTable> ComputeView(const Source& source, const ViewDeclaration& view,
                                  UnixSeconds now, std::chrono::milliseconds patience) {
  RecordFilter filter = view.filter;
  // From the start of the first day on, so that no column is cut.
  filter.captured_from = Day::Of(now - days(view.days - 1)).Start();
  filter.captured_before = now + std::chrono::seconds(1);
  Result<SlotFilter> made = SlotFilter::Make(source, filter);
  if (!made.ok()) return made.status();
  return Computer(source, view, now, *std::move(made), patience).Compute();
}

}  // namespace rollcall::records
