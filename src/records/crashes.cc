#include "records/crashes.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/civil_time.h"
#include "records/crash_rows.h"
#include "records/distinct_keys.h"
#include "records/partitioned_rows.h"
#include "records/parts.h"
#include "records/word_texts.h"

namespace rollcall::records {
namespace {

using storage::BlockBits;
using storage::ColumnView;
using storage::RecordColumn;

constexpr UnixSeconds kAlways{std::chrono::seconds(-1)};  // before every capture

uint64_t MixDay(uint64_t machine, uint64_t build, uint64_t day) {
  return (machine ^ build * 0x9E3779B97F4A7C15 ^ day * 0xd6e8feb86659fd93) * 0xd6e8feb86659fd93;
}

class CrashCounter {
 public:
  CrashCounter(const Source& source, const CrashesRequest& request, GuiltyTable& table)
      : source_(source), request_(request), table_(table) {}

  Result<Crashes> Count() {
    ROLLCALL_RETURN_IF_ERROR(ReadCrashes());
    ChooseBuilds();
    ROLLCALL_RETURN_IF_ERROR(CountMachineDays());
    CountGuilties();
    return std::move(crashes_);
  }

 private:
  struct WeekRow {
    GuiltyTable::Guilty guilty = 0;
    uint32_t build = 0;
    uint64_t machine = 0;
  };
  // Of all crashes of a frame that are kept.
  struct History {
    UnixSeconds first = UnixSeconds::max();
    UnixSeconds last = UnixSeconds::min();
    uint32_t lowest = UINT32_MAX;
    uint32_t highest = 0;

    void Add(const History& other) {
      first = std::min(first, other.first);
      last = std::max(last, other.last);
      lowest = std::min(lowest, other.lowest);
      highest = std::max(highest, other.highest);
    }
  };

  // What one thread reads.
  struct Part {
    explicit Part(const Source& source)
        : crashes(source, IsCrashClass), builds(source, kLeastCrashBuild, kMostCrashBuild) {}
    WordTest crashes;
    BuildNumbers builds;
    std::unordered_map<GuiltyTable::Guilty, History> histories;
    std::vector<WeekRow> week;
  };

  Status ReadCrashes() {
    const UnixSeconds week = request_.now - kCrashWindow;
    std::vector<Part> parts(PartsOf(source_), Part(source_));
    const auto read = [&](Part& part, const CrashRow& row) -> Status {
      const auto build = part.builds.Of(row.build);
      if (!build.ok()) return build.status();
      const auto guilty = table_.Of(source_, row.stack);
      if (!guilty.ok()) return guilty.status();
      History& history = part.histories[*guilty];
      history.Add({row.capture, row.capture, build->value_or(UINT32_MAX), build->value_or(0)});
      if (*build && row.capture > week) part.week.push_back({*guilty, **build, row.machine});
      return Status::Ok();
    };
    ROLLCALL_RETURN_IF_ERROR(
        VisitBlocks(source_, parts.size(), [&](size_t i, const storage::RecordScan& scan) {
          return VisitCrashes(scan, parts[i].crashes, kAlways, request_.now,
                              [&](const CrashRow& row) { return read(parts[i], row); });
        }));
    for (const Part& part : parts) {
      for (const auto& [guilty, history] : part.histories) histories_[guilty].Add(history);
      week_.insert(week_.end(), part.week.begin(), part.week.end());
    }
    return Status::Ok();
  }

  void ChooseBuilds() {
    std::set<uint32_t, std::greater<>> all;
    for (const WeekRow& row : week_) all.insert(row.build);
    for (const uint32_t build : all) {
      if (crashes_.builds.size() == kCrashBuilds) break;
      place_[build] = crashes_.builds.size();
      crashes_.builds.push_back({build});
    }
    std::erase_if(week_, [&](const WeekRow& row) { return !place_.contains(row.build); });
  }

  // A machine that was seen on a day with one of the builds.
  struct DayRow {
    uint64_t key = 0;  // the hash of all three
    size_t place = 0;  // of the build
  };

  Status CountMachineDays() {
    if (place_.empty()) return Status::Ok();
    const size_t parts = PartsOf(source_);
    std::vector<PartitionedRows<DayRow>> rows(parts);
    std::vector<BuildNumbers> builds(parts,
                                     BuildNumbers(source_, kLeastCrashBuild, kMostCrashBuild));
    ROLLCALL_RETURN_IF_ERROR(
        VisitBlocks(source_, parts, [&](size_t part, const storage::RecordScan& scan) {
          return ReadMachineDays(scan, builds[part], rows[part]);
        }));
    std::vector<std::vector<uint64_t>> counts(parts);
    ROLLCALL_RETURN_IF_ERROR(RunParts(parts, [&](size_t part) {
      counts[part].resize(crashes_.builds.size());
      DistinctKeys days;
      for (size_t i = part; i < PartitionedRows<DayRow>::kPartitions; i += parts) {
        for (const auto& some : rows) {
          some.ForEach(i, [&](const DayRow& row) {
            if (days.Add(row.key, 0) == DistinctKeys::kNone) ++counts[part][row.place];
          });
        }
        days.Clear();
      }
      return Status::Ok();
    }));
    for (const auto& some : counts) {
      for (size_t i = 0; i < some.size(); ++i) crashes_.builds[i].machine_days += some[i];
    }
    return Status::Ok();
  }

  Status ReadMachineDays(const storage::RecordScan& scan, BuildNumbers& numbers,
                         PartitionedRows<DayRow>& rows) const {
    const UnixSeconds after = request_.now - kCrashWindow;
    if (scan.head().last_capture <= after || scan.head().first_capture > request_.now) {
      return Status::Ok();
    }
    ColumnView column;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kBuild, column));
    std::vector<uint64_t> builds;
    column.CopyTo(builds);
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kMachine, column));
    std::vector<uint64_t> machines;
    column.CopyTo(machines);
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kCapture, column));
    std::vector<uint64_t> captures;
    column.CopyTo(captures);
    // Of builds in a row that are one.
    uint64_t ref = UINT64_MAX;
    uint32_t build = 0;
    std::optional<size_t> place;
    Status status;
    scan.present().ForEach([&](size_t slot) {
      const UnixSeconds capture{std::chrono::seconds(captures[slot])};
      if (!status.ok() || capture <= after || capture > request_.now) return;
      if (builds[slot] != ref) {
        ref = builds[slot];
        const auto number = numbers.Of(ref);
        if (!number.ok()) {
          status = number.status();
          return;
        }
        build = number->value_or(0);
        const auto chosen = *number ? place_.find(build) : place_.end();
        place = chosen == place_.end() ? std::nullopt : std::optional(chosen->second);
      }
      if (!place) return;
      const uint64_t key = MixDay(machines[slot], build, Day::Of(capture).number);
      rows.Add(key, {key, *place});
    });
    return status;
  }

  void CountGuilties() {
    std::unordered_map<GuiltyTable::Guilty, GuiltyCrashes> guilties;
    std::unordered_map<GuiltyTable::Guilty, std::unordered_set<uint64_t>> machines;
    for (const WeekRow& row : week_) {
      const size_t place = place_[row.build];
      ++crashes_.crashes;
      ++crashes_.builds[place].crashes;
      if (row.guilty == 0) {
        ++crashes_.without_guilty;
        continue;
      }
      GuiltyCrashes& guilty = guilties[row.guilty];
      guilty.by_build.resize(crashes_.builds.size());
      ++guilty.by_build[place];
      ++guilty.crashes;
      machines[row.guilty].insert(row.machine);
    }
    for (auto& [number, guilty] : guilties) {
      guilty.frame = table_.NameOf(number);
      const auto note = request_.notes.find(guilty.frame);
      if (note != request_.notes.end()) guilty.note = note->second;
      if (guilty.note.hidden) crashes_.hidden += guilty.crashes;
      if (guilty.note.hidden && !request_.with_hidden) continue;
      guilty.machines = machines[number].size();
      Compare(histories_[number], guilty);
      crashes_.guilties.push_back(std::move(guilty));
    }
    std::sort(crashes_.guilties.begin(), crashes_.guilties.end(),
              [](const GuiltyCrashes& a, const GuiltyCrashes& b) {
                return a.crashes != b.crashes ? a.crashes > b.crashes : a.frame < b.frame;
              });
    if (crashes_.guilties.size() > request_.top) crashes_.guilties.resize(request_.top);
  }

  // Says where the frame is new and where it is gone.
  void Compare(const History& history, GuiltyCrashes& guilty) const {
    guilty.first_seen = history.first;
    guilty.last_seen = history.last;
    uint64_t days_below = 0;  // of builds below those that it was ever seen on
    uint64_t days_with = 0;
    uint64_t days_above = 0;
    std::optional<uint32_t> next;  // the lowest build above them
    for (const CrashBuild& one : crashes_.builds) {
      if (one.build < history.lowest) {
        days_below += one.machine_days;
      } else if (one.build > history.highest) {
        days_above += one.machine_days;
        next = one.build;
      } else {
        days_with += one.machine_days;
      }
    }
    const double rate =
        days_with == 0 ? 0 : static_cast<double>(guilty.crashes) / static_cast<double>(days_with);
    if (rate * static_cast<double>(days_below) >= kExpectedCrashes) guilty.new_in = history.lowest;
    if (rate * static_cast<double>(days_above) >= kExpectedCrashes) guilty.gone_in = next;
  }

  const Source& source_;
  const CrashesRequest& request_;
  GuiltyTable& table_;
  std::vector<WeekRow> week_;
  std::unordered_map<GuiltyTable::Guilty, History> histories_;
  std::map<uint32_t, size_t> place_;  // of a build in crashes_.builds
  Crashes crashes_;
};

}  // namespace

Result<Crashes> CountCrashes(const Source& source, const CrashesRequest& request,
                             GuiltyTable& table) {
  return CrashCounter(source, request, table).Count();
}

Result<Backtraces> ListBacktraces(const Source& source, const CrashFrameName& frame,
                                  std::optional<uint32_t> build, size_t most, GuiltyTable& table) {
  struct Stack {
    Backtrace backtrace;
    std::unordered_set<uint64_t> machines;
  };
  std::unordered_map<uint64_t, Stack> stacks;
  BuildNumbers builds(source, 0, UINT32_MAX);
  ROLLCALL_RETURN_IF_ERROR(
      ForEachCrash(source, kAlways, UnixSeconds::max(), [&](const CrashRow& row) {
        const auto guilty = table.Of(source, row.stack);
        if (!guilty.ok()) return guilty.status();
        if (*guilty == 0 || table.NameOf(*guilty) != frame) return Status::Ok();
        if (build) {
          const auto number = builds.Of(row.build);
          if (!number.ok()) return number.status();
          if (*number != build) return Status::Ok();
        }
        auto& [backtrace, machines] = stacks[row.stack];
        const bool is_first = backtrace.crashes++ == 0;
        machines.insert(row.machine);
        backtrace.first_seen = is_first ? row.capture : std::min(backtrace.first_seen, row.capture);
        backtrace.last_seen = is_first ? row.capture : std::max(backtrace.last_seen, row.capture);
        backtrace.newest = std::max(backtrace.newest, row.id);
        return Status::Ok();
      }));
  std::vector<std::pair<uint64_t, Stack*>> order;
  order.reserve(stacks.size());
  for (auto& [ref, stack] : stacks) order.emplace_back(ref, &stack);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    const uint64_t x = a.second->backtrace.crashes;
    const uint64_t y = b.second->backtrace.crashes;
    return x != y ? x > y : a.first > b.first;
  });
  Backtraces all;
  if (order.size() > most) {
    all.others = order.size() - most;
    order.resize(most);
  }
  for (auto& [ref, stack] : order) {
    Backtrace& backtrace = all.backtraces.emplace_back(std::move(stack->backtrace));
    auto bytes = source.records.stacks().BytesOf(static_cast<uint32_t>(ref), &source.view.snapshot);
    if (!bytes.ok()) return bytes.status();
    backtrace.bytes = *std::move(bytes);
    backtrace.stack = UnpackCrashStack(*backtrace.bytes);
    backtrace.kinds = KindsOf(backtrace.stack, table.filter());
    backtrace.guilty = FindGuilty(backtrace.kinds);
    backtrace.machines = stack->machines.size();
  }
  return all;
}

Result<FilterPreview> PreviewFilter(const Source& source, UnixSeconds now, size_t most,
                                    GuiltyTable& before, GuiltyTable& after) {
  FilterPreview preview;
  std::map<std::pair<GuiltyTable::Guilty, GuiltyTable::Guilty>, uint64_t> changes;
  ROLLCALL_RETURN_IF_ERROR(ForEachCrash(source, now - kCrashWindow, now, [&](const CrashRow& row) {
    const auto old_guilty = before.Of(source, row.stack);
    if (!old_guilty.ok()) return old_guilty.status();
    const auto new_guilty = after.Of(source, row.stack);
    if (!new_guilty.ok()) return new_guilty.status();
    ++preview.crashes;
    if (before.NameOf(*old_guilty) == after.NameOf(*new_guilty)) return Status::Ok();
    ++preview.changed;
    ++changes[{*old_guilty, *new_guilty}];
    return Status::Ok();
  }));
  for (const auto& [change, crashes] : changes) {
    preview.changes.push_back({before.NameOf(change.first), after.NameOf(change.second), crashes});
  }
  std::sort(preview.changes.begin(), preview.changes.end(),
            [](const GuiltyChange& a, const GuiltyChange& b) {
              if (a.crashes != b.crashes) return a.crashes > b.crashes;
              return a.before != b.before ? a.before < b.before : a.after < b.after;
            });
  if (preview.changes.size() > most) preview.changes.resize(most);
  return preview;
}

}  // namespace rollcall::records
