// Which reports are put into the outbox: each that was accepted, once, whichever way it went
// through ingest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/pack.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

class IngestOutboxTest : public ::testing::Test {
 protected:
  // "12:00:00.250 c1 body", a line each, oldest first.
  std::string Outbox() {
    std::string text;
    const Status status = harness_.stores().outbox().ReadOldest(
        [&](const storage::Outbox::Item&, std::string_view value) {
          storage::OutboxRow row;
          EXPECT_TRUE(storage::DecodeOutboxRow(value, row).ok());
          EXPECT_EQ(row.fleet, kFirstFleet);
          const auto body = UnpackBody(row.packed_body, 1 << 20);
          EXPECT_TRUE(body.ok());
          const auto seconds = std::chrono::floor<std::chrono::seconds>(row.received);
          char milliseconds[8];
          std::snprintf(milliseconds, sizeof milliseconds, ".%03d",
                        static_cast<int>((row.received - seconds).count()));
          text += FormatRfc3339(seconds).substr(11, 8) + milliseconds + " " +
                  std::string(row.source_id) + " " + body.value();
          return true;
        });
    EXPECT_TRUE(status.ok()) << status.message();
    return text;
  }
  uint64_t Reports() { return harness_.stores().outbox().size().reports; }

  Harness harness_;
};

TEST_F(IngestOutboxTest, ItIsEmptyWhereNothingIsForwarded) {
  EXPECT_TRUE(harness_.Report("c1", "a 1\n").ok());
  EXPECT_EQ(Reports(), 0U);
}

TEST_F(IngestOutboxTest, EachAcceptedReportIsInItWithItsTimeAndItsVeryLines) {
  harness_.Forward(true);
  harness_.SetTime("2026-03-07 12:00:05");
  EXPECT_TRUE(harness_.Report("c1", "b 2\na 1\n").ok());
  EXPECT_TRUE(harness_.Report("c2", "a 1\n").ok());
  EXPECT_EQ(Outbox(), "12:00:05.000 c1 b 2\na 1\n12:00:05.000 c2 a 1\n");
  EXPECT_EQ(harness_.Stored("c1"), "2026-03-07 12:00:05 a 1, b 2\n");
  EXPECT_EQ(Outbox(), "12:00:05.000 c1 b 2\na 1\n12:00:05.000 c2 a 1\n");
}

TEST_F(IngestOutboxTest, AReportThatRepeatsTheLastOneIsInItAgain) {
  harness_.Forward(true);
  harness_.SetTime("2026-03-07 12:00:05");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(harness_.Report("c1", "a 1\n").ok());
  EXPECT_EQ(harness_.Metric("rollcall_reports_total{outcome=\"same\"}"), 2U);
  EXPECT_EQ(Outbox(), "12:00:05.000 c1 a 1\n12:00:05.000 c1 a 1\n12:00:05.000 c1 a 1\n");
  for (const Status& status :
       harness_.ReportTogether({{"c1", "a 1\n"}, {"c1", "a 2\n"}, {"c1", "a 1\n"}})) {
    EXPECT_TRUE(status.ok());
  }
  EXPECT_EQ(Reports(), 6U);
}

TEST_F(IngestOutboxTest, WhatIsRefusedOrEmptyIsNotInIt) {
  for (const bool store : {true, false}) {
    harness_.Forward(store);
    EXPECT_EQ(harness_.Report("c1", "a 1\nb\n").code(), Code::kInvalidArgument);
    EXPECT_TRUE(harness_.Report("c1", "").ok());
    EXPECT_TRUE(harness_.Report("c1", "# nothing\na NaN\n").ok());
    EXPECT_EQ(Reports(), 0U);
  }
}

TEST_F(IngestOutboxTest, WithoutAStoreItIsAllThatIsWritten) {
  harness_.Forward(false);
  harness_.SetTime("2026-03-07 12:00:05");
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(harness_.Report("c1", "cozy_cluster_info 1\n").ok());
  EXPECT_EQ(Reports(), 2U);
  EXPECT_EQ(harness_.Metric("rollcall_reports_total{outcome=\"forward_only\"}"), 2U);
  EXPECT_EQ(harness_.stores().sources().size(), 0U);
  EXPECT_EQ(harness_.stores().labels().size(), 0U);
  EXPECT_EQ(harness_.Stored("c1"), "");
}

}  // namespace
}  // namespace rollcall::test
