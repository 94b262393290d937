#include "demo/record_fleet.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/civil_time.h"
#include "demo/random.h"
#include "records/record_stack.h"
#include "storage/records.h"
#include "storage/transaction.h"

namespace rollcall::demo {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr int64_t kDaySeconds = 86'400;
constexpr int64_t kIdLife = 3 * kDaySeconds;
constexpr uint32_t kFirstBuild = 41'000;
constexpr uint32_t kBuildStep = 10;
constexpr int64_t kDaysOfABuild = 2;
constexpr size_t kRecordsOfATransaction = 1'000;

// What goes wrong, on which builds, and how often: crashes of a machine in 1,000 days. The last
// build is open.
struct Bug {
  std::string_view function;
  std::string_view readable;
  std::string_view module;
  std::string_view process;
  std::string_view signal;
  uint32_t from = 0;
  uint32_t to = UINT32_MAX;  // exclusive
  uint32_t per_1000_days = 0;
};

// Builds are named by their number from the first; the newest is the 19th.
constexpr uint32_t BuildOf(uint32_t number) { return kFirstBuild + number * kBuildStep; }

constexpr std::array<Bug, 6> kBugs{{
    {"_ZN6shader7CompileERKNS_6SourceEi()", "shader::Compile(shader::Source const&, int)",
     "libshader.so.2", "/usr/bin/compositor", "11", BuildOf(17), UINT32_MAX, 120},
    {"parse_rules()", "parse_rules()", "udevd", "/usr/lib/systemd/systemd-udevd", "6", 0,
     BuildOf(18), 90},
    {"g_object_unref()", "g_object_unref()", "libgobject-2.0.so.0", "/usr/bin/files", "11", 0,
     UINT32_MAX, 60},
    {"_ZN3net9SchedulerD1Ev()", "net::Scheduler::~Scheduler()", "libnet.so.5", "/usr/bin/sync",
     "11", 0, UINT32_MAX, 25},
    {"main()", "main()", "batteryd", "/usr/bin/batteryd", "8", 0, UINT32_MAX, 12},
    {"???", "???", "game", "/opt/game/game", "11", 0, UINT32_MAX, 20},
}};

constexpr std::array<std::string_view, 5> kPlatforms{
    "Dell Inc.|XPS 13 9310|1.0", "LENOVO|20XW|ThinkPad X1", "QEMU|Standard PC|pc-q35-7.2",
    "innotek GmbH|VirtualBox|1.2", "blank|blank|blank"};
constexpr std::array<std::string_view, 4> kUnits{"Bluetooth service", "Network Time Service",
                                                 "Docker Application Container Engine",
                                                 "Firmware update daemon"};
constexpr std::string_view kSpike = "org.clearlinux/journal/emergency";

class RecordMaker {
 public:
  explicit RecordMaker(const DemoRecordOptions& options)
      : options_(options), begin_(options.end - kDemoRecordDays) {
    made_.filter = {{"abort()", "libc.so.6"}, {"raise()", "libc.so.6"}};
    made_.truth.spike = kSpike;
    for (const Bug& bug : kBugs) {
      const CrashFrameName frame{std::string(bug.readable), std::string(bug.module)};
      if (bug.from != 0) made_.truth.new_in[frame] = bug.from;
      if (bug.to != UINT32_MAX) made_.truth.gone_in[frame] = bug.to;
    }
  }

  DemoRecords Make() {
    const uint32_t machines = std::clamp<uint32_t>(options_.machines, 1, kMostDemoMachines);
    for (uint32_t machine = 0; machine < machines; ++machine) AddMachine(machine);
    std::stable_sort(made_.records.begin(), made_.records.end(),
                     [](const Record& a, const Record& b) { return a.reception < b.reception; });
    return std::move(made_);
  }

 private:
  struct Machine {
    uint32_t number = 0;
    bool external = false;
    bool has_bad_memory = false;
    bool is_hot = false;
    int64_t id_phase = 0;
    int64_t heartbeat_at = 0;  // second of the day
    int64_t joins = 0;         // seconds from the begin
    int64_t leaves = 0;
    int64_t lag = 0;  // days until it has a new build
  };

  void AddMachine(uint32_t number) {
    DemoRandom random(SeedOf(options_.seed, number));
    const int64_t span = seconds(kDemoRecordDays).count();
    Machine machine;
    machine.number = number;
    machine.external = random.Percent(70);
    machine.has_bad_memory = number % 50 == 7;
    machine.is_hot = number % 20 == 3;
    machine.id_phase = random.Below(static_cast<uint32_t>(kIdLife));
    machine.heartbeat_at = random.Below(static_cast<uint32_t>(kDaySeconds));
    machine.joins = random.Percent(25) ? random.Below(static_cast<uint32_t>(span / 2)) : 0;
    machine.leaves =
        random.Percent(10) ? span - random.Below(static_cast<uint32_t>(span / 3)) : span;
    machine.lag = random.Below(3);
    const int64_t window = seconds(days(14)).count();
    const int64_t there = machine.leaves - std::max(machine.joins, span - window);
    double& average =
        machine.external ? made_.truth.external_machines : made_.truth.internal_machines;
    average += static_cast<double>(std::max<int64_t>(there, 0)) / static_cast<double>(window);
    for (int64_t day = 0; day < span / kDaySeconds; ++day) AddDay(machine, day, random);
  }

  void AddDay(const Machine& machine, int64_t day, DemoRandom& random) {
    for (const int64_t half : {int64_t{0}, kDaySeconds / 2}) {
      Add(machine, day * kDaySeconds + (machine.heartbeat_at + half) % kDaySeconds,
          "org.clearlinux/heartbeat/ping", "hello\n", random);
    }
    const auto some_time = [&] {
      return day * kDaySeconds + random.Below(static_cast<uint32_t>(kDaySeconds));
    };
    for (const Bug& bug : kBugs) {
      // The choice comes first, so that a machine's other days do not depend on its builds.
      const bool happens = random.Below(1'000) < bug.per_1000_days;
      const int64_t at = some_time();
      const uint32_t build = BuildAt(machine, at);
      if (happens && build >= bug.from && build < bug.to) AddCrash(machine, at, bug, random);
    }
    if (machine.has_bad_memory && random.Percent(40)) {
      const int64_t at = some_time();
      const bool is_taken =
          Add(machine, at, "org.clearlinux/mce/corrected",
              "MCE 0\nCPU 0 BANK 9\nSTATUS 8c00004000010090 MCGSTATUS 0\n", random);
      const bool is_this_year =
          Month::Of(begin_ + seconds(at)).year() == Month::Of(options_.end).year();
      if (is_taken && is_this_year) ++made_.truth.machine_checks;
    }
    if (machine.is_hot && random.Percent(30)) {
      Add(machine, some_time(), "org.clearlinux/mce/thermal", "Processor 0 heated above trip\n",
          random);
    }
    if (random.Percent(4)) {
      const std::string_view unit = kUnits[random.Below(kUnits.size())];
      Add(machine, some_time(), "org.clearlinux/journal/error",
          "systemd[1]: Failed to start " + std::string(unit) + ".\n", random);
    }
    // Rare, but on the last day of three in ten machines.
    const bool is_last = day == seconds(kDemoRecordDays).count() / kDaySeconds - 1;
    if (is_last ? random.Percent(30) : random.Below(10'000) < 3) {
      Add(machine, some_time(), kSpike, "Emergency: root file system is read-only\n", random);
    }
  }

  static uint32_t BuildAt(const Machine& machine, int64_t at) {
    const int64_t number = std::max<int64_t>(at / kDaySeconds - machine.lag, 0) / kDaysOfABuild;
    return kFirstBuild + static_cast<uint32_t>(number) * kBuildStep;
  }

  void AddCrash(const Machine& machine, int64_t at, const Bug& bug, DemoRandom& random) {
    const std::string pid = std::to_string(random.Between(300, 30'000));
    std::string payload = "Process: " + std::string(bug.process) + "\nPID: " + pid +
                          "\nSignal: " + std::string(bug.signal) + "\n\nBacktrace (TID " + pid +
                          "):\n";
    size_t frame = 0;
    const auto add = [&](std::string_view function, std::string_view module) {
      payload += "#" + std::to_string(frame++) + " " + std::string(function) + " - [" +
                 std::string(module) + "]\n";
    };
    if (bug.signal == "6") {
      add("raise()", "libc.so.6");
      add("abort()", "libc.so.6");
    }
    add(bug.function, bug.module);
    // Without symbols there are none below either.
    if (bug.function != "???") {
      if (bug.function != "main()")
        add(random.Percent(50) ? "dispatch()" : "poll_once()", bug.module);
      add("_start()", bug.module);
    }
    if (!Add(machine, at, "org.clearlinux/crash/clr", std::move(payload), random)) return;
    if (begin_ + seconds(at) > options_.end - days(7)) {
      ++made_.truth.crashes[{std::string(bug.readable), std::string(bug.module)}];
    }
  }

  // Returns whether the machine was there.
  bool Add(const Machine& machine, int64_t at, std::string_view classification, std::string payload,
           DemoRandom& random) {
    const seconds late(random.Below(30));
    if (at < machine.joins || at >= machine.leaves) return false;
    Record& record = made_.records.emplace_back();
    record.version = 4;
    record.severity = classification.find("heartbeat") != std::string_view::npos ? 1
                      : classification == kSpike                                 ? 4
                                                                                 : 3;
    record.external = machine.external;
    record.payload_version = 1;
    record.capture = begin_ + seconds(at);
    record.reception = std::min(record.capture + late, options_.end);
    record.machine_id = IdOf(machine, at);
    record.classification = classification;
    record.build = std::to_string(BuildAt(machine, at));
    record.arch = "x86_64";
    record.host_type = kPlatforms[machine.number % kPlatforms.size()];
    record.kernel_version =
        "6." + std::to_string(1 + (BuildAt(machine, at) - kFirstBuild) / 60) + ".0-1380.native";
    record.system_name = "clear-linux-os";
    record.board_name = "board";
    record.cpu_model = "CPU @ 2.40GHz";
    record.bios_version = "1.0";
    record.payload = std::move(payload);
    return true;
  }

  // 32 digits that say nothing of the machine, and are others after 3 days.
  std::string IdOf(const Machine& machine, int64_t at) const {
    const auto life = static_cast<uint64_t>((at + machine.id_phase) / kIdLife);
    std::string id;
    for (const uint64_t half : {uint64_t{1}, uint64_t{2}}) {
      const uint64_t bits = SeedOf(SeedOf(options_.seed ^ half << 40, machine.number), life);
      for (int shift = 60; shift >= 0; shift -= 4) id += "0123456789abcdef"[bits >> shift & 15];
    }
    return id;
  }

  const DemoRecordOptions& options_;
  const UnixSeconds begin_;
  DemoRecords made_;
};

}  // namespace

DemoRecords MakeDemoRecords(const DemoRecordOptions& options) {
  return RecordMaker(options).Make();
}

Status FillWithDemoRecords(storage::Stores& stores, const DemoRecordOptions& options,
                           const std::function<bool()>& stop) {
  if (stores.records().last().value != 0) return Status::Ok();
  stores.records().SetStackOf(records::StackOf);
  DemoRecords made = MakeDemoRecords(options);
  for (size_t at = 0; at < made.records.size();) {
    if (stop()) return Status::Unavailable("fill with the demo's records: interrupted");
    storage::Transaction transaction(stores.store());
    const size_t end = std::min(at + kRecordsOfATransaction, made.records.size());
    for (; at < end; ++at) {
      ROLLCALL_RETURN_IF_ERROR(stores.records().Append(made.records[at], transaction));
    }
    ROLLCALL_RETURN_IF_ERROR(transaction.CommitUnsynced());
  }
  ROLLCALL_RETURN_IF_ERROR(stores.store().Sync());
  return stores.crash_notes().SetFilter(made.filter);
}

}  // namespace rollcall::demo
