#include "http/client/host_lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <thread>
#include <utility>

#include "base/mutex.h"

namespace rollcall::http {
namespace {

constexpr size_t kMaxAddresses = 4;

// Shared with a thread that may outlive the call.
struct Lookup {
  Mutex mutex;
  StoppableConditionVariable finished;
  bool done GUARDED_BY(mutex) = false;
  int error GUARDED_BY(mutex) = 0;                       // of getaddrinfo
  std::vector<std::string> addresses GUARDED_BY(mutex);  // numeric
};

void Run(const std::string& host, Lookup& lookup) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  std::vector<std::string> addresses;
  for (const addrinfo* i = found; error == 0 && i != nullptr; i = i->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (addresses.size() < kMaxAddresses &&
        getnameinfo(i->ai_addr, i->ai_addrlen, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) == 0 &&
        std::find(addresses.begin(), addresses.end(), text.data()) == addresses.end()) {
      addresses.emplace_back(text.data());
    }
  }
  if (error == 0) freeaddrinfo(found);
  const MutexLock lock(lookup.mutex);
  lookup.done = true;
  lookup.error = error;
  lookup.addresses = std::move(addresses);
  lookup.finished.NotifyAll();
}

bool IsNumeric(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

}  // namespace

Result<std::vector<std::string>> LookUpHost(const std::string& host,
                                            std::chrono::steady_clock::time_point deadline,
                                            std::stop_token stop) {
  if (IsNumeric(host)) return std::vector<std::string>{host};
  const auto lookup = std::make_shared<Lookup>();
  std::thread([host, lookup] { Run(host, *lookup); }).detach();
  const auto done = [&]() REQUIRES(lookup->mutex) { return lookup->done; };
  MutexLock lock(lookup->mutex);
  if (!lookup->finished.WaitUntil(lock, stop, deadline, done)) {
    return Status::Unavailable("look up host " + host +
                               (stop.stop_requested() ? ": stopped" : ": no answer in time"));
  }
  if (lookup->error != 0) {
    return Status::Unavailable("look up host " + host + ": " + gai_strerror(lookup->error));
  }
  if (lookup->addresses.empty())
    return Status::Unavailable("look up host " + host + ": no address");
  return std::move(lookup->addresses);
}

}  // namespace rollcall::http
