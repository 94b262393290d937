// What a bench is: a function that measures and adds rows to a report. And what all of them get:
// where things are, and how much time they may take.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tests/bench/server.h"

namespace rollcall::bench {

// What must be true of a row.
struct Bar {
  enum class Kind {
    kAtMost,        // rollcall's figure, in the row's unit
    kAtLeast,       // the same
    kRatioAtLeast,  // rollcall's figure over VictoriaMetrics'
    kRatioAtMost,
  };
  Kind kind;
  double bound;
};

// One line of the table. Several rounds are there as they were measured; the table shows medians.
struct Row {
  std::string bench = {};
  std::string what = {};
  std::string unit = {};
  std::vector<double> rollcall = {};
  std::vector<double> victoria = {};  // empty: nothing to compare with
  std::optional<Bar> bar = {};
  std::string note = {};
  // Of a figure that is followed as the fleet grows: which, and at how many sources it was
  // measured.
  std::string subject = {};
  uint32_t sources = 0;

  std::optional<double> Ratio() const;  // of the medians, rollcall over VictoriaMetrics
  std::optional<bool> Held() const;     // nullopt: no bar
};

double MedianOf(std::vector<double> values);
// Returns the value that `percent` of a hundred are below. Requires values.
double PercentileOf(std::vector<double> values, unsigned percent);

// A directory of the run's own, gone with it. Not in memory: a sync must reach a disk.
class WorkFolder {
 public:
  explicit WorkFolder(const std::string& parent);
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Main thread.
class Context {
 public:
  std::string rollcall_binary;
  std::string victoria_binary = "victoria-metrics";
  std::string prometheus_binary = "prometheus";
  // Another rollcall that takes VictoriaMetrics' place, to see what a change does; empty: none
  // does.
  std::string peer_binary;
  std::string wrk_binary = "wrk";
  std::string folder;  // of the run
  bool quick = false;  // a smoke run: small and short, its figures mean nothing
  int rounds = 5;
  int round_seconds = 5;
  // Of the load generator where a bench is about reports per second: a fleet that reports all at
  // once.
  int connections = 1024;
  std::vector<Row> rows;

  // A path in the run's folder that was not used before.
  std::string NewPath(const std::string& name);
  Result<std::unique_ptr<Server>> StartRollcall(const std::string& data_dir,
                                                std::vector<std::string> args = {}) const;
  Result<std::unique_ptr<Server>> StartVictoria(const std::string& data_dir) const;
  // Whose samples stand for `lookback` in queries.
  Result<std::unique_ptr<Server>> StartPrometheus(const std::string& data_dir,
                                                  std::chrono::seconds lookback) const;
  // VictoriaMetrics, or what takes its place.
  Result<std::unique_ptr<Server>> StartPeer(const std::string& data_dir) const;
  // Says on stderr what goes on.
  void Say(const std::string& text) const;
  void Add(Row row);

 private:
  int paths_ = 0;
};

struct Bench {
  std::string name;
  std::string what;
  bool by_default;  // else only when asked for by name
  std::function<Status(Context&)> run;
};

// All of them, in the order in which they run.
const std::vector<Bench>& AllBenches();

Status BenchIngestKeepAlive(Context& context);
Status BenchIngestConnections(Context& context);
Status BenchOverviewRunning(Context& context);
Status BenchOverviewClosed(Context& context);
Status BenchImport(Context& context);
Status BenchData(Context& context);
Status BenchDisk(Context& context);
Status BenchMemory(Context& context);
Status BenchStart(Context& context);
Status BenchIdle(Context& context);
Status BenchFlood(Context& context);
Status BenchHandshakes(Context& context);
Status BenchHosts(Context& context);
Status BenchFleets(Context& context);
Status BenchRecords(Context& context);
Status BenchPromql(Context& context);
Status BenchPromqlDaily(Context& context);
Status BenchGrowth(Context& context);

}  // namespace rollcall::bench
