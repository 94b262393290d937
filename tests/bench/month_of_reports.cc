#include "tests/bench/month_of_reports.h"

#include <algorithm>
#include <vector>

#include "tests/bench/cluster_body.h"
#include "tests/bench/history.h"

namespace rollcall::bench {
namespace {

constexpr uint32_t kInterval = 15 * 60;
constexpr uint32_t kMaxLateMilliseconds = 4'000;

struct SenderOfSource {
  uint32_t source;
  bool controller;
  uint32_t phase;  // seconds into each interval
};

std::vector<Cluster> MakeClusters(uint32_t count, const Timeline& timeline, uint32_t month_begin) {
  std::vector<Cluster> clusters;
  for (uint64_t seed = 1; clusters.size() < count; ++seed) {
    const Cluster cluster(demo::SeedOf(11, seed), timeline);
    const bool there = cluster.joins() == 0 && cluster.leaves() == demo::kDemoNever;
    if (there && cluster.two_senders_from() <= month_begin) clusters.push_back(cluster);
  }
  return clusters;
}

}  // namespace

Status ForEachReportOfMonth(Month month, uint32_t sources,
                            const std::function<Status(const ArrivedReport&)>& take) {
  const UnixSeconds begin = month.Plus(-6).Start();
  const auto seconds_to = [&](UnixSeconds t) { return static_cast<uint32_t>((t - begin).count()); };
  const uint32_t from = seconds_to(month.Start());
  const uint32_t until = seconds_to(month.Plus(1).Start());
  Timeline timeline;
  timeline.span = until;
  timeline.new_era = 0;
  std::vector<Cluster> clusters = MakeClusters(sources, timeline, from);

  demo::DemoRandom random(12);
  std::vector<SenderOfSource> senders;
  for (uint32_t source = 0; source < sources; ++source) {
    for (const bool controller : {false, true}) {
      senders.push_back({source, controller, random.Below(kInterval - 5)});
    }
  }
  std::sort(senders.begin(), senders.end(),
            [](const SenderOfSource& a, const SenderOfSource& b) { return a.phase < b.phase; });

  ClusterBody body;
  ArrivedReport report;
  for (uint32_t start = from; start + kInterval <= until; start += kInterval) {
    for (const SenderOfSource& sender : senders) {
      const uint32_t second = start + sender.phase;
      Cluster& cluster = clusters[sender.source];
      cluster.AdvanceTo(second, timeline);
      report.time = begin + std::chrono::seconds(second) +
                    std::chrono::milliseconds(random.Below(kMaxLateMilliseconds));
      report.source = HistorySource(sender.source);
      body.Write(cluster, sender.controller ? Sender::kController : Sender::kOperator,
                 random.Next(), report.body);
      ROLLCALL_RETURN_IF_ERROR(take(report));
    }
  }
  return Status::Ok();
}

}  // namespace rollcall::bench
