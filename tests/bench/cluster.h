// A made-up cluster of Cozystack, as real ones report: when it exists, and its state at any
// instant. The same seed gives the same cluster, so that figures can be compared. Pure; one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "demo/random.h"
#include "demo/source.h"

namespace rollcall::bench {

// The kinds of applications that a controller reports, sorted by name.
inline constexpr std::array<std::string_view, 27> kKinds = {
    "Bucket",       "ClickHouse", "Etcd",
    "FoundationDB", "HTTPCache",  "Harbor",
    "Info",         "Ingress",    "Kafka",
    "Kubernetes",   "MariaDB",    "MongoDB",
    "Monitoring",   "NATS",       "OpenBAO",
    "OpenSearch",   "Postgres",   "Qdrant",
    "RabbitMQ",     "Redis",      "SeaweedFS",
    "TCPBalancer",  "Tenant",     "VMDisk",
    "VMInstance",   "VPN",        "VirtualPrivateCloud"};
inline constexpr size_t kTenantKind = 22;
static_assert(kKinds[kTenantKind] == "Tenant");

// The time span of a fleet, in seconds from its first instant.
struct Timeline {
  uint32_t span = 0;     // the last second that counts
  uint32_t new_era = 0;  // when release 1.0 came out: about the middle of the span

  static constexpr uint32_t kDay = 86'400;
  static constexpr uint32_t kReleaseEvery = 45 * kDay;

  // Returns the newest product release `age` seconds before `t`. Release 1.0 is 0; those before it
  // are negative.
  int ReleaseAt(uint32_t t, uint32_t age) const;
  // Return the newest Kubernetes and kernel version at `t`, counted from 0.
  uint32_t KubernetesAt(uint32_t t) const { return 4 + t / (40 * kDay); }
  uint32_t KernelAt(uint32_t t) const { return 3 + t / (60 * kDay); }
};

class Cluster {
 public:
  Cluster(uint64_t seed, const Timeline& timeline);

  uint32_t joins() const { return joins_; }    // first second in the fleet
  uint32_t leaves() const { return leaves_; }  // first second after it left; may be never
  // Returns when it starts to run a release since 1.0, and so has two senders; may be never.
  uint32_t two_senders_from() const { return two_senders_from_; }
  // A uniformly distributed number, from which whatever only has to differ between clusters
  // is derived.
  uint64_t seed() const { return seed_; }

  // Advances the cluster to `t`. Requires that `t` is not before the `t` of the last call.
  void AdvanceTo(uint32_t t, const Timeline& timeline);

  // The state at the instant that it has reached.
  int release() const { return release_; }
  uint32_t kubernetes() const { return kubernetes_; }
  uint32_t kernel() const { return kernel_; }  // of the nodes that are up to date
  bool talos() const { return talos_; }        // false: Ubuntu
  uint32_t nodes() const { return nodes_ + old_nodes_; }
  uint32_t old_nodes() const { return old_nodes_; }  // nodes still on the previous kernel
  uint32_t gpus() const { return gpus_; }
  uint32_t apps(size_t kind) const { return apps_[kind]; }

 private:
  void Change(uint32_t t, const Timeline& timeline);
  void ChangeApps();
  void ChangeNodes();
  void ChangeKernel(uint32_t t, const Timeline& timeline);
  int ReleaseOf(uint32_t t, const Timeline& timeline) const;

  uint64_t seed_;
  demo::DemoRandom random_;  // drives its changes
  uint32_t joins_ = 0;
  uint32_t leaves_ = demo::kDemoNever;
  uint32_t two_senders_from_ = demo::kDemoNever;
  uint32_t next_change_ = 0;
  uint32_t upgrade_lag_ = 0;  // seconds from a release to its upgrade; never: stays at the first
  int16_t first_release_ = 0;
  int16_t release_ = 0;
  uint16_t kubernetes_ = 0;
  uint16_t kernel_ = 0;
  uint16_t nodes_ = 0;
  uint16_t old_nodes_ = 0;
  uint16_t gpus_ = 0;
  bool talos_ = true;
  std::array<uint16_t, kKinds.size()> apps_{};
};

}  // namespace rollcall::bench
