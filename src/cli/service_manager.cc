#include "cli/service_manager.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace rollcall::cli {
namespace {

constexpr int kFirstPassed = 3;

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// A process that was started by the one that is meant finds another's number here.
bool IsForUs(const char* pid_variable) {
  const std::string pid = Variable(pid_variable);
  return pid.empty() || pid == std::to_string(getpid());
}

bool IsListening(int fd) {
  int type = 0;
  int listens = 0;
  socklen_t size = sizeof type;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM) return false;
  size = sizeof listens;
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

// Where a socket listens, in the form of --listen-addr; "" where it is none of IP.
std::string AddressOf(int fd) {
  sockaddr_storage at{};
  socklen_t size = sizeof at;
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) != 0 ||
      (at.ss_family != AF_INET && at.ss_family != AF_INET6) ||
      getnameinfo(reinterpret_cast<sockaddr*>(&at), size, host, sizeof host, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return {};
  }
  std::string address(host);
  if (at.ss_family == AF_INET6) address = "[" + address + "]";
  return address.append(":").append(port);
}

}  // namespace

ServiceManager::ServiceManager()
    : address_(Variable("NOTIFY_SOCKET")),
      waits_for_life_(!Variable("WATCHDOG_USEC").empty() && IsForUs("WATCHDOG_PID")) {
  if (address_.size() > 1 && (address_[0] == '/' || address_[0] == '@')) {
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  }
  // '@' stands for the zero byte that opens the name of an abstract socket.
  if (!address_.empty() && address_[0] == '@') address_[0] = '\0';
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) close(socket_);
}

void ServiceManager::Ready() {
  Send("READY=1\nMAINPID=" + std::to_string(getpid()) + "\nSTATUS=Serving");
}
void ServiceManager::Stopping() { Send("STOPPING=1\nSTATUS=Draining"); }
void ServiceManager::Alive() {
  if (waits_for_life_) Send("WATCHDOG=1");
}

void ServiceManager::Send(std::string_view message) {
  sockaddr_un to{};
  if (socket_ < 0 || address_.size() >= sizeof to.sun_path) return;
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  [[maybe_unused]] const ssize_t sent =
      sendto(socket_, message.data(), message.size(), MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&to), size);
}

Status TakePassedSockets(http::FrontOptions& front) {
  const int count = std::atoi(Variable("LISTEN_FDS").c_str());
  if (count <= 0 || !IsForUs("LISTEN_PID")) return Status::Ok();
  std::string names = Variable("LISTEN_FDNAMES");
  for (const char* variable : {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"}) unsetenv(variable);
  for (int i = 0; i < count; ++i) {
    const std::string name = names.substr(0, names.find(':'));
    names.erase(0, std::min(name.size() + 1, names.size()));
    const bool is_named = name == "public" || name == "private";
    const bool is_public = is_named ? name == "public" : i == 0;
    int& place = is_public ? front.public_socket : front.private_socket;
    const int fd = kFirstPassed + i;
    const std::string which =
        "socket " + std::to_string(fd) + " that was passed by the environment";
    if (place >= 0 || i > 1) {
      return Status::FailedPrecondition(which + ": one too many; one is public, one private");
    }
    const std::string address = IsListening(fd) ? AddressOf(fd) : "";
    if (address.empty()) {
      return Status::FailedPrecondition(which + ": not a TCP socket that is listened on");
    }
    place = fd;
    (is_public ? front.public_address : front.private_address) = address;
  }
  return Status::Ok();
}

}  // namespace rollcall::cli
