#include "demo/body.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace rollcall::demo {
namespace {

constexpr std::array<std::string_view, 18> kPackages = {
    "cozystack.core",           "cozystack.cert-manager",   "cozystack.cilium",
    "cozystack.kubeovn",        "cozystack.linstor",        "cozystack.metallb",
    "cozystack.monitoring",     "cozystack.kubevirt",       "cozystack.cdi",
    "cozystack.capi-operator",  "cozystack.kamaji",         "cozystack.fluxcd",
    "cozystack.dashboard",      "cozystack.ingress-nginx",  "cozystack.postgres-operator",
    "cozystack.redis-operator", "cozystack.kafka-operator", "cozystack.velero"};

constexpr std::array<std::string_view, 8> kVolumeSizes = {"1Gi",  "2Gi",  "5Gi",   "10Gi",
                                                          "20Gi", "50Gi", "100Gi", "250Gi"};

// What a release before 1.0 calls the workloads behind the kinds, and their versions.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kWorkloads = {
    {{"etcd", "2.4.0"},
     {"postgres", "0.8.0"},
     {"redis", "0.3.1"},
     {"kafka", "0.4.0"},
     {"kubernetes", "0.15.1"},
     {"virtual-machine", "0.7.1"}}};

}  // namespace

DemoBody& DemoBody::Line(std::string_view text) { return Text(text); }

DemoBody& DemoBody::Text(std::string_view text) {
  lines_ += text;
  return *this;
}

DemoBody& DemoBody::Number(uint64_t number) {
  std::array<char, 20> digits;
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  lines_.append(digits.data(), static_cast<size_t>(end - digits.data()));
  return *this;
}

void DemoBody::Value(uint64_t value) {
  Text(" ").Number(value).Text("\n");
  ends_.push_back(lines_.size());
}

void DemoBody::Write(const DemoCluster& cluster, DemoSender sender, uint64_t order,
                     std::string& out) {
  lines_.clear();
  ends_.clear();
  if (sender == DemoSender::kController) {
    AddApplications(cluster);
  } else {
    AddInfo(cluster, sender == DemoSender::kLegacy);
    AddNodes(cluster);
    AddStorage(cluster);
    if (sender == DemoSender::kOperator) {
      AddCapacity(cluster);
      AddPackages(cluster);
    } else {
      AddWorkloads(cluster);
    }
  }

  order_.clear();
  size_t begin = 0;
  for (const size_t end : ends_) {
    order_.push_back(std::string_view(lines_).substr(begin, end - begin));
    begin = end;
  }
  DemoRandom random(order);
  for (size_t i = order_.size(); i > 1; --i) {
    std::swap(order_[i - 1], order_[random.Below(static_cast<uint32_t>(i))]);
  }
  out.clear();
  for (const std::string_view line : order_) out += line;
}

void DemoBody::AddInfo(const DemoCluster& cluster, bool legacy) {
  const int release = cluster.release();
  Line("cozy_cluster_info{cozystack_version=\"v");
  // 60 releases come before 1.0, more than the longest fleet lives through.
  if (release < 0) {
    Text("0.").Number(static_cast<uint64_t>(std::max(0, 60 + release))).Text(".0");
  } else {
    Text("1.").Number(static_cast<uint64_t>(release)).Text(".0");
  }
  Text("\",kubernetes_version=\"v1.").Number(28 + cluster.kubernetes() / 4);
  Text(".").Number(cluster.kubernetes() % 4 * 3 + 1).Text("\"");
  if (legacy) {
    Text(",oidc_enabled=\"true\",bundle_name=\"");
    Text(cluster.talos() ? "paas-full" : "paas-hosted")
        .Text("\",bunde_enable=\"\",bunde_disable=\"\"");
  }
  Text("}").Value(1);
}

void DemoBody::AddNodes(const DemoCluster& cluster) {
  const auto add = [&](uint64_t kernel, uint64_t nodes) {
    if (nodes == 0) return;
    Line("cozy_nodes_count{os=\"linux (");
    if (cluster.talos()) {
      Text("Talos (v1.").Number(7 + kernel / 5).Text(".").Number(kernel % 5);
      Text("))\",kernel=\"6.").Number(6 + kernel / 8 * 6).Text(".").Number(32 + kernel * 4);
      Text("-talos\"}");
    } else {
      Text("Ubuntu 22.04.").Number(1 + kernel / 12);
      Text(" LTS)\",kernel=\"5.15.0-").Number(84 + kernel * 3).Text("-generic\"}");
    }
    Value(nodes);
  };
  add(cluster.kernel(), cluster.nodes() - cluster.old_nodes());
  if (cluster.old_nodes() > 0) add(cluster.kernel() - 1, cluster.old_nodes());
}

void DemoBody::AddCapacity(const DemoCluster& cluster) {
  const uint64_t nodes = cluster.nodes();
  // Machines of one cluster are alike; they differ from cluster to cluster.
  const uint64_t cores = uint64_t{8} << (cluster.seed() % 4);
  Line("cozy_cluster_capacity{resource=\"cpu\"}").Value(nodes * cores);
  Line("cozy_cluster_capacity{resource=\"memory\"}").Value(nodes * cores * 4'284'481'536);
  Line("cozy_cluster_capacity{resource=\"ephemeral-storage\"}").Value(nodes * 478'140'096'512);
  Line("cozy_cluster_capacity{resource=\"pods\"}").Value(nodes * 110);
  if (cluster.gpus() > 0) {
    Line("cozy_cluster_capacity{resource=\"nvidia.com/TU104GL_TESLA_T4\"}").Value(cluster.gpus());
  }
}

void DemoBody::AddStorage(const DemoCluster& cluster) {
  uint64_t apps = 0;
  for (size_t kind = 0; kind < kDemoKinds.size(); ++kind) apps += cluster.apps(kind);
  Line("cozy_loadbalancers_count").Value(1 + apps / 6);
  for (size_t i = 0; i < kVolumeSizes.size(); ++i) {
    // Small volumes are many, large ones few; each cluster has its own mix.
    const uint64_t volumes = (apps * (1 + ((cluster.seed() >> (4 * i)) & 7))) / (4 + 3 * i);
    if (volumes == 0) continue;
    Line("cozy_pvs_count{driver=\"linstor.csi.linbit.com\",size=\"").Text(kVolumeSizes[i]);
    Text("\"}").Value(volumes);
  }
}

void DemoBody::AddPackages(const DemoCluster& cluster) {
  for (size_t i = 0; i < kPackages.size(); ++i) {
    // Not every cluster has the last few.
    if (i >= 14 && ((cluster.seed() >> (32 + i)) & 3) == 0) continue;
    Line("cozy_package_info{name=\"").Text(kPackages[i]);
    Text("\",variant=\"")
        .Text(i == 0 && !cluster.talos() ? "hosted" : "default")
        .Text("\"}")
        .Value(1);
  }
}

void DemoBody::AddApplications(const DemoCluster& cluster) {
  for (size_t kind = 0; kind < kDemoKinds.size(); ++kind) {
    Line("cozy_application_count{kind=\"").Text(kDemoKinds[kind]).Text("\"}");
    Value(cluster.apps(kind));
  }
}

void DemoBody::AddWorkloads(const DemoCluster& cluster) {
  uint64_t apps = 0;
  for (size_t kind = 0; kind < kDemoKinds.size(); ++kind) apps += cluster.apps(kind);
  for (uint64_t i = 0; i < std::min<uint64_t>(apps, 14); ++i) {
    const auto& [type, version] = kWorkloads[(cluster.seed() + i) % kWorkloads.size()];
    Line("cozy_workloads_count{uid=\"");
    AppendDemoUuid(SeedOf(cluster.seed(), 100 + i), lines_);
    Text("\",kind=\"").Text(type).Text("\",type=\"").Text(type).Text("\",version=\"").Text(version);
    Text("\"}").Value(1 + (cluster.seed() >> i) % 3);
  }
}

}  // namespace rollcall::demo
