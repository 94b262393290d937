// That nobody waits for the writer, and that what it says is so.
#include "hosts/sample_writer.h"

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "storage/transaction.h"
#include "tests/hosts/hosts_fixture.h"

namespace rollcall::hosts {
namespace {

using std::chrono::seconds;
using test::kNoon;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr HostSample kSample{kNoon, 120.5, 12.25, 0.5, 3};

class SampleWriterTest : public test::HostsTest {
 protected:
  // Submits, and returns what became of it.
  Status Write(std::vector<HostSamples> hosts) {
    std::promise<Status> told;
    const Status queued =
        writer_->Submit(std::move(hosts), [&](const Status& status) { told.set_value(status); });
    return queued.ok() ? told.get_future().get() : queued;
  }
  Status Write(HostSamples samples) { return Write(std::vector{std::move(samples)}); }
};

TEST_F(SampleWriterTest, WhatIsToldToBeStoredIs) {
  ASSERT_TRUE(Write(Of("a", {kSample})).ok());
  EXPECT_THAT(Stored("a"), ElementsAre(kSample));
  EXPECT_EQ(Count("stored"), 1U);
}

TEST_F(SampleWriterTest, NobodyWaitsWhileTheStoreIsBusy) {
  std::atomic<int> told{0};
  {
    const storage::Transaction busy(stores_->store());
    for (int i = 0; i < 1'000; ++i) {
      ASSERT_TRUE(writer_
                      ->Submit({Of("a", {{kNoon + seconds(i), 1, 0, 0, 0}})},
                               [&](const Status& status) {
                                 EXPECT_TRUE(status.ok());
                                 told.fetch_add(1);
                                 told.notify_all();
                               })
                      .ok());
    }
    EXPECT_EQ(told.load(), 0);
  }
  for (int seen = told.load(); seen < 1'000; seen = told.load()) told.wait(seen);
  EXPECT_EQ(Stored("a").size(), 1'000U);
}

TEST_F(SampleWriterTest, WhatIsQueuedAtTheEndIsStored) {
  std::thread end;
  {
    const storage::Transaction busy(stores_->store());
    for (int i = 0; i < 500; ++i) {
      std::vector<HostSamples> hosts;
      hosts.push_back(Of("h" + std::to_string(i), {kSample}));
      hosts.push_back(Of("all", {{kNoon + seconds(i), 1, 0, 0, 0}}));
      EXPECT_EQ(writer_->Submit(std::move(hosts)), 0U);
    }
    end = std::thread([this] { writer_.reset(); });
  }
  end.join();
  EXPECT_EQ(Names().size(), 501U);
  EXPECT_EQ(Stored("all").size(), 500U);
  Open();
  EXPECT_THAT(Stored("h499"), ElementsAre(kSample)) << "on disk";
}

TEST_F(SampleWriterTest, AFullQueueTakesNoMoreAndSaysSo) {
  const std::vector<HostSample> many(SampleWriter::kMaxQueuedSamples / 10, kSample);
  size_t taken = 0;
  {
    const storage::Transaction busy(stores_->store());
    Status status;
    // Some the thread may have taken out already.
    for (; status.ok() && taken < 30; taken += status.ok() ? 1 : 0) {
      status = writer_->Submit({Of("a", many)}, nullptr);
    }
    EXPECT_EQ(status.code(), Code::kUnavailable);
    EXPECT_THAT(status.message(), HasSubstr("samples of hosts are queued"));
    EXPECT_GE(taken, 10U);
    std::vector<HostSamples> hosts;
    hosts.push_back(Of("b", many));
    EXPECT_EQ(writer_->Submit(std::move(hosts)), 1U);
  }
  writer_.reset();
  EXPECT_EQ(Count("stored"), taken * many.size());
  EXPECT_EQ(Count("dropped"), 2 * many.size());
  EXPECT_THAT(Names(), ElementsAre("a"));
}

TEST_F(SampleWriterTest, OneHostTooManyIsRefusedAndTheOthersAreStored) {
  max_hosts_ = 2;
  StartWriter();
  ASSERT_TRUE(Write(Of("a", {kSample})).ok());
  std::vector<HostSamples> hosts;
  for (const char* const host : {"b", "c", "a", "d"}) {
    hosts.push_back(Of(host, {{kNoon + seconds(60), 1, 0, 0, 0}}));
  }
  EXPECT_EQ(writer_->Submit(std::move(hosts)), 0U);
  EXPECT_EQ(Write(Of("e", {kSample})).code(), Code::kFailedPrecondition);
  EXPECT_THAT(Names(), ElementsAre("a", "b"));
  EXPECT_EQ(Stored("a").size(), 2U);
  EXPECT_EQ(Count("refused"), 3U);
}

TEST_F(SampleWriterTest, HostsOfOnePushAreToldTogetherAndOfThoseTooManyNothingIsStored) {
  max_hosts_ = 2;
  StartWriter();
  ASSERT_TRUE(Write({Of("a", {kSample}), Of("b", {kSample})}).ok());
  const HostSample next{kNoon + seconds(60), 1, 0, 0, 0};
  EXPECT_EQ(Write({Of("c", {next}), Of("a", {next})}).code(), Code::kFailedPrecondition);
  EXPECT_THAT(Names(), ElementsAre("a", "b"));
  EXPECT_THAT(Stored("a"), ElementsAre(kSample, next));
  EXPECT_EQ(Count("stored"), 3U);
  EXPECT_EQ(Count("refused"), 1U);
}

TEST_F(SampleWriterTest, WithoutRoomOnTheDiskNothingIsStoredAndItIsTold) {
  Open(uint64_t{1} << 60);
  const Status status = Write(Of("a", {kSample}));
  EXPECT_EQ(status.code(), Code::kUnavailable) << status.message();
  EXPECT_THAT(Names(), IsEmpty());
  EXPECT_EQ(Count("failed"), 1U);
  Open();
  EXPECT_THAT(Stored("a"), IsEmpty());
}

TEST_F(SampleWriterTest, AClockThatWasNeverSetDatesNothing) {
  clock_.Set(UnixSeconds(seconds(100'000)));
  const Status status = Write(Of("a", {{clock_.Now(), 1, 0, 0, 0}}));
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("was never set"));
  EXPECT_THAT(Names(), IsEmpty());
}

}  // namespace
}  // namespace rollcall::hosts
