// Stores that earlier versions made: each opens as it is, with all that was in it, and goes on.
// They are kept in tests/testdata/stores, one for each format, made by the last program that wrote
// it: an import of history.txt, overviews and tallies of it, then reports that were forwarded, and
// a kill.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include "counts/period_tallies.h"
#include "storage/keys.h"
#include "tests/counts/oracle.h"
#include "tests/support/file_tree.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

namespace fs = std::filesystem;

const std::string kStores = ROLLCALL_TESTDATA "/stores/";

// The reports of history.txt, by nothing but its lines.
Oracle HistoryOracle() {
  std::map<std::pair<std::string, int64_t>, Oracle::RawReport> reports;
  const std::regex line_of(R"re((\w+)\{(.*)\} (\d+) (\d+))re");
  const std::regex label_of(R"re((\w+)="([^"]*)")re");
  std::ifstream file(kStores + "history.txt");
  for (std::string line; std::getline(file, line);) {
    std::smatch parts;
    EXPECT_TRUE(std::regex_match(line, parts, line_of)) << line;
    Oracle::Series series{parts[1], {}, std::stod(parts[3])};
    std::string id;
    const std::string labels = parts[2];
    for (std::sregex_iterator at(labels.begin(), labels.end(), label_of), end; at != end; ++at) {
      (*at)[1] == "cluster_id" ? id = (*at)[2] : series.labels[(*at)[1]] = (*at)[2];
    }
    const int64_t second = std::stoll(parts[4]) / 1000;
    Oracle::RawReport& report = reports[{id, second}];
    report.id = id;
    report.time = UnixSeconds(std::chrono::seconds(second));
    report.series.push_back(series);
  }
  Oracle oracle;
  for (auto& [_, report] : reports) oracle.Add(report);
  return oracle;
}

class EarlierFormatsTest : public ::testing::TestWithParam<uint64_t> {
 protected:
  EarlierFormatsTest() {
    rollcall_.SetTime("2026-11-27");
    rollcall_.Close();
    for (const auto& entry : fs::directory_iterator(rollcall_.directory())) {
      fs::remove_all(entry.path());
    }
    const std::string unpack = "tar -xzf " + kStores + "format-" + std::to_string(GetParam()) +
                               ".tar.gz -C " + rollcall_.directory();
    EXPECT_EQ(std::system(unpack.c_str()), 0);
  }
  // Verify's differences of the store, opened to be read alone.
  std::string VerifyAsItIs() const {
    storage::StoreOptions options;
    options.directory = rollcall_.directory();
    options.read_only = true;
    const auto stores = storage::Stores::Open(options);
    if (!stores.ok()) return stores.status().message();
    std::string text;
    const auto report = counts::Verify(**stores, {CozystackFleet()}, [](uint64_t, uint64_t) {});
    for (const std::string& example : report.examples) text += example + "\n";
    EXPECT_EQ(report.reports, 120U + 6U);
    EXPECT_GT(report.windows, 0U);
    EXPECT_GT(report.periods, 0U);
    return text;
  }

  Harness rollcall_;
};

TEST_P(EarlierFormatsTest, IsReadAsItIsAndUnchanged) {
  const auto before = Contents(rollcall_.directory());
  EXPECT_EQ(VerifyAsItIs(), "");
  EXPECT_TRUE(Contents(rollcall_.directory()) == before);
}

TEST_P(EarlierFormatsTest, OpensWithAllThatWasInItAndGoesOn) {
  rollcall_.Open();
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_EQ(*rollcall_.stores().store().GetNumber("format_version"), storage::kFormatVersion);
  EXPECT_EQ(rollcall_.Verify(), "");
  const Oracle oracle = HistoryOracle();
  for (Month month = *Month::Parse("2025-11"); month <= *Month::Parse("2026-04");
       month = month.Plus(1)) {
    // Without the names that a closed month lists at 0.
    EXPECT_EQ(std::regex_replace(rollcall_.OverviewAt(month), std::regex(" [a-z-]+=0"), ""),
              oracle.Overview(month))
        << month.ToString();
  }
  EXPECT_EQ(rollcall_.stores().outbox().size().reports, 6U);
  // What came last was in the log alone.
  const std::string live = rollcall_.Overview("2026-11");
  EXPECT_NE(live.find("month clusters=2 total_nodes=3/3"), std::string::npos) << live;

  rollcall_.SetTime("2026-11-27 10:00:00");
  ASSERT_TRUE(rollcall_.Report("live2", "cozy_cluster_info 1\ncozy_nodes_count 5\n").ok());
  ASSERT_TRUE(rollcall_.Report("new", "cozy_cluster_info 1\ncozy_nodes_count 1\n").ok());
  EXPECT_NE(rollcall_.Overview("2026-11").find("month clusters=3 total_nodes=6/6"),
            std::string::npos);
  rollcall_.Restart();
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_P(EarlierFormatsTest, GetsColumnsOfEachClosedDayThatHasReports) {
  rollcall_.Open();
  ASSERT_FALSE(HasFatalFailure());
  rollcall_.SetTime("2026-11-27 10:00:00");
  const storage::Store& store = rollcall_.stores().store();
  counts::PeriodTallies tallies(rollcall_.stores(), rollcall_.clock(), rollcall_.registry());
  ASSERT_TRUE(tallies.Refresh(CozystackFleet(), std::chrono::minutes(5), std::stop_token()).ok());
  std::set<Day> days;
  storage::Scan scan = store.NewScan(storage::Table::kChunks, "", "");
  for (; scan.Valid(); scan.Next()) days.insert(storage::DecodeChunkKey(scan.key())->day);
  size_t closed = 0;
  for (const Day day : days) {
    const auto rows = storage::PeriodRows::Read(store, {Period::Of(day), kFirstFleet});
    ASSERT_TRUE(rows.ok());
    if (day < Day::Of(rollcall_.clock().Now())) {
      ASSERT_TRUE(rows->has_value()) << day.ToString();
      EXPECT_TRUE(*(*rows)->HasColumns()) << day.ToString();
      ++closed;
    } else {
      EXPECT_FALSE(rows->has_value()) << day.ToString();
    }
  }
  EXPECT_GE(closed, 15U) << "those of history.txt";
  EXPECT_EQ(rollcall_.Verify(), "");
}

INSTANTIATE_TEST_SUITE_P(OfEachFormat, EarlierFormatsTest,
                         ::testing::Range(storage::kOldestFormatVersion,
                                          storage::kFormatVersion + 1));

}  // namespace
}  // namespace rollcall::test
