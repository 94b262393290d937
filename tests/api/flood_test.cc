// What becomes of floods: strangers who bring too much at once wait, and whoever is known goes on.
#include <gmock/gmock.h>

#include <chrono>
#include <string>

#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

class FloodTest : public ServerTest {
 protected:
  FloodTest() { options_.front.trusted_proxies = "127.0.0.1"; }
  void SetUp() override {}  // each test sets its limits first

  // Posts a report from an address: "200", or "429 60 why".
  std::string ReportFrom(const std::string& address, const std::string& id,
                         const std::string& body) {
    return Shown(public_->Post(id, body, "X-Forwarded-For: " + address + "\r\n"));
  }
  static std::string Shown(const Reply& reply) {
    std::string shown = std::to_string(reply.status);
    if (const std::string after = reply.Header("retry-after"); !after.empty()) shown += " " + after;
    return shown + (reply.body.empty() ? "" : " " + reply.body);
  }
  double Limited(const std::string& limit) {
    return private_->Metric("rollcall_reports_limited_total{limit=\"" + limit + "\"}");
  }

  ingest::FloodOptions& flood() { return options_.ingester.flood; }
  static constexpr const char* kOne = "cozy_cluster_info 1\n";
};

TEST_F(FloodTest, ASenderHasSoManyRequestsAndOthersHaveTheirs) {
  options_.sender_limits = {.requests_per_minute = 5, .requests_per_day = 7};
  Start();
  const auto get = [this](const std::string& address) {
    return Shown(public_->Get("/robots.txt",
                              address.empty() ? "" : "X-Forwarded-For: " + address + "\r\n"))
        .substr(0, 6);
  };
  // A fifth of a minute per request, less what has passed since the first of them.
  const auto begin = std::chrono::steady_clock::now();
  const auto expect_refusal = [&](const std::string& shown, const char* why) {
    ASSERT_EQ(shown.substr(0, 4), "429 ") << why;
    const std::chrono::seconds wait(std::stoi(shown.substr(4)));
    EXPECT_LE(wait, std::chrono::seconds(12)) << why;
    EXPECT_GE(wait, std::chrono::seconds(12) - (std::chrono::steady_clock::now() - begin)) << why;
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(get("2001:db8::1"), "200 Us");
  expect_refusal(get("2001:db8::2"), "of the same /64");
  expect_refusal(ReportFrom("2001:db8::1", "a", kOne), "whatever it asks");
  EXPECT_EQ(get("2001:db8:0:1::1"), "200 Us");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(get(""), "200 Us") << "this machine itself";
  EXPECT_EQ(private_->Metric("rollcall_requests_limited_total{limit=\"requests_minute\"}"), 2);
}

TEST_F(FloodTest, NewSourcesWaitAndKnownOnesGoOn) {
  flood().new_sources_per_minute = 3;
  Start();
  for (const char* id : {"a", "b", "c"}) EXPECT_EQ(ReportFrom("198.51.100.7", id, kOne), "200");
  EXPECT_EQ(ReportFrom("198.51.100.7", "d", kOne),
            "429 60 The report is not taken now: too many new sources came from this address "
            "within a minute\n");
  EXPECT_EQ(ReportFrom("198.51.100.7", "a", kOne), "200") << "it is known";
  EXPECT_EQ(ReportFrom("198.51.100.7", "b", "cozy_nodes_count 2\n"), "200");
  EXPECT_EQ(ReportFrom("198.51.100.8", "d", kOne), "200") << "another address";
  EXPECT_EQ(ReportFrom("198.51.100.7", "d", kOne), "200") << "and now it is known";
  EXPECT_EQ(ReportFrom("198.51.100.7", "e", kOne).substr(0, 3), "429");
  EXPECT_EQ(Report("e", kOne), "200") << "from this machine itself";
  EXPECT_EQ(private_->Metric("rollcall_sources"), 5) << "nothing is left of those that wait";
  EXPECT_EQ(Limited("new_sources_minute"), 2);
  EXPECT_EQ(private_->Metric("rollcall_reports_total{outcome=\"limited\"}"), 2);
  // A restart forgets who sent how much, and no source.
  Restart();
  EXPECT_EQ(ReportFrom("198.51.100.7", "c", kOne), "200");
  EXPECT_EQ(ReportFrom("198.51.100.7", "f", kOne), "200");
}

TEST_F(FloodTest, ADayHasItsLimitToo) {
  flood().new_sources_per_day = 2;
  Start();
  for (const char* id : {"a", "b"}) EXPECT_EQ(ReportFrom("198.51.100.7", id, kOne), "200");
  EXPECT_THAT(ReportFrom("198.51.100.7", "c", kOne), HasSubstr("within a day"));
  EXPECT_EQ(Limited("new_sources_day"), 1);
}

TEST_F(FloodTest, ASourceThatSendsAllTheTimeWaits) {
  flood().source_reports_per_minute = 4;
  Start();
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(ReportFrom("198.51.100.7", "a", "cozy_nodes_count " + std::to_string(i) + "\n"),
              "200");
  }
  EXPECT_THAT(ReportFrom("198.51.100.9", "a", kOne), HasSubstr("429 60")) << "from anywhere";
  EXPECT_EQ(ReportFrom("198.51.100.7", "b", kOne), "200");
  EXPECT_EQ(Limited("source_reports_minute"), 1);
}

TEST_F(FloodTest, NewLabelSetsWaitAndKnownOnesGoOn) {
  flood().new_label_sets_per_report = 3;
  flood().new_label_sets_per_day = 5;
  Start();
  const auto kinds = [](int from, int count) {
    std::string body;
    for (int i = from; i < from + count; ++i) {
      body += "cozy_application_count{kind=\"k" + std::to_string(i) + "\"} 1\n";
    }
    return body;
  };
  EXPECT_EQ(ReportFrom("198.51.100.7", "a", kinds(0, 3)), "200");
  EXPECT_THAT(ReportFrom("198.51.100.7", "a", kinds(10, 4)), HasSubstr("new here"));
  EXPECT_EQ(ReportFrom("198.51.100.7", "b", kinds(0, 4)), "200") << "three of them are known";
  EXPECT_THAT(ReportFrom("198.51.100.8", "c", kinds(20, 2)), HasSubstr("within a day"))
      << "it is the fleet's limit";
  EXPECT_EQ(ReportFrom("198.51.100.8", "c", kinds(0, 4)), "200") << "what is known goes on";
  EXPECT_EQ(ReportFrom("198.51.100.8", "c", kinds(3, 2)), "200") << "one more has room";
  EXPECT_THAT(ReportFrom("198.51.100.8", "c", kinds(30, 1)), HasSubstr("within a day"));
  EXPECT_EQ(private_->Metric("rollcall_label_sets"), 6) << "k0 to k4, and the metric's name";
  EXPECT_EQ(Limited("new_label_sets_report"), 1);
  EXPECT_EQ(Limited("new_label_sets_day"), 2);
}

TEST_F(FloodTest, TheStoreTakesSoManyLabelSetsInAll) {
  flood().label_sets = 2;
  Start();
  EXPECT_EQ(ReportFrom("198.51.100.7", "a", "cozy_cluster_info 1\ncozy_nodes_count 1\n"), "200");
  EXPECT_THAT(ReportFrom("198.51.100.7", "a", "cozy_pvs_count 1\n"), HasSubstr("no more"));
  EXPECT_EQ(ReportFrom("198.51.100.7", "b", "cozy_nodes_count 7\n"), "200");
  EXPECT_EQ(Limited("label_sets"), 1);
}

TEST_F(FloodTest, WithoutLimitsNothingWaits) {
  flood() = {0, 0, 0, 0, 0, 0};
  options_.sender_limits = {0, 0};
  Start();
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(ReportFrom("198.51.100.7", "c" + std::to_string(i % 150), kOne), "200");
  }
}

}  // namespace
}  // namespace rollcall::test
