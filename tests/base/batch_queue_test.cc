#include "base/batch_queue.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace rollcall {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(BatchQueueTest, WhatIsPutInComesOutInOrderABatchAtATime) {
  size_t told = 0;
  BatchQueue<int> queue(100, [&](size_t weight) { told = weight; });
  for (int i = 1; i <= 5; ++i) EXPECT_TRUE(queue.Push(int{i}, 10));
  EXPECT_EQ(told, 50U);
  EXPECT_THAT(queue.Take(25), ElementsAre(1, 2, 3)) << "until it weighs enough";
  EXPECT_EQ(told, 20U);
  EXPECT_EQ(queue.weight(), 20U);
  EXPECT_THAT(queue.Take(1'000), ElementsAre(4, 5));
}

TEST(BatchQueueTest, WhatThereIsNoRoomForIsLeftAsItIs) {
  BatchQueue<std::string> queue(10, [](size_t) {});
  std::vector<std::string> words{"abc", "a long word", "defg", "hijk", "xyz"};
  const auto added = queue.Push(words, [](const std::string& word) { return word.size(); });
  EXPECT_EQ(added.items, 3U);
  EXPECT_EQ(added.weight, 10U) << "10 is within";
  EXPECT_THAT(words, ElementsAre("", "a long word", "", "hijk", ""));
  std::string more = "x";
  EXPECT_FALSE(queue.Push(std::move(more), 1));
  EXPECT_EQ(more, "x");  // NOLINT: it was not moved from
  EXPECT_THAT(queue.Take(1), ElementsAre("abc"));
  EXPECT_TRUE(queue.Push("y", 1));
}

TEST(BatchQueueTest, OnceClosedItGivesOutWhatIsLeftAndThenNothing) {
  BatchQueue<int> queue(100, [](size_t) {});
  EXPECT_TRUE(queue.Push(1, 1));
  queue.Close();
  EXPECT_THAT(queue.Take(1), ElementsAre(1));
  EXPECT_THAT(queue.Take(1), IsEmpty());
  EXPECT_THAT(queue.Take(1), IsEmpty());
}

TEST(BatchQueueTest, EachOfManyThreadsFindsItsItemsTaken) {
  BatchQueue<int> queue(1'000, [](size_t) {});
  std::atomic<int> put{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) put += queue.Push(1, 1) ? 1 : 0;
    });
  }
  int taken = 0;
  std::thread taker([&] {
    for (std::vector<int> items = queue.Take(50); !items.empty(); items = queue.Take(50)) {
      taken += static_cast<int>(items.size());
    }
  });
  for (std::thread& thread : threads) thread.join();
  queue.Close();
  taker.join();
  EXPECT_EQ(taken, put.load());
  EXPECT_GE(taken, 1'000);
}

}  // namespace
}  // namespace rollcall
