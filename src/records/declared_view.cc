#include "records/declared_view.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/civil_time.h"
#include "records/crash_rows.h"
#include "records/distinct_machines.h"
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
        builds_(source, 0, UINT32_MAX),
        machines_seen_(view.per != Per::kBuild) {}

  Result<DeclaredTable> Compute() {
    Status status;
    storage::RecordScan scan = source_.Scan();
    while (!is_late_ && NextBlock(source_, scan, status)) {
      if (filter_.MayPass(scan.head())) ROLLCALL_RETURN_IF_ERROR(AddBlock(scan));
    }
    ROLLCALL_RETURN_IF_ERROR(status);
    MakeTable();
    return std::move(table_);
  }

 private:
  // The number of a group, or of a day, week or build; nullopt: the record does not count.
  using Group = Result<std::optional<uint32_t>>;
  using Place = Result<std::optional<uint32_t>>;

  Status AddBlock(const storage::RecordScan& scan) {
    const auto kept = reads_records_ ? ReadKept(scan) : std::nullopt;
    BlockBits slots = scan.present();
    ROLLCALL_RETURN_IF_ERROR((kept ? times_ : filter_).Keep(scan, slots));
    if (!slots.Any()) return Status::Ok();
    if (!reads_records_) {
      ColumnView values;
      ROLLCALL_RETURN_IF_ERROR(Load(scan, *GroupColumnOf(view_), values));
      return AddSlots(scan, slots, [&](size_t slot) { return GroupOfValue(values[slot]); });
    }
    if (kept) {
      std::vector<std::optional<uint32_t>> known(kept->texts.size() + 1);
      kept->numbers.CopyTo(numbers_);
      return AddSlots(scan, slots, [&](size_t slot) -> Group {
        const uint64_t number = numbers_[slot];
        if (number == 0) return std::optional<uint32_t>();
        if (!known[number]) known[number] = GroupOfText(kept->texts[number - 1]);
        return known[number];
      });
    }
    ColumnView receptions;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kReception, receptions));
    return AddSlots(scan, slots, [&](size_t slot) -> Group {
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

  // Counts the slots. Calls group_of(slot) for each, the newest first, until it is late.
  template <typename GroupOf>
  Status AddSlots(const storage::RecordScan& scan, const BlockBits& slots, GroupOf group_of) {
    ColumnView captures;
    ColumnView builds;
    ColumnView machines;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kCapture, captures));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kBuild, builds));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kMachine, machines));
    Status status;
    captures.CopyTo(captures_);
    builds.CopyTo(build_refs_);
    machines.CopyTo(machines_);
    slots.ForEachBackwards([&](size_t slot) {
      const auto place =
          view_.per == Per::kBuild
              ? builds_.Of(build_refs_[slot])
              : Place(PlaceOfDay(Day::Of(UnixSeconds(std::chrono::seconds(captures_[slot])))));
      if (!place.ok()) {
        status = place.status();
      } else if (*place) {
        const Group group = group_of(slot);
        if (!group.ok()) {
          status = group.status();
        } else if (*group) {
          Count(**group, **place, machines_[slot]);
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

  // Of a view per day or week.
  uint32_t PlaceOfDay(Day day) {
    if (view_.per == Per::kDay) return day.number;
    if (day != last_day_) {
      last_day_ = day;
      last_week_ = Week::Of(day).number;
    }
    return last_week_;
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
    if (view_.counts_machines) {
      machines_seen_.Add(group, place, machine);
    } else {
      ++counts_[uint64_t{group} << 32 | place];
    }
  }

  void MakeTable() {
    if (view_.counts_machines) counts_ = machines_seen_.Take();
    std::map<uint32_t, size_t> column_of = MakeColumns();
    std::vector<DeclaredRow> rows(names_.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      rows[i].value = names_[i];
      rows[i].counts.resize(table_.columns.size());
    }
    // A build that is no column has no part in the rest, so there distinct ids are not known.
    const bool has_distinct = view_.counts_machines && view_.per != Per::kBuild;
    for (const auto& [key, count] : counts_) {
      DeclaredRow& row = rows[key >> 32];
      const auto place = static_cast<uint32_t>(key);
      if (place == DistinctMachines::kAnyPlace && has_distinct) row.total = count;
      const auto column = column_of.find(place);
      if (column == column_of.end()) continue;
      row.counts[column->second] = count;
      if (!has_distinct) row.total += count;
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
    if (view_.per == Per::kBuild) {
      std::set<uint32_t> builds;
      for (const auto& [key, count] : counts_) builds.insert(static_cast<uint32_t>(key));
      const size_t older = builds.size() - std::min(builds.size(), kMostBuildColumns);
      places.assign(std::next(builds.begin(), static_cast<ptrdiff_t>(older)), builds.end());
    } else {
      // Days and weeks without a record are columns too.
      const Day last = Day::Of(now_);
      for (Day day = Day::Of(now_ - days(view_.days - 1)); day <= last; ++day.number) {
        const uint32_t place = PlaceOfDay(day);
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
  DistinctMachines machines_seen_;
  std::vector<uint64_t> numbers_;  // of the block
  std::vector<uint64_t> captures_;
  std::vector<uint64_t> build_refs_;
  std::vector<uint64_t> machines_;
  Day last_day_;
  uint32_t last_week_ = Week::Of(Day()).number;
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
