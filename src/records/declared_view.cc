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
#include "records/view_groups.h"
#include "records/week.h"
#include "storage/record_groups.h"

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

class Computer {
 public:
  // `times` is the filter's part that is of times.
  Computer(const Source& source, const ViewDeclaration& view, UnixSeconds now, SlotFilter filter,
           SlotFilter times, std::chrono::milliseconds patience)
      : source_(source),
        view_(view),
        now_(now),
        filter_(std::move(filter)),
        times_(std::move(times)),
        groups_(source, view, filter_),
        reads_records_(ReadsRecords(view)),
        groups_hash_(GroupsHashOf(view)),
        end_(Steady::now() + patience),
        builds_(source, 0, UINT32_MAX) {}

  Result<DeclaredTable> Compute() {
    Status status;
    storage::RecordScan scan = source_.Scan();
    while (!is_late_ && NextBlock(source_, scan, status)) {
      if (times_.MayPass(scan.head())) ROLLCALL_RETURN_IF_ERROR(AddBlock(scan));
    }
    ROLLCALL_RETURN_IF_ERROR(status);
    MakeTable();
    return std::move(table_);
  }

 private:
  using Group = Result<std::optional<uint32_t>>;

  Status AddBlock(const storage::RecordScan& scan) {
    if (!reads_records_) {
      ColumnView values;
      ROLLCALL_RETURN_IF_ERROR(Load(scan, *GroupColumnOf(view_), values));
      return AddSlots(scan, filter_, [&](size_t slot) { return GroupOfValue(values[slot]); });
    }
    if (const auto kept = ReadKept(scan)) {
      std::vector<std::optional<uint32_t>> known(kept->texts.size() + 1);
      return AddSlots(scan, times_, [&](size_t slot) -> Group {
        const uint64_t number = kept->numbers[slot];
        if (number == 0) return std::optional<uint32_t>();
        if (!known[number]) known[number] = GroupOfText(kept->texts[number - 1]);
        return known[number];
      });
    }
    ColumnView receptions;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kReception, receptions));
    return AddSlots(scan, filter_, [&](size_t slot) -> Group {
      if (Steady::now() >= end_) {
        if (!is_late_) table_.read_back_to = UnixSeconds(std::chrono::seconds(receptions[slot]));
        is_late_ = true;
        return std::optional<uint32_t>();
      }
      const auto text = groups_.GroupOf(scan, slot);
      if (!text.ok()) return text.status();
      return *text ? std::optional(GroupOfText(**text)) : std::nullopt;
    });
  }

  // Counts the slots that pass. Calls group_of(slot) for each, the newest first, until it is late.
  template <typename GroupOf>
  Status AddSlots(const storage::RecordScan& scan, SlotFilter& filter, GroupOf group_of) {
    BlockBits slots = scan.present();
    ROLLCALL_RETURN_IF_ERROR(filter.Keep(scan, slots));
    if (!slots.Any()) return Status::Ok();
    ColumnView captures;
    ColumnView builds;
    ColumnView machines;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kCapture, captures));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kBuild, builds));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kMachine, machines));
    Status status;
    slots.ForEachBackwards([&](size_t slot) {
      const auto place = PlaceOf(UnixSeconds(std::chrono::seconds(captures[slot])), builds[slot]);
      if (!place.ok()) {
        status = place.status();
      } else if (*place) {
        const Group group = group_of(slot);
        if (!group.ok()) {
          status = group.status();
        } else if (*group) {
          Count(**group, **place, machines[slot]);
        }
      }
      return status.ok() && !is_late_;
    });
    return status;
  }

  // Returns the groups that are kept of the block; nullopt where its records have to be read.
  std::optional<storage::RecordGroups> ReadKept(const storage::RecordScan& scan) const {
    if (scan.slots() != storage::kRecordsOfBlock) return std::nullopt;
    // Of a damaged row `rollcall verify` tells.
    auto kept =
        source_.records.ReadGroups({scan.head().block, groups_hash_}, &source_.view.snapshot);
    return kept.ok() ? *std::move(kept) : std::nullopt;
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

  Group GroupOfValue(uint64_t value) {
    const auto known = by_value_.find(value);
    if (known != by_value_.end()) return std::optional(known->second);
    const Result<std::string> text = groups_.TextOf(value);
    if (!text.ok()) return text.status();
    return std::optional(by_value_[value] = GroupOfText(*text));
  }

  uint32_t GroupOfText(const std::string& text) {
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
  SlotFilter times_;
  ViewGroups groups_;
  const bool reads_records_;
  const uint64_t groups_hash_;
  const Steady::time_point end_;
  bool is_late_ = false;
  BuildNumbers builds_;
  std::unordered_map<uint64_t, uint32_t> by_value_;
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
  RecordFilter times;
  // From the start of the first day on, so that no column is cut.
  times.captured_from = Day::Of(now - days(view.days - 1)).Start();
  times.captured_before = now + std::chrono::seconds(1);
  RecordFilter filter = view.filter;
  filter.captured_from = times.captured_from;
  filter.captured_before = times.captured_before;
  Result<SlotFilter> made = SlotFilter::Make(source, filter);
  if (!made.ok()) return made.status();
  Result<SlotFilter> of_times = SlotFilter::Make(source, times);
  if (!of_times.ok()) return of_times.status();
  return Computer(source, view, now, *std::move(made), *std::move(of_times), patience).Compute();
}

}  // namespace rollcall::records
