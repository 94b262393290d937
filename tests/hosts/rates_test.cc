// From counters to samples, with numbers that a person can check.
#include "hosts/rates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace rollcall::hosts {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::ElementsAre;

constexpr UnixSeconds kWall{seconds(1'772'884'800)};

class RatesTest : public ::testing::Test {
 protected:
  // The sample of host "a", whose counters are read `later` after those before.
  HostSample After(seconds later, const HostCounters& counters) {
    now_ += later;
    const auto samples = rates_.Advance({{"a", counters}}, now_, kWall);
    EXPECT_EQ(samples.size(), 1U);
    EXPECT_EQ(samples[0].host.text(), "a");
    EXPECT_EQ(samples[0].samples.size(), 1U);
    EXPECT_EQ(samples[0].samples[0].time, kWall);
    return samples[0].samples[0];
  }

  Rates rates_;
  steady_clock::time_point now_{seconds(1'000)};
};

TEST_F(RatesTest, TheFirstSampleHasNoRateYet) {
  const HostSample first = After(seconds(0), {1'000'000, 500, 12.5, {}, 3});
  EXPECT_EQ(first, (HostSample{kWall, 0, 12.5, 0, 3}));
}

TEST_F(RatesTest, RatesAreDifferencesOverTheTimeThatPassed) {
  After(seconds(0), {1'000, 10, 5, {}, 3});
  EXPECT_EQ(After(seconds(60), {1'600, 16, 6, {}, 2}), (HostSample{kWall, 10, 6, 1, 2}));
  EXPECT_EQ(After(seconds(30), {1'600, 16, 7, {}, 2}), (HostSample{kWall, 0, 7, 0, 2}));
  // After an outage the rate is that of all of it.
  EXPECT_EQ(After(seconds(600), {2'200, 316, 8, {}, 1}), (HostSample{kWall, 1, 8, 50, 1}));
}

TEST_F(RatesTest, NumbersAreRoundedToThousandths) {
  After(seconds(0), {0, 0, 0, {}, 0});
  EXPECT_EQ(After(seconds(60), {100, 1, 1.23456, {}, 0}), (HostSample{kWall, 1.667, 1.235, 1, 0}));
  EXPECT_EQ(After(seconds(60), {103, 2, 0.0004, {}, 0}), (HostSample{kWall, 0.05, 0, 33.333, 0}));
}

TEST_F(RatesTest, ACounterThatWentBackCountsAsOneThatStoodStill) {
  After(seconds(0), {1'000, 100, 5, {}, 3});
  EXPECT_EQ(After(seconds(60), {60, 3, 5, {}, 3}), (HostSample{kWall, 0, 5, 0, 3}));
  EXPECT_EQ(After(seconds(60), {120, 9, 5, {}, 3}), (HostSample{kWall, 1, 5, 10, 3}));
  EXPECT_EQ(After(seconds(60), {240, 1, 5, {}, 3}), (HostSample{kWall, 2, 5, 0, 3}))
      << "only the errors went back";
}

TEST_F(RatesTest, MoreErrorsThanRequestsAreAllOfThem) {
  After(seconds(0), {10, 0, 0, {}, 1});
  EXPECT_EQ(After(seconds(10), {20, 500, 0, {}, 1}).error_rate, 100);
}

TEST_F(RatesTest, AHostThatWasAwayBeginsAnew) {
  After(seconds(0), {1'000, 0, 0, {}, 1});
  EXPECT_TRUE(rates_.Advance({}, now_ + seconds(60), kWall).empty());
  now_ += seconds(60);
  EXPECT_EQ(After(seconds(60), {9'000, 0, 0, {}, 1}).requests_sec, 0);
  EXPECT_EQ(After(seconds(60), {9'600, 0, 0, {}, 1}).requests_sec, 10);
}

TEST_F(RatesTest, WhatIsNoNameIsLeftOut) {
  const auto samples =
      rates_.Advance({{"", {}}, {"a b", {}}, {std::string(254, 'a'), {}}, {"ok", {}}}, now_, kWall);
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples[0].host.text(), "ok");
}

TEST_F(RatesTest, AHistogramGivesThePercentileOfWhatCameSince) {
  HostCounters counters{1'000, 0, 0, {{0.1, 1'000}, {0.5, 1'000}, {HUGE_VAL, 1'000}}, 1};
  EXPECT_EQ(After(seconds(0), counters).p99_ms, 0) << "nothing is known to have come yet";
  counters.requests += 100;
  // 90 of 100 below 0.1 s, the rest from there to 0.5 s: the 99th is the 9th of these 10.
  counters.latency_buckets = {{0.1, 1'090}, {0.5, 1'100}, {HUGE_VAL, 1'100}};
  EXPECT_EQ(After(seconds(60), counters).p99_ms, 460);
  EXPECT_EQ(After(seconds(60), counters).p99_ms, 0) << "nothing came";
}

TEST(P99Seconds, IsThatOfTheBucketItFallsInto) {
  EXPECT_EQ(P99Seconds({}, {}), 0);
  EXPECT_EQ(P99Seconds({}, {{HUGE_VAL, 5}}), 0) << "no bound to tell by";
  EXPECT_DOUBLE_EQ(P99Seconds({}, {{1, 100}, {HUGE_VAL, 100}}), 0.99);
  EXPECT_DOUBLE_EQ(P99Seconds({}, {{1, 0}, {2, 100}, {HUGE_VAL, 100}}), 1.99);
  EXPECT_EQ(P99Seconds({}, {{1, 0}, {2, 98}, {HUGE_VAL, 100}}), 2) << "over the last bound";
  EXPECT_EQ(P99Seconds({{1, 50}, {HUGE_VAL, 60}}, {{1, 40}, {HUGE_VAL, 80}}), 0) << "went back";
  EXPECT_DOUBLE_EQ(P99Seconds({{1, 100}}, {{1, 100}, {2, 200}, {HUGE_VAL, 200}}), 1.99)
      << "a bucket that is new";
}

// Counted by hand from single requests.
TEST(P99Seconds, IsWithinTheBucketOfTheTruePercentile) {
  std::mt19937 random(7);
  const std::vector<double> bounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  for (int round = 0; round < 200; ++round) {
    std::exponential_distribution<double> latency(1.0 / (0.002 * (1 << random() % 10)));
    std::vector<double> all;
    for (auto i = random() % 2'000 + 1; i > 0; --i) all.push_back(latency(random));
    std::map<double, double> buckets;
    for (const double bound : bounds) {
      buckets[bound] = static_cast<double>(
          std::count_if(all.begin(), all.end(), [&](double v) { return v <= bound; }));
    }
    buckets[HUGE_VAL] = static_cast<double>(all.size());
    std::sort(all.begin(), all.end());
    const double truth =
        all[static_cast<size_t>(std::ceil(0.99 * static_cast<double>(all.size()))) - 1];
    const auto above = std::lower_bound(bounds.begin(), bounds.end(), truth);
    const double p99 = P99Seconds({}, buckets);
    if (above == bounds.end()) {
      EXPECT_EQ(p99, 10);
    } else {
      EXPECT_LE(p99, *above);
      EXPECT_GE(p99, above == bounds.begin() ? 0 : *(above - 1));
    }
  }
}

}  // namespace
}  // namespace rollcall::hosts
