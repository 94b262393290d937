// A server that is killed while senders post to it.
#pragma once

#include <atomic>
#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/e2e/rollcall_process.h"

namespace rollcall::test {

// Serves a directory, lets each sender post until the server is gone, sender.Post(port, answers),
// which counts and notifies `answers`, and kills it some when during the first few hundred answers,
// and there at any point of a commit.
template <typename Sender>
void KillWhilePosting(const std::string& data_dir, std::vector<std::string> args,
                      std::vector<Sender>& senders, std::mt19937& random) {
  std::atomic<int> answers{0};
  RollcallProcess rollcall(RollcallProcess::Serving(data_dir, std::move(args)));
  std::vector<std::thread> threads;
  for (Sender& sender : senders) {
    threads.emplace_back([&] { sender.Post(rollcall.public_port(), answers); });
  }
  const int enough = static_cast<int>(random() % 300);
  for (int seen = answers; seen < enough; seen = answers) answers.wait(seen);
  std::this_thread::sleep_for(std::chrono::microseconds(random() % 5000));
  rollcall.Kill();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace rollcall::test
