#include "tests/bench/record_maker.h"

#include <array>
#include <string_view>

#include "demo/random.h"

namespace rollcall::bench {
namespace {

using std::chrono::seconds;

constexpr int64_t kIdLife = 3 * 86'400;
constexpr uint32_t kBuilds = 40;
constexpr const char* kTelemetryId = "6907c830-eed9-4ce9-81ae-76daf8d88f0f";

struct Kind {
  std::string_view classification;
  uint8_t severity;
  uint32_t percent;
};
constexpr std::array<Kind, 10> kKinds{{{"org.clearlinux/heartbeat/ping", 1, 58},
                                       {"org.clearlinux/hello/world", 1, 5},
                                       {"org.clearlinux/swupd-client/update", 2, 8},
                                       {"org.clearlinux/journal/error", 2, 9},
                                       {"org.clearlinux/crash/clr", 3, 10},
                                       {"org.clearlinux/kernel/warning", 2, 3},
                                       {"org.clearlinux/kernel/bug", 4, 1},
                                       {"org.clearlinux/mce/corrected", 2, 2},
                                       {"org.clearlinux/mce/thermal", 2, 3},
                                       {"org.clearlinux/kernel/stackoverflow", 4, 1}}};

const Kind& KindOf(uint32_t percent) {
  for (const Kind& kind : kKinds) {
    if (percent < kind.percent) return kind;
    percent -= kind.percent;
  }
  return kKinds.front();
}

std::string Hex(uint64_t bits) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(bits));
  return text;
}

std::string Crash(demo::DemoRandom& random) {
  const uint32_t bug = random.Below(200);
  const std::string pid = std::to_string(random.Between(300, 30'000));
  std::string text = "Process: /usr/bin/program-" + std::to_string(bug % 37) + "\nPID: " + pid +
                     "\nSignal: 11\n\nBacktrace (TID " + pid + "):\n";
  const uint32_t frames = 6 + bug % 12;
  for (uint32_t i = 0; i < frames; ++i) {
    text += "#" + std::to_string(i) + " _ZN3app9Component" + std::to_string((bug * 7 + i) % 90) +
            "6methodEi() - [libapp" + std::to_string((bug + i) % 9) + ".so.1]\n";
  }
  return text + "#" + std::to_string(frames) + " _start() - [program]\n";
}

std::string PayloadOf(std::string_view classification, demo::DemoRandom& random) {
  if (classification.ends_with("/ping")) return "hello\n";
  if (classification.find("/crash/") != std::string_view::npos ||
      classification.find("/kernel/") != std::string_view::npos) {
    return Crash(random);
  }
  if (classification.ends_with("/corrected")) {
    return "MCE 0\nCPU " + std::to_string(random.Below(16)) + " BANK 9 TSC " +
           Hex(random.Below(UINT32_MAX)) + "\nSTATUS 8c0000400001009" +
           std::to_string(random.Below(8)) + " MCGSTATUS 0\n";
  }
  return "unit-" + std::to_string(random.Below(300)) + ".service: code " +
         std::to_string(random.Below(200)) + " after " + std::to_string(random.Below(100'000)) +
         " ms, attempt " + std::to_string(random.Below(5)) + "\n";
}

}  // namespace

Record MakeRecord(const RecordFleet& fleet, uint64_t number) {
  demo::DemoRandom random(demo::SeedOf(7, number));
  const int64_t at =
      static_cast<int64_t>(static_cast<double>(fleet.span.count()) * static_cast<double>(number) /
                           static_cast<double>(fleet.records));
  const uint32_t machine = random.Below(fleet.machines);
  const Kind& kind = KindOf(random.Below(100));
  Record record;
  record.id = {number + 1};
  record.version = 4;
  record.severity = kind.severity;
  record.external = machine % 10 < 7;
  record.payload_version = 1;
  record.reception = fleet.begin + seconds(at);
  record.capture = record.reception - seconds(random.Below(120));
  const uint64_t life = static_cast<uint64_t>(at + machine % kIdLife) / kIdLife;
  record.machine_id = Hex(demo::SeedOf(machine, life)) + Hex(demo::SeedOf(life, machine));
  record.classification = kind.classification;
  // A new build every day; machines take up to 10 days to have it.
  const auto day = static_cast<uint32_t>(at / 86'400);
  record.build =
      std::to_string(41'000 + 10 * ((day + kBuilds - machine % 10 * (machine % 3)) % 1'000));
  record.arch = "x86_64";
  record.host_type =
      "Vendor " + std::to_string(machine % 40) + "|Model " + std::to_string(machine % 400) + "|1.0";
  record.kernel_version = "6." + std::to_string(day / 6) + ".0-1380.native";
  record.system_name = "clear-linux-os";
  record.board_name = "Board " + std::to_string(machine % 400) + "|Vendor";
  record.cpu_model = "CPU @ 2." + std::to_string(machine % 30) + "GHz";
  record.bios_version = "1." + std::to_string(machine % 50);
  record.event_id = Hex(random.Below(UINT32_MAX)) + Hex(demo::SeedOf(9, number));
  record.payload = PayloadOf(kind.classification, random);
  return record;
}

std::string RecordRequest(const Record& record) {
  const std::pair<const char*, std::string> fields[] = {
      {"record_format_version", "4"},
      {"severity", std::to_string(record.severity)},
      {"classification", record.classification},
      {"machine_id", record.machine_id},
      {"creation_timestamp", std::to_string(record.capture.time_since_epoch().count())},
      {"arch", record.arch},
      {"host_type", record.host_type},
      {"build", "\"" + record.build + "\""},
      {"kernel_version", record.kernel_version},
      {"payload_format_version", "1"},
      {"system_name", "\"" + record.system_name + "\""},
      {"board_name", record.board_name},
      {"cpu_model", record.cpu_model},
      {"bios_version", record.bios_version},
      {"event_id", record.event_id},
      {"X-Telemetry-TID", kTelemetryId}};
  std::string request = "POST / HTTP/1.1\r\nHost: localhost\r\n";
  for (const auto& [name, value] : fields) request += std::string(name) + ": " + value + "\r\n";
  if (record.external) request += "X-CLR-External: true\r\n";
  return request + "Content-Type: application/text\r\nContent-Length: " +
         std::to_string(record.payload.size()) + "\r\n\r\n" + record.payload;
}

const char* const kCreateRecords =
    "CREATE TABLE records (id bigserial PRIMARY KEY, machine_id varchar(32), machine varchar(250), "
    "architecture varchar(32), build varchar(256), kernel_version varchar(256), os_name "
    "varchar(256), tsp bigint, tsp_server bigint, severity integer, classification varchar(140), "
    "record_format_version integer, payload_format_version integer, board_name varchar(200), "
    "bios_version varchar(200), cpu_model varchar(200), event_id varchar(32), external boolean, "
    "backtrace text)";
const char* const kIndexRecords =
    "CREATE INDEX ON records (classification); CREATE INDEX ON records (severity); "
    "CREATE INDEX ON records (machine_id); CREATE INDEX ON records (build); "
    "CREATE INDEX ON records (tsp_server); CREATE INDEX ON records (tsp)";

void AppendCopyRow(const Record& record, std::string& out) {
  const auto number = [&](int64_t value) { out += std::to_string(value) + '\t'; };
  const auto text = [&](std::string_view value, char end = '\t') {
    for (const char c : value) {
      if (c == '\n') {
        out += "\\n";
      } else if (c == '\t') {
        out += "\\t";
      } else if (c == '\\') {
        out += "\\\\";
      } else {
        out += c;
      }
    }
    out += end;
  };
  number(static_cast<int64_t>(record.id.value));
  text(record.machine_id);
  text(record.host_type);
  text(record.arch);
  text(record.build);
  text(record.kernel_version);
  text(record.system_name);
  number(record.capture.time_since_epoch().count());
  number(record.reception.time_since_epoch().count());
  number(record.severity);
  text(record.classification);
  number(record.version);
  number(record.payload_version);
  text(record.board_name);
  text(record.bios_version);
  text(record.cpu_model);
  text(record.event_id);
  text(record.external ? "t" : "f");
  text(record.payload, '\n');
}

}  // namespace rollcall::bench
