// Queries in PromQL while the store changes under them: reports arrive, history is imported,
// retention deletes, fleets are declared anew. Each answer is of one moment between its question
// and itself, and the next one has what came before it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "jobs/retention.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

constexpr int64_t kHour = 3'600;
constexpr int64_t kDay = 24 * kHour;

int64_t Seconds(const std::string& time) { return At(time).time_since_epoch().count(); }

// How many samples of the two metrics that each report has came within a step, as 100,000 times
// the one and the other: where the two selectors saw two states, the halves are not the same.
std::string BothWithin(const std::string& step) {
  const auto one = [&](const std::string& metric) {
    return "(sum(count_over_time(" + metric + "[" + step + "])) or vector(0))";
  };
  return one("cozy_cluster_info") + " * 100000 + " + one("cozy_nodes_count");
}
constexpr int64_t Both(int64_t count) { return count * 100'000 + count; }

class PromqlMeanwhileTest : public ServerTest {
 protected:
  // The values of a query of one series, by step.
  using Values = std::vector<int64_t>;

  static Values Ask(HttpClient& client, const std::string& query, int64_t start, int64_t end,
                    int64_t step) {
    std::string encoded;
    AppendPercentEncoded(query, encoded);
    const Reply reply =
        client.Get("/api/v1/query_range?query=" + encoded + "&start=" + std::to_string(start) +
                   "&end=" + std::to_string(end) + "&step=" + std::to_string(step));
    EXPECT_EQ(reply.status, 200) << reply.body;
    const auto json = nlohmann::json::parse(reply.body, nullptr, false);
    Values values;
    if (!json.is_object() || !json.contains("data")) return values;
    const auto& result = json["data"]["result"];
    EXPECT_EQ(result.size(), 1U) << reply.body.substr(0, 1'000);
    if (result.size() != 1) return values;
    for (const auto& point : result[0]["values"]) {
      values.push_back(std::stoll(point[1].get<std::string>()));
    }
    EXPECT_EQ(values.size(), static_cast<size_t>((end - start) / step + 1));
    return values;
  }

  // Asks by two clients, each again and again, until `change` returns. Once both were answered,
  // that begins, and they go on for a last time after it.
  void WhileAsked(const std::function<void(HttpClient&)>& ask,
                  const std::function<void()>& change) {
    std::atomic<bool> done{false};
    std::atomic<int> asking{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 2; ++i) {
      clients.emplace_back([&, port = server_->private_port()] {
        HttpClient client(port);
        ask(client);
        ++asking;
        while (!done && !HasFailure()) ask(client);
        ask(client);
      });
    }
    EXPECT_TRUE(Await([&] { return asking == 2 || HasFailure(); }));
    change();
    done = true;
    for (std::thread& client : clients) client.join();
  }

  // Samples of both metrics, a report of each source for each time.
  static std::string History(int sources, const std::vector<int64_t>& times) {
    std::string text;
    for (int source = 0; source < sources; ++source) {
      const std::string id = "{cluster_id=\"h" + std::to_string(source) + "\"} 1 ";
      for (const int64_t time : times) {
        for (const char* const metric : {"cozy_cluster_info", "cozy_nodes_count"}) {
          text += metric + id + std::to_string(time) + "000\n";
        }
      }
    }
    return text;
  }
  void Import(const std::string& text) {
    const Reply reply = private_->PostBare(text, "", "/api/v1/import/prometheus");
    EXPECT_EQ(reply.status, 200) << reply.body;
  }
};

TEST_F(PromqlMeanwhileTest, EachAnswerHasTheFirstSoManyReportsThatArrived) {
  constexpr int kReports = 96;
  const int64_t start = Seconds("2026-03-01 01:00:00");
  const int64_t end = start + (kReports - 1) * kHour;
  std::atomic<int> sent{0};
  std::atomic<int> stored{0};
  // Returns how many an answer has.
  const auto ask = [&](HttpClient& client) {
    const int least = stored;
    const Values values = Ask(client, BothWithin("1h"), start, end, kHour);
    const int most = sent;
    int count = 0;
    while (count < static_cast<int>(values.size()) && values[count] == Both(1)) ++count;
    EXPECT_EQ(Values(values.begin() + count, values.end()), Values(values.size() - count, 0));
    EXPECT_GE(count, least);
    EXPECT_LE(count, most);
    return count;
  };
  SetTime("2026-03-01");
  WhileAsked(ask, [&] {
    for (int i = 0; i < kReports; ++i) {
      const UnixSeconds time(std::chrono::seconds(start + i * kHour));
      clock_.Set(time);
      EXPECT_TRUE(stores_->time().Accept(time).ok());
      ++sent;
      EXPECT_EQ(Report(i % 2 == 0 ? "a" : "b", "cozy_cluster_info 1\ncozy_nodes_count 2\n"), "200");
      ++stored;
      if (i % 8 == 0) {
        EXPECT_EQ(ask(*private_), i + 1);
      }
    }
  });
  EXPECT_EQ(ask(*private_), kReports);
}

// The import changes a day that kept answers have, and the newest one, which they have not.
TEST_F(PromqlMeanwhileTest, EachAnswerHasASourceOfAnImportInAllOfItsDaysOrInNone) {
  constexpr int kSources = 400;
  const int64_t start = Seconds("2026-03-10");
  const int64_t end = Seconds("2026-03-15");
  std::vector<int64_t> times;
  for (int64_t time = start; time <= end; time += kDay) times.push_back(time - kHour);
  SetTime("2026-03-15 12:00:00");
  std::atomic<bool> imported{false};
  const auto ask = [&](HttpClient& client, int64_t& before) {
    const bool is_whole = imported;
    const Values values = Ask(client, BothWithin("1d"), start, end, kDay);
    if (values.empty()) return;
    const int64_t count = values[0] / 100'000;
    EXPECT_EQ(values, Values(values.size(), Both(count)));
    EXPECT_GE(count, before) << "what was there is there still";
    if (is_whole) {
      EXPECT_EQ(count, kSources);
    }
    before = count;
  };
  WhileAsked(
      [&](HttpClient& client) {
        thread_local int64_t before = 0;
        ask(client, before);
      },
      [&] {
        // Reports of the newest day, outside of the steps, so that it alone has changed.
        std::thread reports([&, port = server_->public_port()] {
          HttpClient client(port);
          for (int i = 0; i < 50 && !imported; ++i) {
            EXPECT_EQ(client.Post("live", "cozy_pods_count " + std::to_string(i) + "\n").status,
                      200);
          }
        });
        Import(History(kSources, times));
        imported = true;
        reports.join();
      });
  int64_t before = kSources;
  ask(*private_, before);
}

TEST_F(PromqlMeanwhileTest, EachAnswerHasAllOfAMonthThatRetentionTakesOrNothing) {
  constexpr int kSources = 30;
  constexpr int kMonths = 12;
  const Month last = *Month::Parse("2026-03");
  const Month first = last.Plus(1 - kMonths);
  const int64_t start = first.Start().time_since_epoch().count() + kDay;
  const int64_t end = Seconds("2026-03-15");
  std::vector<int64_t> times;
  for (int64_t time = start; time <= end; time += kDay) times.push_back(time - kDay / 2);
  SetTime("2026-03-15");
  Import(History(kSources, times));
  // How many months are wanted to be there at most and at least.
  std::atomic<int> most{kMonths};
  std::atomic<int> least{kMonths};
  const auto ask = [&](HttpClient& client) {
    const int most_before = most;
    const Values values = Ask(client, BothWithin("1d"), start, end, kDay);
    const int least_after = least;
    // The steps of each month are all there or all gone, and of months the first have gone.
    size_t gone = 0;
    while (gone < values.size() && values[gone] == 0) ++gone;
    EXPECT_EQ(Values(values.begin() + static_cast<int64_t>(gone), values.end()),
              Values(values.size() - gone, Both(kSources)));
    if (gone == values.size()) return;
    const UnixSeconds from(std::chrono::seconds(start + static_cast<int64_t>(gone) * kDay - kDay));
    EXPECT_EQ(from, Month::Of(from).Start());
    const int months = static_cast<int>(last.number - Month::Of(from).number) + 1;
    EXPECT_LE(months, most_before);
    EXPECT_GE(months, least_after);
  };
  WhileAsked(ask, [&] {
    for (int months = kMonths - 1; months > 0; --months) {
      jobs::RetentionOptions options = options_.retention;
      options.report_months = static_cast<unsigned>(months);
      least = months;
      EXPECT_TRUE(jobs::ApplyRetention(*stores_, catalog_.current(), options).ok());
      most = months;
      // What is deleted leaves the disk, too, while queries read it.
      EXPECT_TRUE(stores_->store().Compact().ok());
    }
  });
  ask(*private_);
}

TEST_F(PromqlMeanwhileTest, EachAnswerIsOfTheFleetsDeclaredAtOneMoment) {
  SetTime("2026-03-10 12:00:00");
  const auto declare = [&](const std::vector<std::string>& names) {
    const auto changed = server_->SetFleets(BuiltInFleets(names));
    EXPECT_TRUE(changed.ok() && *changed);
  };
  declare({"cozystack", "coroot"});
  EXPECT_EQ(Report("a", "cozy_cluster_info 1\n"), "200");
  EXPECT_EQ(public_->PostBare(R"({"instance":{"uuid":"u1"}})", "", "/ce/usage-statistics").status,
            200);
  const int64_t start = Seconds("2026-03-10 13:00:00");
  // Of each fleet, in two selectors each.
  const auto query = [](const std::string& metric) {
    return "((count(last_over_time(" + metric + "[1d])) or vector(0)) + (count(max_over_time(" +
           metric + "[1d])) or vector(0)))";
  };
  const auto ask = [&](HttpClient& client) {
    const Values values =
        Ask(client, query("cozy_cluster_info") + " * 100 + " + query("coroot_instance"), start,
            start + 6 * kHour, kHour);
    EXPECT_TRUE(values == Values(7, 202) || values == Values(7, 200))
        << ::testing::PrintToString(values);
    return !values.empty() && values[0] == 202;
  };
  WhileAsked(ask, [&] {
    for (int i = 0; i < 40; ++i) {
      const bool has_both = i % 2 == 1;
      declare(has_both ? std::vector<std::string>{"cozystack", "coroot"}
                       : std::vector<std::string>{"cozystack"});
      EXPECT_EQ(ask(*private_), has_both) << i;
    }
  });
}

}  // namespace
}  // namespace rollcall::test
