#include "tests/bench/trickle.h"

#include <chrono>

#include "demo/random.h"
#include "tests/bench/history.h"
#include "tests/support/http_client.h"

namespace rollcall::bench {

Trickle::Trickle(int port, uint32_t sources, unsigned per_second,
                 const std::vector<StreamReport>& reports)
    : port_(port), sources_(sources), per_second_(per_second), reports_(reports), thread_([this] {
        Run();
      }) {}

Trickle::~Trickle() {
  stop_ = true;
  thread_.join();
}

void Trickle::Run() {
  test::HttpClient client(port_);
  demo::DemoRandom random(7);
  const auto pause = std::chrono::microseconds(1'000'000 / per_second_);
  for (auto due = std::chrono::steady_clock::now(); !stop_; due += pause) {
    std::this_thread::sleep_until(due);
    const StreamReport& report = reports_[random.Below(static_cast<uint32_t>(reports_.size()))];
    const int status = client.Post(HistorySource(random.Below(sources_)), report.Body()).status;
    ++(status == 200 ? taken_ : failed_);
  }
}

}  // namespace rollcall::bench
