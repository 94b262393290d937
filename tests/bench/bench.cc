#include "tests/bench/bench.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace rollcall::bench {

double MedianOf(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double PercentileOf(std::vector<double> values, unsigned percent) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, values.size() * percent / 100)];
}

std::optional<double> Row::Ratio() const {
  const double other = MedianOf(victoria);
  if (victoria.empty() || other == 0) return std::nullopt;
  return MedianOf(rollcall) / other;
}

std::optional<bool> Row::Held() const {
  if (!bar) return std::nullopt;
  if (bar->kind == Bar::Kind::kAtMost) return MedianOf(rollcall) <= bar->bound;
  if (bar->kind == Bar::Kind::kAtLeast) return MedianOf(rollcall) >= bar->bound;
  const std::optional<double> ratio = Ratio();
  if (!ratio) return false;
  return bar->kind == Bar::Kind::kRatioAtLeast ? *ratio >= bar->bound : *ratio <= bar->bound;
}

WorkFolder::WorkFolder(const std::string& parent) {
  std::string pattern = parent + "/bench-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    std::fprintf(stderr, "rollcall_bench: cannot make a folder in %s\n", parent.c_str());
    std::exit(1);
  }
  path_ = pattern;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Context::NewPath(const std::string& name) {
  return folder + "/" + std::to_string(++paths_) + "-" + name;
}

Result<std::unique_ptr<Server>> Context::StartRollcall(const std::string& data_dir,
                                                       std::vector<std::string> args) const {
  return Server::Start({Product::kRollcall, rollcall_binary, data_dir, std::move(args)});
}

Result<std::unique_ptr<Server>> Context::StartVictoria(const std::string& data_dir) const {
  return Server::Start({Product::kVictoria, victoria_binary, data_dir, {}});
}

Result<std::unique_ptr<Server>> Context::StartPrometheus(const std::string& data_dir,
                                                         std::chrono::seconds lookback) const {
  return Server::Start({Product::kPrometheus,
                        prometheus_binary,
                        data_dir,
                        {"--query.lookback-delta=" + std::to_string(lookback.count()) + "s"}});
}

Result<std::unique_ptr<Server>> Context::StartPeer(const std::string& data_dir) const {
  if (peer_binary.empty()) return StartVictoria(data_dir);
  return Server::Start({Product::kRollcall, peer_binary, data_dir, {}});
}

void Context::Say(const std::string& text) const {
  std::fprintf(stderr, "bench: %s\n", text.c_str());
}

void Context::Add(Row row) {
  if (!peer_binary.empty()) row.bar.reset();  // the bars are VictoriaMetrics'
  char text[256];
  if (row.victoria.empty()) {
    std::snprintf(text, sizeof text, "%s: %.4g %s", row.what.c_str(), MedianOf(row.rollcall),
                  row.unit.c_str());
  } else {
    std::snprintf(text, sizeof text, "%s: %.4g to %.4g %s, ratio %.3g", row.what.c_str(),
                  MedianOf(row.rollcall), MedianOf(row.victoria), row.unit.c_str(),
                  row.Ratio().value_or(0));
  }
  Say(text);
  rows.push_back(std::move(row));
}

const std::vector<Bench>& AllBenches() {
  static const std::vector<Bench> kAll = {
      {"ingest-keepalive", "reports/s on connections that stay open", true, BenchIngestKeepAlive},
      {"ingest-connections", "reports/s with a connection for each", true, BenchIngestConnections},
      {"overview-running", "the running month while reports come in", true, BenchOverviewRunning},
      {"overview-closed", "the first overview of a closed month", true, BenchOverviewClosed},
      {"import", "samples/s of a bulk import", true, BenchImport},
      {"data", "the public numbers, while reports come in", true, BenchData},
      {"disk", "bytes per sample of a month of reports", true, BenchDisk},
      {"memory", "resident memory when all sources have reported", true, BenchMemory},
      {"start", "from exec to ready", true, BenchStart},
      {"idle", "a report beside idle and dripping connections", true, BenchIdle},
      {"handshakes", "a report over TLS beside handshakes that never end", false, BenchHandshakes},
      {"flood", "a million ids that nobody has; about 3 minutes", false, BenchFlood},
      {"hosts", "the history of 10,000 hosts; about 6 minutes", false, BenchHosts},
      {"fleets", "other products: JSON, declared text, 50 fleets; about 8 minutes", false,
       BenchFleets},
      {"records", "10 million records beside PostgreSQL; about 40 minutes", false, BenchRecords},
      {"promql", "Grafana's panels over 3 months of reports; about 15 minutes", false, BenchPromql},
      {"promql-daily", "the same of 10,000 clusters that report daily for a year", false,
       BenchPromqlDaily},
      {"growth", "how the figures grow with the fleet; about 15 minutes", false, BenchGrowth}};
  return kAll;
}

}  // namespace rollcall::bench
