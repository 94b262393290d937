// GET /api/v1/outbox/parked, the overview of a server that counts nothing, and the outbox in
// /metrics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/loopback_server.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

// Refuses all that it is sent.
class ParkedTest : public ServerTest {
 protected:
  ParkedTest() {
    options_.forward.url = receiver_.Url();
    SetTime("2026-03-07 12:00:05");
  }

  test::LoopbackServer receiver_{[](test::Connection& connection, const std::string& head) {
    connection.Receive(std::strtoul(&head[head.find("Content-Length: ") + 16], nullptr, 10));
    connection.Send(test::Answer("400 Bad Request", "not \"this\"\nmore"));
  }};
};

TEST_F(ParkedTest, WhatTheReceiverRefusedIsListedWithItsReason) {
  EXPECT_EQ(Render(private_->Get("/api/v1/outbox/parked")),
            "200 {\"parked\":[],\"reports\":0,\"bytes\":0}\n");
  EXPECT_EQ(Report("c1", "a 1\n"), "200");
  EXPECT_EQ(AwaitMetric("rollcall_outbox_parked_reports", 1), 1);
  const Reply reply = private_->Get("/api/v1/outbox/parked");
  EXPECT_EQ(reply.Header("content-type"), "application/json");
  EXPECT_THAT(reply.body,
              HasSubstr("{\"parked\":[{\"number\":1,\"received_at\":\"2026-03-07T12:00:05Z\","
                        "\"parked_at\":\"2026-03-07T12:00:05Z\",\"fleet\":\"cozystack\","
                        "\"source\":\"c1\",\"status\":400,"
                        "\"reason\":\"HTTP 400: not \\\"this\\\"\",\"bytes\":"));
  EXPECT_EQ(private_->Metric("rollcall_outbox_reports"), 0);
  EXPECT_EQ(private_->Metric("rollcall_outbox_oldest_age_seconds"), 0);
  EXPECT_EQ(public_->Get("/api/v1/outbox/parked").status, 404);
  EXPECT_EQ(private_->Ask("POST", "/api/v1/outbox/parked").status, 405);
}

TEST_F(ParkedTest, TheListGoesOnBehindANumber) {
  EXPECT_EQ(Report("c1", "a 1\n"), "200");
  EXPECT_EQ(Report("c1", "a 2\n"), "200");
  EXPECT_EQ(AwaitMetric("rollcall_outbox_parked_reports", 2), 2);
  EXPECT_THAT(private_->Get("/api/v1/outbox/parked?after=1").body,
              HasSubstr("{\"parked\":[{\"number\":2,"));
  EXPECT_THAT(private_->Get("/api/v1/outbox/parked?after=18446744073709551615").body,
              HasSubstr("{\"parked\":[],\"reports\":2,"));
  for (const char* const after : {"", "x", "-1", "1x", "18446744073709551616"}) {
    EXPECT_EQ(Render(private_->Get(std::string("/api/v1/outbox/parked?after=") + after)),
              "400 {\"error\":\"invalid after parameter\"}\n")
        << after;
  }
}

TEST_F(ParkedTest, WhatIsParkedIsDroppedAfterItsRetention) {
  EXPECT_EQ(Report("c1", "a 1\n"), "200");
  EXPECT_EQ(AwaitMetric("rollcall_outbox_parked_reports", 1), 1);
  SetTime("2026-03-15 12:00:05");
  Restart();
  EXPECT_EQ(AwaitMetric("rollcall_outbox_parked_reports", 0), 0);
}

class NoStoreTest : public ParkedTest {
 protected:
  NoStoreTest() { options_.no_store = true; }
};

TEST_F(NoStoreTest, TheOverviewOfAServerThatCountsNothingSaysThatThereIsNoData) {
  EXPECT_EQ(Report("c1", "cozy_cluster_info 1\n"), "200");
  const Reply reply = public_->Get("/api/overview?year=2026&month=3");
  EXPECT_EQ(Render(reply), "503 {\"error\":\"no telemetry data available\"}\n");
  EXPECT_EQ(reply.Header("access-control-allow-origin"), "*");
  EXPECT_EQ(Overview("year=2026&month=13"), "400 {\"error\":\"invalid month parameter\"}\n");
}

}  // namespace
}  // namespace rollcall::test
