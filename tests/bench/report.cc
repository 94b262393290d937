#include "tests/bench/report.h"

#include <fcntl.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "base/civil_time.h"
#include "tests/bench/child.h"
#include "tests/bench/stores.h"

namespace rollcall::bench {
namespace {

// The first line of what a program prints, whatever its exit code; "unknown" where it prints
// nothing.
std::string FirstLineOf(const Context& context, const std::vector<std::string>& args) {
  const std::string path = context.folder + "/version.log";
  Child::Options options;
  options.args = args;
  options.output_path = path;
  const auto child = Child::Start(options);
  if (child.ok()) (*child)->Wait();
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line.empty() ? "unknown" : line;
}

std::string Machine() {
  std::ifstream file("/proc/cpuinfo");
  std::string model = "unknown processor";
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) model = line.substr(line.find(':') + 2);
  }
  struct sysinfo memory {};
  sysinfo(&memory);
  utsname system{};
  uname(&system);
  const double gib = static_cast<double>(memory.totalram) * memory.mem_unit / (1 << 30);
  char text[256];
  std::snprintf(text, sizeof text, "%u x %s, %.0f GiB, Linux %s",
                std::thread::hardware_concurrency(), model.c_str(), gib, system.release);
  return text;
}

std::string Disk(const std::string& folder) {
  struct statfs system {};
  statfs(folder.c_str(), &system);
  const char* kind = system.f_type == 0xEF53       ? "ext4"
                     : system.f_type == 0x58465342 ? "xfs"
                     : system.f_type == 0x01021994 ? "tmpfs"
                     : system.f_type == 0x794c7630 ? "overlay"
                                                   : "file system";
  char text[128];
  std::snprintf(text, sizeof text, "%s, a synced write of 4 KiB takes %.0f us", kind,
                SyncMicroseconds(folder));
  return text;
}

std::string Number(double value) {
  char text[64];
  if (value >= 1000) {
    std::snprintf(text, sizeof text, "%.0f", value);
  } else if (value >= 100) {
    std::snprintf(text, sizeof text, "%.1f", value);
  } else {
    std::snprintf(text, sizeof text, "%.3g", value);
  }
  return text;
}

std::string BarText(const Row& row) {
  if (!row.bar) return "";
  const std::string bound = Number(row.bar->bound);
  switch (row.bar->kind) {
    case Bar::Kind::kAtMost:
      return "≤ " + bound + " " + row.unit;
    case Bar::Kind::kAtLeast:
      return "≥ " + bound + " " + row.unit;
    case Bar::Kind::kRatioAtLeast:
      return "≥ " + bound + " ×";
    case Bar::Kind::kRatioAtMost:
      return "≤ " + bound + " ×";
  }
  return "";
}

// One figure at each size of the fleet, and how much of it ten times the sources make.
std::string GrowthTable(const std::vector<Row>& rows) {
  std::vector<std::string> subjects;
  std::set<uint32_t> sizes;
  for (const Row& row : rows) {
    if (row.bench != "growth") continue;
    if (std::find(subjects.begin(), subjects.end(), row.subject) == subjects.end()) {
      subjects.push_back(row.subject);
    }
    sizes.insert(row.sources);
  }
  if (subjects.empty()) return "";
  std::string text = "\n| as the fleet grows | unit |";
  std::string rule = "|---|---|";
  for (const uint32_t size : sizes) {
    const bool first = size == *sizes.begin();
    text += std::string(first ? "" : " growth |") + " " + WithCommas(size) + " sources |";
    rule += first ? "---:|" : "---:|---:|";
  }
  text += "\n" + rule + "\n";
  for (const std::string& subject : subjects) {
    std::string line;
    double before = 0;
    for (const uint32_t size : sizes) {
      const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) {
        return r.bench == "growth" && r.subject == subject && r.sources == size;
      });
      const double now = row == rows.end() ? 0 : MedianOf(row->rollcall);
      if (line.empty()) line = "| " + subject + " | " + (row == rows.end() ? "" : row->unit) + " |";
      if (size != *sizes.begin()) line += before == 0 ? " |" : " × " + Number(now / before) + " |";
      line += now == 0 ? " |" : " " + Number(now) + " |";
      before = now;
    }
    text += line + "\n";
  }
  return text;
}

}  // namespace

double SyncMicroseconds(const std::string& folder) {
  const std::string path = folder + "/sync";
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return 0;
  const std::array<char, 4096> block{};
  std::vector<double> times;
  for (int i = 0; i < 200; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (write(fd, block.data(), block.size()) < 0 || fdatasync(fd) != 0) break;
    times.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
            .count());
  }
  close(fd);
  unlink(path.c_str());
  return MedianOf(times);
}

RunFacts CollectFacts(const Context& context, const std::string& command) {
  RunFacts facts;
  facts.date = FormatRfc3339(SystemClock().Now());
  facts.commit = FirstLineOf(context, {"git", "-C", ROLLCALL_SOURCE_DIR, "describe", "--always",
                                       "--dirty", "--abbrev=12"});
  facts.machine = Machine();
  facts.disk = Disk(context.folder);
  facts.versions = FirstLineOf(context, {context.rollcall_binary, "--version"}) + "; " +
                   FirstLineOf(context, {"dpkg-query", "-W", "victoria-metrics"}) + "; " +
                   FirstLineOf(context, {context.wrk_binary, "--version"});
  for (char& c : facts.versions) c = c == '\t' ? ' ' : c;
  facts.command = command;
  facts.rounds = context.rounds;
  facts.connections = context.connections;
  return facts;
}

std::string RenderMarkdown(const RunFacts& facts, const Context& context) {
  const std::vector<Row>& rows = context.rows;
  const std::string peer =
      context.peer_binary.empty() ? "VictoriaMetrics" : "`" + context.peer_binary + "`";
  std::string text = "# rollcall beside " + peer + "\n\n";
  text += "`" + facts.command + "`, " + facts.date + ", commit " + facts.commit + "\n\n";
  text += "* " + facts.machine + "\n* " + facts.disk + "\n* " + facts.versions + "\n* medians of " +
          std::to_string(facts.rounds) + " rounds, both servers in turns; " +
          std::to_string(facts.connections) + " connections where it is about reports/s\n\n";
  text += "| what | unit | rollcall | " + peer + " | ratio | bar | held | note |\n";
  text += "|---|---|---:|---:|---:|---|---|---|\n";
  for (const Row& row : rows) {
    if (row.bench == "growth") continue;
    const auto ratio = row.Ratio();
    const auto held = row.Held();
    text += "| " + row.what + " | " + row.unit + " | " + Number(MedianOf(row.rollcall)) + " | ";
    text += (row.victoria.empty() ? "" : Number(MedianOf(row.victoria))) + " | ";
    text += (ratio ? Number(*ratio) : "") + " | " + BarText(row) + " | ";
    text += std::string(held ? (*held ? "yes" : "**no**") : "") + " | " + row.note + " |\n";
  }
  return text + GrowthTable(rows);
}

std::string RenderJson(const RunFacts& facts, const std::vector<Row>& rows) {
  nlohmann::ordered_json json;
  json["date"] = facts.date;
  json["commit"] = facts.commit;
  json["machine"] = facts.machine;
  json["disk"] = facts.disk;
  json["versions"] = facts.versions;
  json["command"] = facts.command;
  json["rounds"] = facts.rounds;
  json["connections"] = facts.connections;
  json["rows"] = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    nlohmann::ordered_json one;
    one["bench"] = row.bench;
    one["what"] = row.what;
    one["unit"] = row.unit;
    one["rollcall"] = row.rollcall;
    one["victoria_metrics"] = row.victoria;
    if (row.sources != 0) one["sources"] = row.sources;
    if (const auto ratio = row.Ratio()) one["ratio"] = *ratio;
    if (row.bar) one["bar"] = BarText(row);
    if (const auto held = row.Held()) one["held"] = *held;
    if (!row.note.empty()) one["note"] = row.note;
    json["rows"].push_back(std::move(one));
  }
  return json.dump(2) + "\n";
}

}  // namespace rollcall::bench
