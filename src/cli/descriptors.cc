#include "cli/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

#include "base/log.h"

namespace rollcall::cli {
namespace {

// Logs, tables that are being written, threads that answer or ask, listeners, standard streams.
constexpr uint64_t kOthers = 64;

}  // namespace

uint64_t RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return UINT64_MAX;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_max;
}

void ShareDescriptors(uint64_t limit, Options& options) {
  const uint64_t free = limit - std::min(limit / 2, kOthers);
  auto& tables = options.store.max_open_files;
  tables = static_cast<int>(std::min<uint64_t>(static_cast<uint64_t>(tables), free / 2));
  auto& connections = options.server.front.max_connections;
  const uint64_t left = std::max<uint64_t>(free - static_cast<uint64_t>(tables), 1);
  if (connections <= left) return;
  log::Warn(
      "{} connections at a time, not --max-connections {}: the limit of file descriptors is {}",
      left, connections, limit);
  connections = left;
}

}  // namespace rollcall::cli
