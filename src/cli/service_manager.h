// What systemd and its like tell a service by its environment, and what the service tells them:
// sockets that are listened on already (sd_listen_fds(3)), and messages that it is ready, alive or
// ending (sd_notify(3)). Does nothing where the process was started by anything else. The main
// thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/status.h"
#include "http/server/front.h"

namespace rollcall::cli {

class ServiceManager {
 public:
  // Reads NOTIFY_SOCKET and WATCHDOG_USEC.
  ServiceManager();
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  // Each sends one message and fails silently: a service does not end because nobody listens.
  void Ready();
  void Stopping();
  // A sign of life, where somebody waits for one.
  void Alive();
  bool waits_for_life() const { return waits_for_life_; }

 private:
  void Send(std::string_view message);

  int socket_ = -1;  // -1: nobody is told
  std::string address_;
  bool waits_for_life_ = false;
};

// Puts the sockets that were passed to this process into `front`: by their names in LISTEN_FDNAMES,
// public and private, or where they have no such names the first as public and the second as
// private. The addresses become theirs. FailedPrecondition: they are more than that, or one is not
// a TCP socket that is listened on.
Status TakePassedSockets(http::FrontOptions& front);

}  // namespace rollcall::cli
