#include "base/single_flight.h"

#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace rollcall {
namespace {

TEST(SingleFlight, ManyWhoWantTheSameAtOnceCostOneComputation) {
  SingleFlight<int, int> flights;
  std::atomic<int> works{0};
  std::latch begun(1);
  std::latch go_on(1);
  std::vector<int> got(8);
  std::vector<std::jthread> callers;
  callers.emplace_back([&] {
    got[0] = flights.Run(1, [&] {
      begun.count_down();
      go_on.wait();
      return ++works;
    });
  });
  begun.wait();
  // Another key does not wait.
  EXPECT_EQ(flights.Run(2, [] { return 7; }), 7);
  std::latch on_their_way(7);
  for (size_t i = 1; i < got.size(); ++i) {
    callers.emplace_back([&, i] {
      on_their_way.count_down();
      got[i] = flights.Run(1, [&] { return ++works; });
    });
  }
  on_their_way.wait();
  go_on.count_down();
  callers.clear();
  // Who came too late to share the first has a second one, never an own.
  for (const int value : got) EXPECT_LE(value, works);
  EXPECT_EQ(got[0], 1);
  EXPECT_EQ(flights.Run(1, [] { return 9; }), 9);
}

TEST(SingleFlight, AnExceptionReachesAllAndTheNextBeginsAnew) {
  SingleFlight<int, int> flights;
  std::latch begun(1);
  std::latch go_on(1);
  std::atomic<int> failed{0};
  const auto fly = [&](auto work) {
    try {
      flights.Run(1, work);
    } catch (const std::runtime_error&) {
      ++failed;
    }
  };
  {
    std::jthread first([&] {
      fly([&]() -> int {
        begun.count_down();
        go_on.wait();
        throw std::runtime_error("no");
      });
    });
    begun.wait();
    std::jthread second([&] { fly([]() -> int { throw std::runtime_error("no"); }); });
    go_on.count_down();
  }
  EXPECT_EQ(failed, 2);
  EXPECT_EQ(flights.Run(1, [] { return 3; }), 3);
}

}  // namespace
}  // namespace rollcall
