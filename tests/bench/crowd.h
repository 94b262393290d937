// A crowd of connections that want nothing, or take for ever: opened, held and dripped on by one
// thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/raw_http.h"

namespace rollcall::bench {

class Crowd {
 public:
  // Opens them all. `idle` ones say nothing; `dripping` ones send `drip` over and over, one byte a
  // second each. Of the latter one that the server ends is opened again; with `insists` of all.
  Crowd(int port, size_t idle, size_t dripping, std::string drip = RequestToDrip(),
        bool insists = false);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  static std::string RequestToDrip();

  // How many are open now, as far as this side knows.
  size_t open() const { return open_.load(); }
  uint64_t reopened() const { return reopened_.load(); }

 private:
  struct Member {
    test::RawClient client;
    size_t sent;  // of its request
    bool dripping;
  };

  void Run();
  void Turn(Member& member);
  void Reopen(Member& member);

  const int port_;
  std::vector<Member> members_;  // dripping ones first; the thread's, once it runs
  const size_t dripping_;
  const std::string drip_;
  const bool insists_;
  std::atomic<bool> stop_{false};
  std::atomic<size_t> open_{0};
  std::atomic<uint64_t> reopened_{0};
  std::thread thread_;
};

}  // namespace rollcall::bench
