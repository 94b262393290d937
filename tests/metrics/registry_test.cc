#include "metrics/registry.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <thread>

namespace rollcall::metrics {
namespace {

using ::testing::HasSubstr;

TEST(Registry, WritesNothingWhereNothingIsRegistered) { EXPECT_EQ(Registry().WriteText(), ""); }

TEST(Registry, WritesEachFamilyOnceWithHelpAndTypeSortedByName) {
  Registry registry;
  registry.GetGauge("b_length", "How long").Set(-3);
  registry.GetCounter("a_total", "How many", {{"outcome", "same"}}).Add(2);
  registry.GetCounter("a_total", "How many", {{"outcome", "full"}}).Add();
  EXPECT_EQ(registry.WriteText(),
            "# HELP a_total How many\n"
            "# TYPE a_total counter\n"
            "a_total{outcome=\"full\"} 1\n"
            "a_total{outcome=\"same\"} 2\n"
            "# HELP b_length How long\n"
            "# TYPE b_length gauge\n"
            "b_length -3\n");
}

TEST(Registry, TheSameNameAndLabelsAreTheSameInstrument) {
  Registry registry;
  Counter& first = registry.GetCounter("a_total", "x", {{"l", "1"}});
  EXPECT_EQ(&registry.GetCounter("a_total", "x", {{"l", "1"}}), &first);
  EXPECT_NE(&registry.GetCounter("a_total", "x", {{"l", "2"}}), &first);
  first.Add(5);
  EXPECT_EQ(registry.GetCounter("a_total", "x", {{"l", "1"}}).value(), 5U);
}

TEST(Registry, LabelsComeInTheOrderGiven) {
  Registry registry;
  registry.GetCounter("a_total", "x", {{"route", "/"}, {"code", "200"}}).Add();
  EXPECT_THAT(registry.WriteText(), HasSubstr("a_total{route=\"/\",code=\"200\"} 1\n"));
}

TEST(Registry, LabelValuesCannotLeaveTheirQuotes) {
  Registry registry;
  registry.GetCounter("a_total", "x", {{"l", "a\"} 1\nb\\"}}).Add();
  EXPECT_THAT(registry.WriteText(), HasSubstr("a_total{l=\"a\\\"} 1\\nb\\\\\"} 1\n"));
}

TEST(Registry, AHistogramsBoundsAreInclusiveAndItsBucketsCumulative) {
  Registry registry;
  Histogram& histogram = registry.GetHistogram("h_seconds", "Time", {0.5, 1, 10});
  for (const double v : {0.25, 0.5, 0.75, 1.0, 9.5, 11.0}) histogram.Observe(v);
  EXPECT_EQ(registry.WriteText(),
            "# HELP h_seconds Time\n"
            "# TYPE h_seconds histogram\n"
            "h_seconds_bucket{le=\"0.5\"} 2\n"
            "h_seconds_bucket{le=\"1\"} 4\n"
            "h_seconds_bucket{le=\"10\"} 5\n"
            "h_seconds_bucket{le=\"+Inf\"} 6\n"
            "h_seconds_sum 23\n"
            "h_seconds_count 6\n");
}

TEST(Registry, AHistogramsOwnLabelsStandBeforeTheBound) {
  Registry registry;
  registry.GetHistogram("h", "x", {1}, {{"route", "/"}}).Observe(2);
  EXPECT_THAT(registry.WriteText(), HasSubstr("h_bucket{route=\"/\",le=\"1\"} 0\n"
                                              "h_bucket{route=\"/\",le=\"+Inf\"} 1\n"
                                              "h_sum{route=\"/\"} 2\n"
                                              "h_count{route=\"/\"} 1\n"));
}

TEST(Registry, LatencyBucketsAscend) {
  const std::vector<double> buckets = Histogram::LatencyBuckets();
  EXPECT_EQ(buckets.front(), 0.00005);
  EXPECT_EQ(buckets.back(), 10);
  for (size_t i = 1; i < buckets.size(); ++i) EXPECT_LT(buckets[i - 1], buckets[i]);
}

TEST(Registry, AsksACallbackEachTimeTheTextIsWritten) {
  Registry registry;
  int asked = 0;
  registry.AddCallback("size_bytes", "How large", [&asked] {
    ++asked;
    return std::vector<Registry::Reading>{{{{"table", "a"}}, 1.0 * asked}, {{{"table", "b"}}, 0.5}};
  });
  EXPECT_EQ(registry.WriteText(),
            "# HELP size_bytes How large\n"
            "# TYPE size_bytes gauge\n"
            "size_bytes{table=\"a\"} 1\n"
            "size_bytes{table=\"b\"} 0.5\n");
  EXPECT_THAT(registry.WriteText(), HasSubstr("size_bytes{table=\"a\"} 2\n"));
}

TEST(Registry, NumbersAreReadBackAsTheyWere) {
  Registry registry;
  const double values[] = {0.1, 1e300, 1.0 / 3, -5e-324, 9007199254740993.0};
  registry.AddCallback("v", "x", [&values] {
    std::vector<Registry::Reading> readings;
    for (const double v : values) readings.push_back({{}, v});
    return readings;
  });
  const std::string text = registry.WriteText();
  EXPECT_THAT(text, HasSubstr("v 0.1\n"));
  size_t at = text.find("gauge\n") + 6;
  for (const double want : values) {
    const size_t end = text.find('\n', at);
    EXPECT_EQ(std::strtod(text.substr(at + 2, end - at - 2).c_str(), nullptr), want);
    at = end + 1;
  }
}

TEST(Registry, WhatIsNoNumberIsWrittenAsTheFormatSaysIt) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Registry registry;
  registry.AddCallback("v", "x", [] {
    return std::vector<Registry::Reading>{{{}, kInfinity}, {{}, -kInfinity}, {{}, std::nan("")}};
  });
  EXPECT_THAT(registry.WriteText(), HasSubstr("v +Inf\nv -Inf\nv NaN\n"));
}

TEST(Registry, CountsWhatManyThreadsAddAndIsReadMeanwhile) {
  Registry registry;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&registry] {
      for (int i = 0; i < 2000; ++i) {
        registry.GetCounter("a_total", "x", {{"l", std::to_string(i % 3)}}).Add();
        registry.GetGauge("g", "x").Add(i % 2 == 0 ? 1 : -1);
        registry.GetHistogram("h", "x", {1}).Observe(1);
      }
    });
  }
  for (int i = 0; i < 20; ++i) EXPECT_THAT(registry.WriteText() + "#", HasSubstr("#"));
  for (std::thread& thread : threads) thread.join();
  const std::string text = registry.WriteText();
  EXPECT_THAT(text, HasSubstr("a_total{l=\"0\"} 2668\n"
                              "a_total{l=\"1\"} 2668\n"
                              "a_total{l=\"2\"} 2664\n"));
  EXPECT_THAT(text, HasSubstr("g 0\n"));
  EXPECT_THAT(text, HasSubstr("h_bucket{le=\"1\"} 8000\n"));
  EXPECT_THAT(text, HasSubstr("h_sum 8000\n"));
}

TEST(RegistryDeathTest, ANameOfTwoKindsIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Registry registry;
  registry.GetCounter("a", "x");
  EXPECT_DEATH(registry.GetGauge("a", "x"), "");
}

}  // namespace
}  // namespace rollcall::metrics
