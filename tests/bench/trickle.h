// A thin, steady stream of reports with changing values into a server, beside what a bench
// measures.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "tests/bench/requests.h"

namespace rollcall::bench {

// From construction to destruction. One connection, as many reports a second as asked for, each
// from another of the history's sources.
class Trickle {
 public:
  Trickle(int port, uint32_t sources, unsigned per_second,
          const std::vector<StreamReport>& reports);
  ~Trickle();
  Trickle(const Trickle&) = delete;
  Trickle& operator=(const Trickle&) = delete;

  // How many were answered with something else than 200.
  uint64_t failed() const { return failed_.load(); }
  uint64_t taken() const { return taken_.load(); }

 private:
  void Run();

  const int port_;
  const uint32_t sources_;
  const unsigned per_second_;
  const std::vector<StreamReport>& reports_;
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> failed_{0};
  std::atomic<uint64_t> taken_{0};
  std::thread thread_;  // last: it uses the rest
};

}  // namespace rollcall::bench
