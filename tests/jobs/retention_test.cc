// How long reports are kept: by the flags, or of a fleet by its declaration.
#include "jobs/retention.h"

#include <gtest/gtest.h>

#include <set>

#include "storage/keys.h"
#include "tests/support/cozystack.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::jobs {
namespace {

class FleetRetentionTest : public ::testing::Test {
 protected:
  // A fleet that says how long its reports are kept.
  void Declare(const std::string& name, const std::string& retention) {
    texts_.push_back(
        {name + ".json",
         R"({"name":")" + name + R"(","about":"x","reports":{"format":"prometheus","path":"/)" +
             name + R"(","id_header":"X-Id"},"counted":{"metric":"up","name":"things"},)" +
             R"("metrics":{"up":{"description":"x"}},"retention":)" + retention + "}"});
  }
  // Reports of all fleets on the 10th of each month.
  void ReportMonthly(const std::string& first, const std::string& last) {
    auto& names = rollcall_.stores().fleets();
    auto set = fleets::FleetSet::Make(
        texts_, [&](const std::string& name) { return names.Assign(name); }, nullptr);
    ASSERT_TRUE(set.ok()) << set.status().message();
    fleets_ = std::move(set).value();
    for (Month month = *Month::Parse(first); month <= *Month::Parse(last); month = month.Plus(1)) {
      rollcall_.SetTime(month.ToString() + "-10");
      for (const auto& fleet : fleets_->all()) {
        std::promise<Status> told;
        rollcall_.ingester().Ingest({fleet->fleet().ref, &fleet->format()},
                                    SourceId::Parse("a").value(), "up 1\n", std::nullopt,
                                    [&](const Status& status) { told.set_value(status); });
        ASSERT_TRUE(told.get_future().get().ok());
      }
    }
  }
  void Apply(const RetentionOptions& flags) {
    const Status status = ApplyRetention(rollcall_.stores(), *fleets_, flags);
    ASSERT_TRUE(status.ok()) << status.message();
  }
  // The months of which a table has rows of a fleet.
  std::string Months(storage::Table table, const std::string& name) {
    std::set<std::string> months;
    storage::Scan scan = rollcall_.stores().store().NewScan(table, "", "");
    for (; scan.Valid(); scan.Next()) {
      const auto key = storage::DecodePeaksKey(scan.key());
      if (key->fleet != rollcall_.stores().fleets().Find(name)) continue;
      const bool is_day = table == storage::Table::kChunks;
      months.insert((is_day ? Month::Of(Day{key->month.number}) : key->month).ToString());
    }
    std::string text;
    for (const std::string& month : months) text += (text.empty() ? "" : " ") + month;
    return text;
  }
  std::string Reports(const std::string& name) { return Months(storage::Table::kChunks, name); }
  std::string Peaks(const std::string& name) { return Months(storage::Table::kPeaks, name); }

  test::Harness rollcall_;
  std::vector<fleets::DeclarationText> texts_;
  std::unique_ptr<const fleets::FleetSet> fleets_;
};

TEST_F(FleetRetentionTest, ADeclarationDecidesForItsFleetAndTheFlagsForTheOthers) {
  Declare("flags", "{}");
  Declare("short", R"({"reports_months":1,"peaks_months":12})");
  Declare("long", R"({"reports_months":4})");
  ReportMonthly("2025-01", "2026-03");
  Apply({.report_months = 2, .peaks_months = 14});
  EXPECT_EQ(Reports("flags"), "2026-02 2026-03");
  EXPECT_EQ(Reports("short"), "2026-03");
  EXPECT_EQ(Reports("long"), "2025-12 2026-01 2026-02 2026-03");
  EXPECT_EQ(Peaks("flags").substr(0, 7), "2025-02");
  EXPECT_EQ(Peaks("short").substr(0, 7), "2025-04");
  EXPECT_EQ(Peaks("long").substr(0, 7), "2025-02");
}

TEST_F(FleetRetentionTest, ForEverIsLongerThanAnyNumberOfMonths) {
  Declare("flags", "{}");
  Declare("all", R"({"reports_months":0})");
  ReportMonthly("2025-10", "2026-03");
  Apply({.report_months = 2});
  EXPECT_EQ(Reports("flags"), "2026-02 2026-03");
  EXPECT_EQ(Reports("all").substr(0, 7), "2025-10");
  Apply({.report_months = 0});
  EXPECT_EQ(Reports("flags"), "2026-02 2026-03");
}

TEST_F(FleetRetentionTest, AFleetThatIsNotDeclaredAnyMoreIsKeptByTheFlags) {
  Declare("gone", R"({"reports_months":0})");
  Declare("here", R"({"reports_months":3})");
  ReportMonthly("2025-10", "2026-03");
  texts_.erase(texts_.begin());
  ReportMonthly("2026-03", "2026-03");
  Apply({.report_months = 2});
  EXPECT_EQ(Reports("gone"), "2026-02 2026-03");
  EXPECT_EQ(Reports("here"), "2026-01 2026-02 2026-03");
}

}  // namespace
}  // namespace rollcall::jobs
