// One made-up installation: when it is there, and what it is made of at any instant. Pure; one
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "demo/random.h"

namespace rollcall::demo {

// The kinds that a controller reports, in the order of their names.
inline constexpr std::array<std::string_view, 27> kDemoKinds = {
    "Bucket",       "ClickHouse", "Etcd",
    "FoundationDB", "HTTPCache",  "Harbor",
    "Info",         "Ingress",    "Kafka",
    "Kubernetes",   "MariaDB",    "MongoDB",
    "Monitoring",   "NATS",       "OpenBAO",
    "OpenSearch",   "Postgres",   "Qdrant",
    "RabbitMQ",     "Redis",      "SeaweedFS",
    "TCPBalancer",  "Tenant",     "VMDisk",
    "VMInstance",   "VPN",        "VirtualPrivateCloud"};
inline constexpr size_t kDemoTenantKind = 22;
static_assert(kDemoKinds[kDemoTenantKind] == "Tenant");

// The time that a fleet lives through, in seconds from its first instant.
struct DemoTimeline {
  uint32_t span = 0;     // the last second that counts
  uint32_t new_era = 0;  // when release 1.0 came out: about the middle

  static constexpr uint32_t kDay = 86'400;
  static constexpr uint32_t kReleaseEvery = 45 * kDay;

  // The newest product release at `t`, or `age` seconds before; 1.0 is 0, those before it are
  // negative.
  int ReleaseAt(uint32_t t, uint32_t age) const;
  // The newest Kubernetes and kernel at `t`, from 0.
  uint32_t KubernetesAt(uint32_t t) const { return 4 + t / (40 * kDay); }
  uint32_t KernelAt(uint32_t t) const { return 3 + t / (60 * kDay); }
};

// Never: later than any second of a timeline.
inline constexpr uint32_t kDemoNever = UINT32_MAX;

// 120 bytes, nothing on the heap: a fleet may have a million.
class DemoCluster {
 public:
  DemoCluster(uint64_t seed, const DemoTimeline& timeline);

  uint32_t joins() const { return joins_; }                // first second in the fleet
  uint32_t leaves() const { return leaves_; }              // first second out of it; may be never
  uint32_t silent_from() const { return silent_from_; }    // says nothing from then on, …
  uint32_t silent_until() const { return silent_until_; }  // … until then; both never: always talks
  // From when on it runs a release since 1.0 and so has two senders; may be never.
  uint32_t two_senders_from() const { return two_senders_from_; }
  // Drawn evenly from all numbers: what only has to differ from cluster to cluster hangs on it.
  uint64_t seed() const { return seed_; }

  // Lets it live on to `t`, which must not lie before the last call's.
  void AdvanceTo(uint32_t t, const DemoTimeline& timeline);

  // What it is made of at the instant it has reached.
  int release() const { return release_; }
  uint32_t kubernetes() const { return kubernetes_; }
  uint32_t kernel() const { return kernel_; }  // of the nodes that are up to date
  bool talos() const { return talos_; }        // else Ubuntu
  uint32_t nodes() const { return nodes_ + old_nodes_; }
  uint32_t old_nodes() const { return old_nodes_; }  // still on the kernel before
  uint32_t gpus() const { return gpus_; }
  uint32_t apps(size_t kind) const { return apps_[kind]; }

 private:
  void Change(uint32_t t, const DemoTimeline& timeline);
  void ChangeApps();
  void ChangeNodes();
  void ChangeKernel(uint32_t t, const DemoTimeline& timeline);
  int ReleaseOf(uint32_t t, const DemoTimeline& timeline) const;

  uint64_t seed_;
  DemoRandom random_;  // of its changes
  uint32_t joins_ = 0;
  uint32_t leaves_ = kDemoNever;
  uint32_t silent_from_ = kDemoNever;
  uint32_t silent_until_ = kDemoNever;
  uint32_t two_senders_from_ = kDemoNever;
  uint32_t next_change_ = 0;
  uint32_t upgrade_lag_ = 0;  // seconds behind each release; never: stays at the first
  int16_t first_release_ = 0;
  int16_t release_ = 0;
  uint16_t kubernetes_ = 0;
  uint16_t kernel_ = 0;
  uint16_t nodes_ = 0;
  uint16_t old_nodes_ = 0;
  uint16_t gpus_ = 0;
  bool talos_ = true;
  std::array<uint16_t, kDemoKinds.size()> apps_{};
};

// 8-4-4-4-12 lower-case hexadecimal digits with the marks of a random UUID. Appended to `out`.
void AppendDemoUuid(uint64_t seed, std::string& out);

}  // namespace rollcall::demo
