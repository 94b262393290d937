// rollcall verify as a process: on a store that agrees with itself, and on stores that do not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>

#include "storage/keys.h"
#include "storage/row_codec.h"
#include "storage/stores.h"
#include "tests/e2e/rollcall_process.h"
#include "tests/support/await.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() {
    RollcallProcess rollcall(RollcallProcess::Serving(dir_.path()));
    // From then on the running month has totals.
    EXPECT_TRUE(Await([&, client = rollcall.Private()]() mutable {
      return client.Metric("rollcall_job_runs_total{job=\"current-windows\",result=\"ok\"}") >= 1;
    }));
    HttpClient client = rollcall.Public();
    for (const char* id : {"a", "b", "c"}) {
      for (const char* nodes : {"1", "3", "2"}) {
        const std::string body =
            "cozy_cluster_info 1\ncozy_nodes_count " + std::string(nodes) + "\n";
        EXPECT_EQ(client.Post(id, body).status, 200);
      }
    }
    EXPECT_EQ(rollcall.Stop(), 0);
  }

  // Changes the first row of a table that `change` wants to change.
  void Tamper(storage::Table table,
              const std::function<bool(std::string_view key, std::string& value)>& change) {
    storage::StoreOptions options;
    options.directory = dir_.path();
    const auto stores = storage::Stores::Open(options);
    ASSERT_TRUE(stores.ok()) << stores.status().message();
    storage::Store& store = (*stores)->store();
    for (storage::Scan scan = store.NewScan(table, "", ""); scan.Valid(); scan.Next()) {
      const std::string key(scan.key());
      std::string value(scan.value());
      if (!change(key, value)) continue;
      storage::Transaction transaction(store);
      value.empty() ? transaction.Delete(table, key) : transaction.Put(table, key, value);
      ASSERT_TRUE(transaction.Commit().ok());
      return;
    }
    FAIL() << "no row to change";
  }
  Finished VerifyIt() { return RunToEnd({"verify", "--data-dir", dir_.path()}); }

  TempDir dir_;
};

TEST_F(VerifyTest, AStoreThatAgreesIsExitCode0WithWhatWasCompared) {
  const Finished run = VerifyIt();
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("1 months of totals (4 rows) against peaks"),
                             HasSubstr("0 periods (0 rows) against peaks and reports, 0 left out"),
                             HasSubstr("3 rows of peaks against 9 reports"),
                             HasSubstr("0 differences\n"), Not(HasSubstr("differs:"))));
}

TEST_F(VerifyTest, ATotalThatIsNotTheSumOfItsPeaksIsNamed) {
  Tamper(storage::Table::kTotals, [](std::string_view, std::string& value) {
    TotalsRow row;
    if (!storage::DecodeTotals(value, row).ok() || row[Span::kMonth].sum.ToInt64() != 9)
      return false;
    row[Span::kMonth].sources = 4;
    value = storage::EncodeTotals(row);
    return true;
  });
  const Finished run = VerifyIt();
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, AllOf(StartsWith("differs: totals "),
                             HasSubstr(" cozy_nodes_count: kept 4 sources sum 9"),
                             HasSubstr("peaks say 3 sources sum 9"), HasSubstr("1 differences\n")));
}

TEST_F(VerifyTest, APeakThatNoReportHadIsNamedAndSoAreTheTotals) {
  // The metric's totals, those of its one label set, and the row itself.
  Tamper(storage::Table::kPeaks, [](std::string_view, std::string& value) {
    PeaksRow row;
    if (!storage::DecodePeaks(value, row).ok()) return false;
    for (SeriesPeak& one : row.series) {
      if (one.peak == 3) one.peak = 4;
    }
    value = storage::EncodePeaks(row);
    return true;
  });
  const Finished run = VerifyIt();
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, AllOf(HasSubstr("differs: peaks "), HasSubstr(" of source 1: "),
                             HasSubstr("differs: totals "), HasSubstr("; 3 differences\n")));
}

TEST_F(VerifyTest, APeaksRowThatIsGoneIsNamed) {
  Tamper(storage::Table::kPeaks, [](std::string_view, std::string& value) {
    value.clear();
    return true;
  });
  const Finished run = VerifyIt();
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, HasSubstr("of source 1: not kept, chunks have reports"));
}

TEST_F(VerifyTest, AChunkThatCannotBeReadIsNamed) {
  Tamper(storage::Table::kChunks, [](std::string_view, std::string& value) {
    value += "\xff\xff\xff";
    return true;
  });
  const Finished run = VerifyIt();
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, AllOf(HasSubstr("differs: chunk "), HasSubstr(" of source 1: ")));
}

TEST_F(VerifyTest, WhereThereIsNoStoreItSaysSoAndMakesNone) {
  const std::string nowhere = dir_.path() + "/nowhere";
  const Finished run = RunToEnd({"verify", "--data-dir", nowhere});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, "rollcall verify: open store " + nowhere + ": there is no store\n");
  EXPECT_FALSE(std::filesystem::exists(nowhere));
}

}  // namespace
}  // namespace rollcall::test
