// Sources that answer, hang, fail and clash: each has its samples, and none disturbs another.
#include "hosts/scraper.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "base/pause.h"
#include "tests/hosts/hosts_fixture.h"
#include "tests/support/await.h"

namespace rollcall::hosts {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Counts, and lets others wait for a count.
class Tally {
 public:
  void Add() {
    count_.fetch_add(1);
    count_.notify_all();
  }
  int value() const { return count_.load(); }
  void Await(int wanted) const {
    for (int seen = count_.load(); seen < wanted; seen = count_.load()) count_.wait(seen);
  }

 private:
  std::atomic<int> count_{0};
};

class ScraperTest : public test::HostsTest {
 protected:
  // A source that has these hosts, each with as many requests as reads before.
  static Source Having(const std::string& name, std::vector<std::string> hosts, Tally& reads) {
    return {name, [hosts, &reads](std::stop_token) -> Result<CountersByHost> {
              CountersByHost counters;
              for (const std::string& host : hosts) {
                counters[host] = {static_cast<double>(reads.value()), 0, 5, {}, 2};
              }
              reads.Add();
              return counters;
            }};
  }
  static Source Hanging(const std::string& name, Tally& reads) {
    return {name, [&reads](std::stop_token stop) -> Result<CountersByHost> {
              reads.Add();
              PauseFor(hours(1), stop);
              return Status::Unavailable("stopped");
            }};
  }
  std::unique_ptr<Scraper> Start(std::vector<Source> sources, milliseconds interval) {
    return std::make_unique<Scraper>(std::move(sources), interval, *writer_, clock_, registry_);
  }
  uint64_t Scrapes(const std::string& target, const std::string& result) {
    return registry_
        .GetCounter("rollcall_scrapes_total", "", {{"target", target}, {"result", result}})
        .value();
  }
};

TEST_F(ScraperTest, EachHostHasASampleFromTheStartOn) {
  Tally reads;
  auto scraper = Start({Having("edge", {"a", "b"}, reads)}, hours(1));
  // A stop leaves out what was read and not handed on yet.
  EXPECT_TRUE(test::Await([&] { return Scrapes("edge", "ok") == 1; }));
  scraper.reset();
  writer_.reset();
  EXPECT_THAT(Names(), ElementsAre("a", "b"));
  EXPECT_THAT(Stored("a"), ElementsAre(HostSample{test::kNoon, 0, 5, 0, 2}));
  EXPECT_EQ(reads.value(), 1);
}

TEST_F(ScraperTest, ASourceIsReadOncePerInterval) {
  Tally reads;
  const auto start = std::chrono::steady_clock::now();
  auto scraper = Start({Having("edge", {"a"}, reads)}, milliseconds(20));
  reads.Await(6);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 5 * milliseconds(20));
  scraper.reset();
  EXPECT_GE(Scrapes("edge", "ok"), 5U);
}

TEST_F(ScraperTest, OneThatHangsDelaysNoOther) {
  Tally hung;
  Tally reads[2];
  auto scraper = Start({Hanging("first", hung), Having("a", {"a"}, reads[0]),
                        Hanging("middle", hung), Having("b", {"b"}, reads[1])},
                       milliseconds(10));
  hung.Await(2);
  reads[0].Await(20);
  reads[1].Await(20);
  EXPECT_EQ(hung.value(), 2) << "they still hang";
  scraper.reset();
  writer_.reset();
  EXPECT_THAT(Names(), ElementsAre("a", "b"));
  EXPECT_EQ(Scrapes("first", "ok"), 0U);
}

TEST_F(ScraperTest, TheEndWaitsForNoneThatHangs) {
  Tally hung;
  auto scraper = Start({Hanging("edge", hung)}, milliseconds(10));
  hung.Await(1);
  scraper.reset();
  EXPECT_EQ(Scrapes("edge", "error"), 0U) << "a stop says nothing about a target";
}

TEST_F(ScraperTest, FailuresAreCountedAndTriedAgain) {
  Tally failed;
  Tally threw;
  const Source failing{"failing", [&](std::stop_token) -> Result<CountersByHost> {
                         failed.Add();
                         return Status::Unavailable("no answer");
                       }};
  const Source throwing{"throwing", [&](std::stop_token) -> Result<CountersByHost> {
                          threw.Add();
                          throw std::runtime_error("out of luck");
                        }};
  auto scraper = Start({failing, throwing}, milliseconds(5));
  failed.Await(4);
  threw.Await(4);
  scraper.reset();
  EXPECT_GE(Scrapes("failing", "error"), 3U);
  EXPECT_GE(Scrapes("throwing", "error"), 3U);
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(ScraperTest, RollcallIsAHostWithItsOwnRequests) {
  registry_.GetCounter("rollcall_http_requests_total", "", {{"route", "a"}, {"code", "200"}})
      .Add(90);
  registry_.GetCounter("rollcall_http_requests_total", "", {{"route", "b"}, {"code", "503"}})
      .Add(10);
  registry_
      .GetHistogram("rollcall_http_request_duration_seconds", "",
                    metrics::Histogram::LatencyBuckets(), {{"route", "a"}})
      .Observe(0.003);
  const auto own = OwnSource(registry_, stores_->store()).read({});
  ASSERT_TRUE(own.ok()) << own.status().message();
  ASSERT_EQ(own->size(), 1U);
  const HostCounters& counters = own->at("rollcall");
  EXPECT_EQ(counters.requests, 100);
  EXPECT_EQ(counters.errors, 10);
  EXPECT_EQ(counters.active_backends, 1U);
  EXPECT_EQ(counters.latency_buckets.at(0.0025), 0);
  EXPECT_EQ(counters.latency_buckets.at(0.005), 1);
}

TEST_F(ScraperTest, RollcallsBackendIsNotActiveWhileTheStoreCannotBeWritten) {
  Open(uint64_t{1} << 60);
  ASSERT_TRUE(writer_->Submit({Of("a", {{test::kNoon, 1, 0, 0, 0}})}, nullptr).ok());
  writer_.reset();
  EXPECT_EQ(Count("failed"), 1U);
  const auto own = OwnSource(registry_, stores_->store()).read({});
  ASSERT_TRUE(own.ok());
  EXPECT_EQ(own->at("rollcall").active_backends, 0U);
}

TEST(HostOwnersTest, AHostIsThatOfTheSourceThatStandsFirst) {
  HostOwners owners;
  EXPECT_THAT(owners.Claim(1, {{"a", {}}, {"b", {}}}), IsEmpty());
  EXPECT_THAT(owners.Claim(2, {{"b", {}}, {"c", {}}}), ElementsAre("b"));
  EXPECT_THAT(owners.Claim(0, {{"a", {}}, {"c", {}}}), IsEmpty()) << "it takes over";
  EXPECT_THAT(owners.Claim(1, {{"a", {}}, {"b", {}}}), ElementsAre("a"));
  EXPECT_THAT(owners.Claim(2, {{"b", {}}, {"c", {}}}), UnorderedElementsAre("b", "c"));
}

TEST(HostOwnersTest, WhatASourceNoLongerHasIsFree) {
  HostOwners owners;
  EXPECT_THAT(owners.Claim(0, {{"a", {}}}), IsEmpty());
  EXPECT_THAT(owners.Claim(1, {{"a", {}}}), ElementsAre("a"));
  EXPECT_THAT(owners.Claim(0, {}), IsEmpty());
  EXPECT_THAT(owners.Claim(1, {{"a", {}}}), IsEmpty());
}

TEST_F(ScraperTest, TwoTargetsWithOneHostDoNotMix) {
  Tally reads[2];
  auto scraper = Start({Having("one", {"a"}, reads[0]), Having("two", {"a", "b"}, reads[1])},
                       milliseconds(10));
  reads[0].Await(3);
  reads[1].Await(reads[1].value() + 3);
  scraper.reset();
  writer_.reset();
  EXPECT_THAT(Names(), ElementsAre("a", "a@two", "b"));
}

}  // namespace
}  // namespace rollcall::hosts
