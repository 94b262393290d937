// The engine against functions that look at each sample of each window, on random histories; and
// what does not change an answer, and what ends a query.
#include "query/promql/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <stop_token>
#include <thread>

#include "query/promql/parser.h"
#include "tests/query/promql/memory_source.h"

namespace rollcall::promql::test {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr Steps kSteps{0, 600 * kMinute, 7 * kMinute};

using Points = std::vector<Point>;

// Values that mostly stay as they are, at times with gaps; some are NaN.
Points RandomPoints(std::mt19937& random) {
  Points points;
  double value = 5;
  for (int64_t time = -100 * kMinute; time < 600 * kMinute; time += kMinute) {
    if (random() % 5 == 0) time += static_cast<int64_t>(random() % 20) * kMinute;
    if (random() % 4 == 0) value = static_cast<double>(random() % 1000) / 8;
    points.push_back({time + static_cast<int64_t>(random() % 60'000), value});
    if (random() % 100 == 0) points.back().value = std::numeric_limits<double>::quiet_NaN();
  }
  return points;
}

class EngineTest : public testing::Test {
 protected:
  void Fill(size_t series) {
    for (size_t i = 0; i < series; ++i) {
      Labels labels(
          {{"__name__", "x"}, {"i", std::to_string(i)}, {"parity", i % 2 == 0 ? "even" : "odd"}});
      points_.push_back(RandomPoints(random_));
      source_.Add(labels, points_.back());
    }
  }

  // "{i="0"} 420=1.5 840=2": seconds and values.
  std::string Ask(const std::string& text, unsigned threads, const Limits& limits = {},
                  std::stop_token stop = {}) {
    const Result<ExprPtr> expr = ParseExpr(text);
    if (!expr.ok()) return expr.status().message();
    Budget budget(limits, std::move(stop));
    Engine engine(source_, threads);
    Query query{**expr, kSteps, true, std::nullopt, text};
    const Result<QueryResult> result = engine.Evaluate(query, budget);
    if (!result.ok()) return result.status().message();
    std::string rendered;
    for (const ResultSeries& series : result->series) {
      rendered += series.labels.ToString();
      for (const Point& point : series.points) rendered += Rendered(point.time, point.value);
      rendered += "\n";
    }
    return rendered;
  }

  // What `of` makes of the samples in each window of `range`, of all series.
  std::string Expected(int64_t range, const std::function<double(const Points&)>& of) const {
    std::string rendered;
    for (size_t i = 0; i < points_.size(); ++i) {
      std::string values;
      for (size_t step = 0; step < kSteps.count(); ++step) {
        const int64_t end = kSteps.At(step);
        Points window;
        for (const Point& p : points_[i]) {
          if (p.time > end - range && p.time <= end) window.push_back(p);
        }
        if (!window.empty()) values += Rendered(end, of(window));
      }
      if (!values.empty()) {
        rendered += "{i=\"" + std::to_string(i) + "\", parity=\"" + (i % 2 == 0 ? "even" : "odd") +
                    "\"}" + values + "\n";
      }
    }
    return rendered;
  }

  static std::string Rendered(int64_t time, double value) {
    char text[64];
    std::snprintf(text, sizeof(text), " %lld=%.9g", static_cast<long long>(time / 1000),
                  std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value);
    return text;
  }

  std::mt19937 random_{15};
  MemorySource source_;
  std::vector<Points> points_;
};

double MaxOf(const Points& points) {
  double max = std::numeric_limits<double>::quiet_NaN();
  for (const Point& p : points) {
    if (std::isnan(max) || p.value > max) max = p.value;
  }
  return max;
}

double MinOf(const Points& points) {
  double min = std::numeric_limits<double>::quiet_NaN();
  for (const Point& p : points) {
    if (std::isnan(min) || p.value < min) min = p.value;
  }
  return min;
}

double SumOf(const Points& points) {
  long double sum = 0;
  for (const Point& p : points) sum += p.value;
  return static_cast<double>(sum);
}

double VarianceOf(const Points& points) {
  const long double mean = SumOf(points) / static_cast<long double>(points.size());
  long double squares = 0;
  for (const Point& p : points) squares += (p.value - mean) * (p.value - mean);
  return static_cast<double>(squares / static_cast<long double>(points.size()));
}

double BordersOf(const Points& points, const std::function<bool(double, double)>& counts) {
  double count = 0;
  for (size_t i = 1; i < points.size(); ++i) {
    if (counts(points[i - 1].value, points[i].value)) ++count;
  }
  return count;
}

TEST_F(EngineTest, RangeFunctionsGiveWhatALookAtEachSampleGives) {
  Fill(7);
  for (const int64_t minutes : {1, 10, 90}) {
    SCOPED_TRACE(minutes);
    const auto ask = [&](const std::string& function) {
      return Ask(function + "(x[" + std::to_string(minutes) + "m])", 2);
    };
    const auto expected = [&](const std::function<double(const Points&)>& of) {
      return Expected(minutes * kMinute, of);
    };
    EXPECT_EQ(ask("max_over_time"), expected(MaxOf));
    EXPECT_EQ(ask("min_over_time"), expected(MinOf));
    EXPECT_EQ(ask("sum_over_time"), expected(SumOf));
    EXPECT_EQ(ask("avg_over_time"), expected([](const Points& points) {
                return SumOf(points) / static_cast<double>(points.size());
              }));
    EXPECT_EQ(ask("count_over_time"),
              expected([](const Points& points) { return static_cast<double>(points.size()); }));
    EXPECT_EQ(ask("changes"), expected([](const Points& points) {
                return BordersOf(points, [](double a, double b) {
                  return a != b && !(std::isnan(a) && std::isnan(b));
                });
              }));
    EXPECT_EQ(ask("resets"), expected([](const Points& points) {
                return BordersOf(points, [](double a, double b) { return b < a; });
              }));
    // Rounded, since the two sum up in different orders, and at no value that there can be: values
    // are eighths, and no window has 125 samples.
    EXPECT_EQ(
        Ask("round(stdvar_over_time(x[" + std::to_string(minutes) + "m]) + 0.00017, 0.001)", 2),
        expected([](const Points& points) {
          return std::floor((VarianceOf(points) + 0.00017) * (1 / 0.001) + 0.5) / (1 / 0.001);
        }));
  }
}

TEST_F(EngineTest, AnAnswerIsTheSameHoweverManyThreadsWork) {
  Fill(40);
  for (const char* const query :
       {"sum(x)", "avg by (parity) (x)", "stddev(x)", "topk(3, x)", "quantile(0.4, x)",
        "count_values(\"v\", round(x, 50))", "sum by (parity) (rate(x[30m]))", "x * 2 > 7",
        "count(count by (i) (x))", "absent(x > 1e9)", "max_over_time(sum(x)[30m:3m])"}) {
    SCOPED_TRACE(query);
    const std::string alone = Ask(query, 1);
    EXPECT_NE(alone.find('='), std::string::npos) << alone;
    EXPECT_EQ(Ask(query, 2), alone);
    EXPECT_EQ(Ask(query, 4), alone);
  }
}

TEST_F(EngineTest, LimitsEndAQueryAndNameTheirOptions) {
  Fill(10);
  const auto names = [](const std::string& error, const std::string& option) {
    return error.find(option) != std::string::npos ? "" : error;
  };
  Limits samples;
  samples.samples = 100;
  EXPECT_EQ(names(Ask("sum(x)", 2, samples), "--query-max-samples"), "");
  Limits series;
  series.series = 9;
  EXPECT_EQ(names(Ask("sum(x)", 2, series), "--query-max-series"), "");
  Limits memory;
  memory.memory_bytes = 5'000;
  EXPECT_EQ(names(Ask("x", 2, memory), "--query-max-memory"), "");
  Limits time;
  time.time = std::chrono::milliseconds(-1);
  EXPECT_EQ(names(Ask("1 + 1", 2, time), "--query-timeout"), "");
}

TEST_F(EngineTest, ASubqueryWithoutMeasureEndsByALimitBeforeItsInstantsAreMade) {
  Fill(1);
  const std::string error = Ask("max_over_time(x[10y:1ms])", 2);
  EXPECT_NE(error.find("--query-max-"), std::string::npos) << error;
}

TEST_F(EngineTest, InstantsAtTheEndsOfTimeHaveNoSamples) {
  Fill(1);
  EXPECT_EQ(Ask("max_over_time(x[1h:1m] @ -9200000000000)", 2), "");
  EXPECT_EQ(Ask("max_over_time(x[1h:1m] @ 9200000000000)", 2), "");
  EXPECT_EQ(Ask("x @ -9200000000000 or rate(x[1h] @ 9200000000000)", 2), "");
}

TEST_F(EngineTest, AQueryThatIsStoppedEnds) {
  Fill(1);
  std::stop_source stop;
  stop.request_stop();
  const std::string error = Ask("sum(x)", 2, {}, stop.get_token());
  EXPECT_EQ(error.find('='), std::string::npos) << error;
}

}  // namespace
}  // namespace rollcall::promql::test
