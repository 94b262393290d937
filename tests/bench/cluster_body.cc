#include "tests/bench/cluster_body.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace rollcall::bench {
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

}  // namespace

ClusterBody& ClusterBody::Line(std::string_view text) { return Text(text); }

ClusterBody& ClusterBody::Text(std::string_view text) {
  lines_ += text;
  return *this;
}

ClusterBody& ClusterBody::Number(uint64_t number) {
  std::array<char, 20> digits;
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  lines_.append(digits.data(), static_cast<size_t>(end - digits.data()));
  return *this;
}

void ClusterBody::Value(uint64_t value) {
  Text(" ").Number(value).Text("\n");
  ends_.push_back(lines_.size());
}

void ClusterBody::Write(const Cluster& cluster, Sender sender, uint64_t order, std::string& out) {
  lines_.clear();
  ends_.clear();
  if (sender == Sender::kController) {
    AddApplications(cluster);
  } else {
    AddInfo(cluster);
    AddNodes(cluster);
    AddStorage(cluster);
    AddCapacity(cluster);
    AddPackages(cluster);
  }

  order_.clear();
  size_t begin = 0;
  for (const size_t end : ends_) {
    order_.push_back(std::string_view(lines_).substr(begin, end - begin));
    begin = end;
  }
  demo::DemoRandom random(order);
  for (size_t i = order_.size(); i > 1; --i) {
    std::swap(order_[i - 1], order_[random.Below(static_cast<uint32_t>(i))]);
  }
  out.clear();
  for (const std::string_view line : order_) out += line;
}

void ClusterBody::AddInfo(const Cluster& cluster) {
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
  Text("}").Value(1);
}

void ClusterBody::AddNodes(const Cluster& cluster) {
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

void ClusterBody::AddCapacity(const Cluster& cluster) {
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

void ClusterBody::AddStorage(const Cluster& cluster) {
  uint64_t apps = 0;
  for (size_t kind = 0; kind < kKinds.size(); ++kind) apps += cluster.apps(kind);
  Line("cozy_loadbalancers_count").Value(1 + apps / 6);
  for (size_t i = 0; i < kVolumeSizes.size(); ++i) {
    // Small volumes are many, large ones few; each cluster has its own mix.
    const uint64_t volumes = (apps * (1 + ((cluster.seed() >> (4 * i)) & 7))) / (4 + 3 * i);
    if (volumes == 0) continue;
    Line("cozy_pvs_count{driver=\"linstor.csi.linbit.com\",size=\"").Text(kVolumeSizes[i]);
    Text("\"}").Value(volumes);
  }
}

void ClusterBody::AddPackages(const Cluster& cluster) {
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

void ClusterBody::AddApplications(const Cluster& cluster) {
  for (size_t kind = 0; kind < kKinds.size(); ++kind) {
    Line("cozy_application_count{kind=\"").Text(kKinds[kind]).Text("\"}");
    Value(cluster.apps(kind));
  }
}

}  // namespace rollcall::bench
