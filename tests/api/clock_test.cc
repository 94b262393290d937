// What a server answers under a clock that is wrong, and how it is told that the clock is right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

class ServerClock : public ServerTest {
 protected:
  std::string Clock() { return Render(private_->Get("/api/v1/clock")); }
  std::string Accept() { return Render(private_->PostBare("", "", "/api/v1/clock/accept")); }
  double HeldBack() { return private_->Metric("rollcall_clock_held_back_seconds"); }
};

TEST_F(ServerClock, NothingIsTakenInUnderAClockThatIsMonthsBehind) {
  SetTime("2026-03-15");
  EXPECT_EQ(Report("a", "cozy_nodes_count 3\n"), "200");
  SetClock("1970-01-01 00:01:00");
  const auto refused = public_->Post("a", "cozy_nodes_count 3\n");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.Header("retry-after"), "60");
  EXPECT_THAT(Render(public_->Get("/readyz")),
              HasSubstr("503 the clock says 1970-01-01T00:01:00Z, "));
  SetClock("2026-03-15 00:15:00");
  EXPECT_EQ(Report("a", "cozy_nodes_count 3\n"), "200");
  EXPECT_EQ(Render(public_->Get("/readyz")), "200 ready\n");
}

TEST_F(ServerClock, AClockThatIsAheadIsToldAndAcceptedByOneRequest) {
  SetTime("2026-03-15");
  EXPECT_EQ(Report("a", "cozy_nodes_count 3\n"), "200");
  EXPECT_EQ(Clock(), "200 the clock says 2026-03-15T00:00:00Z, and the store's time follows it\n");
  SetClock("2026-06-15");
  EXPECT_THAT(Clock(), HasSubstr("92 days after the store's time, 2026-03-15T00:00:00Z: retention "
                                 "waits."));
  EXPECT_EQ(HeldBack(), 92 * 86'400);
  EXPECT_EQ(Render(public_->Get("/readyz")), "200 ready\n");
  EXPECT_EQ(Accept(), "200 the clock says 2026-06-15T00:00:00Z, and the store's time follows it\n");
  EXPECT_EQ(HeldBack(), 0);
  Restart();
  EXPECT_EQ(HeldBack(), 0);
}

TEST_F(ServerClock, AClockThatWasNeverSetCannotBeAccepted) {
  SetClock("1970-01-01 00:01:00");
  EXPECT_EQ(Accept(), "409 accept the clock: it says 1970-01-01T00:01:00Z and was never set\n");
}

TEST_F(ServerClock, TheClockIsNoBusinessOfThePublics) {
  EXPECT_NE(public_->Get("/api/v1/clock").status, 200);
  EXPECT_EQ(public_->PostBare("", "", "/api/v1/clock/accept").status, 404);
}

}  // namespace
}  // namespace rollcall::test
