#include "records/machine_checks.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "records/captured_blocks.h"

namespace rollcall::records {
namespace {

using storage::BlockBits;
using storage::ColumnView;
using storage::RecordColumn;

// Sorts by count, then by text, and keeps the first `top`.
void KeepTop(std::vector<WordCount>& counts, size_t top) {
  std::sort(counts.begin(), counts.end(), [](const WordCount& a, const WordCount& b) {
    return a.records != b.records ? a.records > b.records : a.text < b.text;
  });
  if (counts.size() > top) counts.resize(top);
}

class ChecksCounter {
 public:
  explicit ChecksCounter(const Source& source) : source_(source), texts_(source) {}

  Result<MachineChecks> Count(UnixSeconds from, UnixSeconds now, size_t top) {
    WordTest classes(source_, IsMachineCheckClass);
    const Status counted = ForEachCapturedBlock(
        source_, classes, from, now,
        [&](const storage::RecordScan& scan, const BlockBits& slots, const ColumnView& captures,
            const ColumnView& words) { return AddBlock(scan, slots, captures, words); });
    if (!counted.ok()) return counted;
    FillWeeks();
    ROLLCALL_RETURN_IF_ERROR(NameBuilds());
    ROLLCALL_RETURN_IF_ERROR(NameStatuses());
    ROLLCALL_RETURN_IF_ERROR(NameMachines(top));
    return std::move(checks_);
  }

 private:
  // The machine's records, and one of them, which has its id.
  struct Machine {
    uint64_t records = 0;
    RecordId example;
  };

  Status AddBlock(const storage::RecordScan& scan, const BlockBits& slots,
                  const ColumnView& captures, const ColumnView& words) {
    ColumnView builds;
    ColumnView machines;
    ColumnView stacks;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kBuild, builds));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kMachine, machines));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kStack, stacks));
    CountValues(builds, slots, builds_);
    CountValues(stacks, slots, statuses_);
    Status status;
    slots.ForEach([&](size_t slot) {
      const Result<size_t> index = ClassOf(words[slot]);
      if (!index.ok()) {
        status = index.status();
        return;
      }
      ++weeks_[Week::Of(Day::Of(CaptureAt(captures, slot)))][*index];
      ++checks_.classes[*index];
      ++checks_.records;
      Machine& machine = machines_[machines[slot]];
      ++machine.records;
      machine.example = scan.IdOf(slot);
    });
    return status;
  }

  Result<size_t> ClassOf(uint64_t ref) {
    const auto known = class_of_.find(ref);
    if (known != class_of_.end()) return known->second;
    const Result<std::string_view> text = texts_.Of(ref);
    if (!text.ok()) return text.status();
    const auto* const found =
        std::find(kMachineCheckClasses.begin(), kMachineCheckClasses.end(), *text);
    return class_of_[ref] = static_cast<size_t>(found - kMachineCheckClasses.begin());
  }

  void FillWeeks() {
    if (weeks_.empty()) return;
    for (Week week = weeks_.begin()->first; week <= weeks_.rbegin()->first; ++week.number) {
      checks_.weeks.push_back({week, weeks_[week]});
    }
  }

  Status NameBuilds() {
    for (const auto& [ref, records] : builds_) {
      const Result<std::string_view> text = texts_.Of(ref);
      if (!text.ok()) return text.status();
      checks_.builds.push_back({std::string(*text), records});
    }
    KeepTop(checks_.builds, kMostListed);
    return Status::Ok();
  }

  Status NameStatuses() {
    for (const auto& [ref, records] : statuses_) {
      if (ref == 0) {
        checks_.without_status = records;
        continue;
      }
      const auto text =
          source_.records.stacks().BytesOf(static_cast<uint32_t>(ref), &source_.view.snapshot);
      if (!text.ok()) return text.status();
      checks_.statuses.push_back({**text, records});
    }
    KeepTop(checks_.statuses, kMostListed);
    return Status::Ok();
  }

  Status NameMachines(size_t top) {
    checks_.machine_count = machines_.size();
    std::vector<Machine> machines;
    for (const auto& [_, machine] : machines_) machines.push_back(machine);
    std::sort(machines.begin(), machines.end(), [](const Machine& a, const Machine& b) {
      return a.records != b.records ? a.records > b.records : a.example > b.example;
    });
    if (machines.size() > top) machines.resize(top);
    for (const Machine& machine : machines) {
      const Result<Record> record = source_.Scan().Read(machine.example);
      if (!record.ok()) return record.status();
      checks_.machines.push_back({record->machine_id, machine.records});
    }
    KeepTop(checks_.machines, top);
    return Status::Ok();
  }

  const Source& source_;
  WordTexts texts_;
  std::unordered_map<uint64_t, size_t> class_of_;
  std::map<Week, std::array<uint64_t, kMachineCheckClasses.size()>> weeks_;
  ValueCounts builds_;
  ValueCounts statuses_;
  std::unordered_map<uint64_t, Machine> machines_;
  MachineChecks checks_;
};

}  // namespace

bool IsMachineCheckClass(std::string_view classification) {
  return std::find(kMachineCheckClasses.begin(), kMachineCheckClasses.end(), classification) !=
         kMachineCheckClasses.end();
}

Result<MachineChecks> CountMachineChecks(const Source& source, UnixSeconds from, UnixSeconds now,
                                         size_t top) {
  return ChecksCounter(source).Count(from, now, top);
}

Result<std::vector<ThermalWeek>> CountThermal(const Source& source, UnixSeconds now, size_t weeks) {
  const Week last = Week::Of(Day::Of(now));
  const Week first{last.number - std::min<uint32_t>(last.number, static_cast<uint32_t>(weeks) - 1)};
  std::vector<ThermalWeek> counts;
  for (Week week = first; week <= last; ++week.number) counts.push_back({week});
  std::vector<std::set<uint64_t>> machines_of(counts.size());
  WordTest thermal(source, [](std::string_view text) { return text == kThermalClass; });
  const Status counted =
      ForEachCapturedBlock(source, thermal, first.FirstDay().Start(), now,
                           [&](const storage::RecordScan& scan, const BlockBits& slots,
                               const ColumnView& captures, const ColumnView&) {
                             ColumnView machines;
                             ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kMachine, machines));
                             slots.ForEach([&](size_t slot) {
                               const Week week = Week::Of(Day::Of(CaptureAt(captures, slot)));
                               ++counts[week.number - first.number].records;
                               machines_of[week.number - first.number].insert(machines[slot]);
                             });
                             return Status::Ok();
                           });
  if (!counted.ok()) return counted;
  for (size_t i = 0; i < counts.size(); ++i) counts[i].machines = machines_of[i].size();
  return counts;
}

}  // namespace rollcall::records
