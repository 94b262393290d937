#include "cli/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

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

std::string ShareDescriptors(uint64_t limit, Options& options) {
  const uint64_t free = limit - std::min(limit / 2, kOthers);
  auto& tables = options.store.max_open_files;
  tables = static_cast<int>(std::min<uint64_t>(static_cast<uint64_t>(tables), free / 2));
  auto& connections = options.server.front.max_connections;
  const uint64_t asked = connections;
  connections =
      std::min<uint64_t>(asked, std::max<uint64_t>(free - static_cast<uint64_t>(tables), 1));
  if (connections == asked) return {};
  return std::to_string(connections) + " connections at a time, not --max-connections " +
         std::to_string(asked) + ": the limit of file descriptors is " + std::to_string(limit);
}

}  // namespace rollcall::cli
