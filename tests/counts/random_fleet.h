// A made-up fleet that lives through some months, and its reports as the oracle and as the network
// have them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/counts/oracle.h"

namespace rollcall::test {

inline std::string BodyOf(const std::vector<Oracle::Series>& series) {
  std::string body;
  for (const Oracle::Series& s : series) {
    body += s.metric;
    if (!s.labels.empty()) {
      body += '{';
      for (const auto& [name, value] : s.labels) body += name + "=\"" + value + "\",";
      body += '}';
    }
    char value[64];
    std::snprintf(value, sizeof value, " %.17g\n", s.value);
    body += std::isinf(s.value) ? (s.value > 0 ? " +Inf\n" : " -Inf\n") : value;
  }
  return body;
}

// A fleet that lives through some months: joins, upgrades, grows and shrinks, falls silent, leaves.
class RandomFleet {
 public:
  explicit RandomFleet(unsigned seed) : random_(seed) {
    const size_t sources = Below(12) + 1;
    for (size_t i = 0; i < sources; ++i) {
      clusters_.push_back({"cluster-" + std::to_string(i), Below(4), Below(3), {}, Below(3) == 0});
    }
  }

  size_t Below(size_t n) { return random_() % n; }
  size_t size() const { return clusters_.size(); }

  // The next report of some cluster: of its operator or its controller.
  std::pair<std::string, std::vector<Oracle::Series>> Next() {
    Cluster& cluster = clusters_[Below(clusters_.size())];
    if (Below(6) == 0) cluster.kernel = Below(5);
    if (Below(6) == 0) cluster.version = Below(4);
    std::vector<Oracle::Series> series;
    if (Below(2) == 0 || cluster.apps.empty()) {
      series.push_back({"cozy_cluster_info",
                        {{"cozystack_version", "v1." + std::to_string(cluster.version)}},
                        Below(20) == 0 ? INFINITY : 1});
      // Beside what it runs, what it comes from: a source of two values.
      if (Below(12) == 0) {
        series.push_back({"cozy_cluster_info", {{"cozystack_version", "v0." + cluster.id}}, 1});
      }
      for (size_t os = 0; os <= Below(2); ++os) {
        series.push_back(
            {"cozy_nodes_count",
             {{"os", "os" + std::to_string(os)}, {"kernel", "6." + std::to_string(cluster.kernel)}},
             Value()});
      }
      // A metric that comes and goes makes streams with overlapping metrics.
      if (Below(3) == 0) series.push_back({"cozy_pvs_count", {{"size", "5Gi"}}, Value()});
      if (cluster.apps.empty()) cluster.apps = {"Tenant"};
    } else {
      if (Below(4) == 0) cluster.apps.push_back("App" + std::to_string(Below(5)));
      if (Below(5) == 0 && cluster.apps.size() > 1) cluster.apps.pop_back();
      std::sort(cluster.apps.begin(), cluster.apps.end());
      cluster.apps.erase(std::unique(cluster.apps.begin(), cluster.apps.end()), cluster.apps.end());
      for (const std::string& app : cluster.apps) {
        series.push_back({"cozy_application_count", {{"kind", app}}, Value()});
      }
      if (cluster.odd && Below(3) == 0) series.push_back({"cozy_application_count", {}, Value()});
    }
    std::shuffle(series.begin(), series.end(), random_);
    last_ = {cluster.id, series};
    return last_;
  }

  // The same content again, in another order of lines.
  std::pair<std::string, std::vector<Oracle::Series>> Again() {
    std::shuffle(last_.second.begin(), last_.second.end(), random_);
    return last_;
  }
  bool has_last() const { return !last_.first.empty(); }

 private:
  struct Cluster {
    std::string id;
    size_t kernel;
    size_t version;
    std::vector<std::string> apps;
    bool odd;
  };

  double Value() {
    switch (Below(12)) {
      case 0:
        return 0;
      case 1:
        return 1000000;
      case 2:
        return static_cast<double>(Below(16)) / 4;
      case 3:
        return INFINITY;
      default:
        return static_cast<double>(Below(20));
    }
  }

  std::mt19937 random_;
  std::vector<Cluster> clusters_;
  std::pair<std::string, std::vector<Oracle::Series>> last_;
};

}  // namespace rollcall::test
