// What becomes of a report, as /metrics counts it and as the store holds it.
#include <gmock/gmock.h>

#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

// The reports so far by what became of them: "full=1 same=2", in the order of the words below.
std::string Outcomes(const Harness& rollcall) {
  std::string text;
  for (const char* const outcome : {"full", "changed", "same", "empty", "refused", "failed"}) {
    const uint64_t count =
        rollcall.Metric(std::string("rollcall_reports_total{outcome=\"") + outcome + "\"}");
    if (count == 0) continue;
    if (!text.empty()) text += ' ';
    text += outcome + ("=" + std::to_string(count));
  }
  return text;
}

size_t RowsOf(Harness& rollcall, storage::Table table) {
  size_t rows = 0;
  storage::Scan scan = rollcall.stores().store().NewScan(table, "", "");
  for (; scan.Valid(); scan.Next()) ++rows;
  return rows;
}

class ReportOutcome : public ::testing::Test {
 protected:
  void Report(const std::string& id, const std::string& body) {
    const Status status = rollcall_.Report(id, body);
    ASSERT_TRUE(status.ok()) << status.message();
  }
  // The same on the minute of 2026-03-07.
  void ReportAt(const std::string& minute, const std::string& id, const std::string& body) {
    rollcall_.SetTime("2026-03-07 " + minute + ":00");
    Report(id, body);
  }
  // The current series of the first source in its month, each followed by a blank.
  std::string Current() {
    const storage::PeaksKey key{Month::FromYearMonth(2026, 3), kFirstFleet, {1}};
    const auto bytes =
        rollcall_.stores().store().Get(storage::Table::kPeaks, storage::EncodeKey(key));
    PeaksRow row;
    EXPECT_TRUE(storage::DecodePeaks(**bytes, row).ok());
    std::string text;
    for (const SeriesPeak& series : row.series) {
      if (series.current) {
        text += FormatLabelSet(*rollcall_.stores().labels().TextOf(series.label_set)) + " ";
      }
    }
    return text;
  }

  Harness rollcall_;
};

TEST_F(ReportOutcome, IsFullThenSameThenChanged) {
  ReportAt("12:00", "c1", "a 1\nb 2\n");
  EXPECT_EQ(Outcomes(rollcall_), "full=1");
  ReportAt("12:15", "c1", "a 1\nb 2\n");
  EXPECT_EQ(Outcomes(rollcall_), "full=1 same=1");
  ReportAt("12:30", "c1", "a 1\nb 3\n");
  EXPECT_EQ(Outcomes(rollcall_), "full=1 changed=1 same=1");
  EXPECT_EQ(rollcall_.Stored("c1"),
            "2026-03-07 12:00:00 a 1, b 2\n"
            "2026-03-07 12:15:00 a 1, b 2\n"
            "2026-03-07 12:30:00 a 1, b 3\n");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportOutcome, AReportWithItsLinesInAnotherOrderIsTheSame) {
  Report("c1", "a{x=\"1\"} 1\nb 2\nc 3\n");
  for (const char* const body :
       {"c 3\na{x=\"1\"} 1\nb 2\n", "b 2\nc 3\na{x=\"1\"} 1\n", "b 2\nc 3\na{x=\"1\"} 1"}) {
    Report("c1", body);
  }
  EXPECT_EQ(Outcomes(rollcall_), "full=1 same=3");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportOutcome, ALineTwiceIsAnotherReport) {
  Report("c1", "a 1\nb 2\n");
  Report("c1", "a 1\nb 2\nb 2\n");
  EXPECT_EQ(Outcomes(rollcall_), "full=1 changed=1");
}

TEST_F(ReportOutcome, TheSameLinesOfAnotherSourceAreItsOwn) {
  Report("c1", "a 1\n");
  Report("c2", "a 1\n");
  EXPECT_EQ(Outcomes(rollcall_), "full=2");
}

TEST_F(ReportOutcome, BodiesThatRepeatNothingAfterAllAreStoredInTheOrderInWhichTheyCame) {
  ReportAt("12:00", "c1", "a 1\n");
  Report("c1", "a 2\n");
  Report("c2", "a 5\n");
  rollcall_.SetTime("2026-03-07 12:15:00");
  for (const Status& status : rollcall_.ReportTogether({{"c1", "a 1\n"},
                                                        {"c1", "a 2\n"},
                                                        {"c1", "a 2\n"},
                                                        {"c2", "a 5\n"},
                                                        {"c1", "a 3\n"},
                                                        {"c1", "a 1\n"}})) {
    EXPECT_TRUE(status.ok()) << status.message();
  }
  EXPECT_EQ(Outcomes(rollcall_), "full=2 changed=5 same=2");
  EXPECT_EQ(rollcall_.Stored("c1"),
            "2026-03-07 12:00:00 a 1\n2026-03-07 12:00:00 a 2\n"
            "2026-03-07 12:15:00 a 1\n2026-03-07 12:15:00 a 2\n2026-03-07 12:15:00 a 2\n"
            "2026-03-07 12:15:00 a 3\n2026-03-07 12:15:00 a 1\n");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportOutcome, ARawNewlineInALabelValueTurnsTheFastPathOff) {
  ReportAt("12:00", "c1", "a{x=\"1\n2\"} 1\nb 2\n");
  ReportAt("12:15", "c1", "a{x=\"1\n2\"} 1\nb 2\n");
  EXPECT_EQ(Outcomes(rollcall_), "full=1 changed=1");
  // The very same lines, and another report: a fingerprint of lines could not tell.
  ReportAt("12:30", "c1", "a{x=\"1\nb 2\n2\"} 1\n");
  EXPECT_EQ(Outcomes(rollcall_), "full=2 changed=1");
  EXPECT_EQ(rollcall_.Stored("c1"),
            "2026-03-07 12:00:00 a{x=\"1\\n2\"} 1, b 2\n"
            "2026-03-07 12:15:00 a{x=\"1\\n2\"} 1, b 2\n"
            "2026-03-07 12:30:00 a{x=\"1\\nb 2\\n2\"} 1\n");
}

TEST_F(ReportOutcome, TwoStreamsOfASourceDoNotDisturbOneAnother) {
  for (int round = 0; round < 4; ++round) {
    Report("c1", "cozy_cluster_info 1\ncozy_nodes_count 3\n");
    Report("c1", "cozy_application_count{kind=\"Tenant\"} 2\n");
  }
  EXPECT_EQ(Outcomes(rollcall_), "full=2 same=6");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportOutcome, StreamsThatShareAMetricSettleWhoseSeriesAreCurrent) {
  const std::string with_a = "m{x=\"a\"} 1\nn 1\n";
  const std::string with_b = "m{x=\"b\"} 1\n";
  for (int round = 0; round < 3; ++round) {
    Report("c1", with_a);
    EXPECT_EQ(Current(), "m{x=\"a\"} n ");
    Report("c1", with_b);
    EXPECT_EQ(Current(), "m{x=\"b\"} n ");
    Report("c1", with_b);
    EXPECT_EQ(Current(), "m{x=\"b\"} n ");
  }
  EXPECT_EQ(Outcomes(rollcall_), "full=2 same=7");
  EXPECT_EQ(rollcall_.Verify(), "");
  rollcall_.Restart();
  Report("c1", with_a);
  EXPECT_EQ(Current(), "m{x=\"a\"} n ");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportOutcome, AStreamInTheSlotOfAnotherIsComparedAnew) {
  ReportAt("12:00", "c1", "old 1\n");
  ReportAt("12:01", "c1", "m{x=\"a\"} 1\n");
  for (unsigned stream = 2; stream < storage::kStreamSlots; ++stream) {
    ReportAt("12:0" + std::to_string(stream), "c1", "stream_" + std::to_string(stream) + " 1\n");
  }
  // Found to share nothing with any of the others.
  ReportAt("12:10", "c1", "m{x=\"a\"} 2\n");
  // Takes the slot of `old`, the longest unused, and shares `m`.
  const std::string newcomer = "m{x=\"c\"} 1\nnew 1\n";
  ReportAt("12:11", "c1", newcomer);
  ReportAt("12:12", "c1", "m{x=\"a\"} 3\n");
  EXPECT_THAT(Current(), HasSubstr("m{x=\"a\"}"));
  ReportAt("12:13", "c1", newcomer);
  EXPECT_THAT(Current(), HasSubstr("m{x=\"c\"}"));
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportOutcome, AHugeReportBetweenSmallOnesIsStoredAsTheyAre) {
  std::string huge;
  constexpr int kSeries = 20'000;
  for (int i = 0; i < kSeries; ++i) huge += "m{n=\"" + std::to_string(i) + "\"} 1\n";
  rollcall_.SetBounds({.series = kSeries, .month_label_sets = 2 * kSeries});
  for (const std::string& body : {std::string("a 1\n"), huge, std::string("a 2\n"), huge}) {
    Report("c1", body);
  }
  EXPECT_EQ(Outcomes(rollcall_), "full=2 changed=1 same=1");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportOutcome, MoreStreamsThanSlotsAreAllStored) {
  std::string want;
  for (int round = 0; round < 3; ++round) {
    for (int stream = 0; stream < 12; ++stream) {
      const int minute = round * 12 + stream;
      char time[16];
      std::snprintf(time, sizeof time, "12:%02d", minute);
      const std::string sample =
          "stream_" + std::to_string(stream) + " " + std::to_string(round / 2);
      ReportAt(time, "c1", sample + "\n");
      want += std::string("2026-03-07 ") + time + ":00 " + sample + "\n";
      if (minute == 17) rollcall_.Restart();
    }
  }
  EXPECT_EQ(rollcall_.Stored("c1"), want);
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportOutcome, ManyStreamsInRandomOrderAreAllStored) {
  std::string want;
  unsigned random = 1;
  UnixSeconds now = At("2026-03-07 01:00:00");
  for (int i = 0; i < 300; ++i) {
    random = random * 1664525 + 1013904223;
    now += std::chrono::seconds(1 + (random >> 24));
    const std::string sample =
        "stream_" + std::to_string((random >> 16) % 11) + " " + std::to_string((random >> 20) % 3);
    rollcall_.SetTime(now);
    Report("c1", sample + "\n");
    std::string time = FormatRfc3339(now);
    time[10] = ' ';
    want += time.substr(0, 19) + " " + sample + "\n";
    if (i % 70 == 69) rollcall_.Restart();
  }
  EXPECT_EQ(rollcall_.Stored("c1"), want);
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportOutcome, AReportWithoutSeriesIsTakenAndNothingIsStored) {
  for (const char* const body : {"", "\n\n", "# HELP a text\n# TYPE a gauge\n", "a NaN\n"}) {
    Report("c1", body);
  }
  EXPECT_EQ(Outcomes(rollcall_), "empty=4");
  for (const storage::Table table :
       {storage::Table::kChunks, storage::Table::kPeaks, storage::Table::kSources,
        storage::Table::kLabels, storage::Table::kTotals}) {
    EXPECT_EQ(RowsOf(rollcall_, table), 0U);
  }
}

TEST_F(ReportOutcome, ABodyThatDoesNotParseIsRefusedAndNothingOfItIsStored) {
  const Status status = rollcall_.Report("c1", "a 1\nb true\n");
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("line 2"));
  EXPECT_EQ(Outcomes(rollcall_), "refused=1");
  for (const storage::Table table : {storage::Table::kChunks, storage::Table::kPeaks,
                                     storage::Table::kSources, storage::Table::kLabels}) {
    EXPECT_EQ(RowsOf(rollcall_, table), 0U);
  }
}

TEST_F(ReportOutcome, ARefusedReportAmongOthersTakesNoneAlong) {
  const auto statuses = rollcall_.ReportTogether(
      {{"c1", "a 1\n"}, {"c2", "a\n"}, {"c3", ""}, {"c1", "a 2\n"}, {"c4", "a 3\n"}});
  std::string codes;
  for (const Status& status : statuses) codes += status.ok() ? "1" : "0";
  EXPECT_EQ(codes, "10111");
  EXPECT_EQ(Outcomes(rollcall_), "full=2 changed=1 empty=1 refused=1");
}

TEST_F(ReportOutcome, WhatTheSenderSaysOfItsIdInLabelsIsDropped) {
  Report("c1", "a{cluster_id=\"someone-else\",x=\"1\"} 1\n");
  Report("c1", "a{x=\"1\"} 1\n");
  EXPECT_EQ(Outcomes(rollcall_), "full=1 changed=1");
  EXPECT_EQ(rollcall_.Stored("c1"),
            "2026-03-01 00:00:00 a{x=\"1\"} 1\n2026-03-01 00:00:00 a{x=\"1\"} 1\n");
}

TEST_F(ReportOutcome, InfiniteValuesAreStoredAndRepeatedInfinitiesAreTheSame) {
  Report("c1", "a +Inf\nb -Inf\n");
  Report("c1", "a +Inf\nb -Inf\n");
  EXPECT_EQ(Outcomes(rollcall_), "full=1 same=1");
  EXPECT_EQ(rollcall_.Stored("c1"),
            "2026-03-01 00:00:00 a inf, b -inf\n2026-03-01 00:00:00 a inf, b -inf\n");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ReportOutcome, LabelSetsThatAreUniqueToASourceAreStoredOnceEach) {
  for (int round = 0; round < 2; ++round) {
    for (int source = 0; source < 200; ++source) {
      const std::string id = "c" + std::to_string(source);
      Report(id, "cozy_workloads_count{uid=\"uid-of-" + id + "\",kind=\"etcd\"} 3\n");
    }
  }
  EXPECT_EQ(Outcomes(rollcall_), "full=200 same=200");
  EXPECT_EQ(rollcall_.stores().labels().size(), 201U);
  EXPECT_EQ(rollcall_.Verify(), "");
  EXPECT_EQ(rollcall_.Stored("c77"),
            "2026-03-01 00:00:00 cozy_workloads_count{kind=\"etcd\",uid=\"uid-of-c77\"} 3\n"
            "2026-03-01 00:00:00 cozy_workloads_count{kind=\"etcd\",uid=\"uid-of-c77\"} 3\n");
}

}  // namespace
}  // namespace rollcall::test
