// Reports that are large, or larger than they may be, beside those of others.
#include <gmock/gmock.h>

#include <future>

#include "tests/support/intake.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

std::string Series(const std::string& metric, int from, int to) {
  std::string body;
  for (int i = from; i < to; ++i) body += metric + "{l=\"" + std::to_string(i) + "\"} 1\n";
  return body;
}

class BoundedReports : public ::testing::Test {
 protected:
  BoundedReports() {
    ReportBounds bounds;
    bounds.series = 1'000;
    bounds.month_label_sets = 1'500;
    rollcall_.SetBounds(bounds);
    rollcall_.SetTime("2026-03-07 12:00:00");
  }
  uint64_t TooLarge(const std::string& bound) {
    return rollcall_.Metric("rollcall_reports_too_large_total{bound=\"" + bound + "\"}");
  }

  Harness rollcall_;
};

TEST_F(BoundedReports, OneOfTooManySeriesIsRefusedAndNothingOfItIsStored) {
  EXPECT_TRUE(rollcall_.Report("c1", Series("m", 0, 1'000)).ok());
  const uint64_t label_sets = rollcall_.stores().labels().size();
  const Status status = rollcall_.Report("c2", Series("n", 0, 1'001));
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("more than 1000 series (--max-report-series)"));
  EXPECT_EQ(TooLarge("series"), 1U);
  EXPECT_EQ(rollcall_.Metric("rollcall_reports_total{outcome=\"too_large\"}"), 1U);
  EXPECT_EQ(rollcall_.stores().labels().size(), label_sets);
  EXPECT_EQ(rollcall_.stores().sources().size(), 1U);
}

TEST_F(BoundedReports, ASourcesLabelSetsOfAMonthEndAtTheirBound) {
  EXPECT_TRUE(rollcall_.Report("c1", Series("m", 0, 1'000)).ok());
  EXPECT_TRUE(rollcall_.Report("c1", Series("n", 0, 500)).ok());
  const uint64_t label_sets = rollcall_.stores().labels().size();
  const Status status = rollcall_.Report("c1", Series("n", 0, 501));
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("more than 1500 label sets of one source in one month"));
  EXPECT_EQ(TooLarge("month_label_sets"), 1U);
  EXPECT_EQ(rollcall_.stores().labels().size(), label_sets);
  EXPECT_TRUE(rollcall_.Report("c1", Series("m", 0, 999)).ok());
  EXPECT_TRUE(rollcall_.Report("c2", Series("n", 0, 501)).ok());
  rollcall_.SetTime("2026-04-01 00:00:00");
  EXPECT_TRUE(rollcall_.Report("c1", Series("n", 0, 501)).ok());
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(BoundedReports, LargeOnesAreWrittenAfterTheSmallOnesOfOthersAndBeforeTheLaterOfTheirSource) {
  std::vector<std::string> order;
  std::vector<std::future<void>> told;
  {
    const storage::Transaction hold(rollcall_.stores().store());
    const auto ingest = [&](const std::string& id, const std::string& body,
                            const std::string& name) {
      auto done = std::make_shared<std::promise<void>>();
      told.push_back(done->get_future());
      rollcall_.ingester().Ingest(CozystackIntake(), SourceId::Parse(id).value(), body,
                                  std::nullopt, [&order, done, name](const Status& status) {
                                    EXPECT_TRUE(status.ok()) << status.message();
                                    order.push_back(name);
                                    done->set_value();
                                  });
    };
    // The first is what the committer waits with; those behind it are sorted when it is through.
    ingest("c0", "a 1\n", "first");
    ingest("c1", Series("m", 0, 900), "large");
    ingest("c1", "a 1\n", "after the large one");
    ingest("c2", "a 1\n", "small");
  }
  for (std::future<void>& one : told) one.get();
  EXPECT_THAT(order, ::testing::ElementsAre("first", "small", "large", "after the large one"));
  EXPECT_EQ(rollcall_.Verify(), "");
}

}  // namespace
}  // namespace rollcall::test
