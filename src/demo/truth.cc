#include "demo/truth.h"

#include <algorithm>

namespace rollcall::demo {

void DemoTruthKeeper::RaiseNodes(uint32_t kernel, uint32_t nodes, MonthPeaks& peaks) {
  if (nodes == 0) return;
  for (auto& [known, peak] : peaks.nodes) {
    if (known != kernel) continue;
    peak = std::max(peak, nodes);
    return;
  }
  peaks.nodes.emplace_back(kernel, nodes);
}

void DemoTruthKeeper::Add(uint32_t source, Month month, const DemoCluster& cluster,
                          DemoSender sender) {
  std::vector<MonthPeaks>& months = months_[source];
  if (months.empty() || months.back().month != month) months.emplace_back().month = month;
  MonthPeaks& peaks = months.back();
  if (sender == DemoSender::kController) {
    peaks.applications = true;
    for (size_t kind = 0; kind < kDemoKinds.size(); ++kind) {
      peaks.apps[kind] = std::max(peaks.apps[kind], cluster.apps(kind));
    }
    return;
  }
  peaks.cluster_info = true;
  peaks.nodes_in_a_report = std::max(peaks.nodes_in_a_report, cluster.nodes());
  RaiseNodes(cluster.kernel(), cluster.nodes() - cluster.old_nodes(), peaks);
  RaiseNodes(cluster.kernel() - 1, cluster.old_nodes(), peaks);
}

void DemoTruthKeeper::Merge(const MonthPeaks& from, MonthPeaks& into) {
  into.cluster_info |= from.cluster_info;
  into.applications |= from.applications;
  into.nodes_in_a_report = std::max(into.nodes_in_a_report, from.nodes_in_a_report);
  for (size_t kind = 0; kind < kDemoKinds.size(); ++kind) {
    into.apps[kind] = std::max(into.apps[kind], from.apps[kind]);
  }
  for (const auto& [kernel, nodes] : from.nodes) RaiseNodes(kernel, nodes, into);
}

DemoTruthKeeper::MonthPeaks DemoTruthKeeper::PeaksOf(const std::vector<MonthPeaks>& source,
                                                     Month last, uint32_t months) {
  MonthPeaks window;
  for (const MonthPeaks& peaks : source) {
    if (peaks.month <= last && peaks.month.number + months > last.number) Merge(peaks, window);
  }
  return window;
}

DemoSizes DemoTruthKeeper::SizesOf(Month last, uint32_t months) const {
  DemoSizes sizes;
  for (const std::vector<MonthPeaks>& source : months_) {
    const MonthPeaks window = PeaksOf(source, last, months);
    if (!window.cluster_info) continue;
    if (!window.nodes.empty()) sizes.nodes.push_back(window.nodes_in_a_report);
    if (window.applications) sizes.tenants.push_back(window.apps[kDemoTenantKind]);
  }
  std::sort(sizes.nodes.begin(), sizes.nodes.end());
  std::sort(sizes.tenants.begin(), sizes.tenants.end());
  return sizes;
}

DemoTruth DemoTruthKeeper::Of(Month last, uint32_t months) const {
  DemoTruth truth;
  bool any_applications = false;
  std::array<uint64_t, kDemoKinds.size()> apps{};
  for (const std::vector<MonthPeaks>& source : months_) {
    const MonthPeaks window = PeaksOf(source, last, months);
    truth.clusters += window.cluster_info ? 1 : 0;
    truth.peak_nodes += window.nodes_in_a_report;
    for (const auto& [kernel, nodes] : window.nodes) truth.total_nodes += nodes;
    any_applications |= window.applications;
    for (size_t kind = 0; kind < kDemoKinds.size(); ++kind) apps[kind] += window.apps[kind];
  }
  if (!any_applications) return truth;
  truth.total_tenants = apps[kDemoTenantKind];
  for (size_t kind = 0; kind < kDemoKinds.size(); ++kind) {
    truth.apps.emplace(kDemoKinds[kind], apps[kind]);
  }
  return truth;
}

}  // namespace rollcall::demo
