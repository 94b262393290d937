// The demo's machines: the views of a store that is filled with their records say what their maker
// knows.
#include "demo/record_fleet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "records/record_stack.h"
#include "records/record_views.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace rollcall::demo {
namespace {

using testing::ElementsAre;

constexpr UnixSeconds kRecordsEnd{std::chrono::seconds(1'773'144'000)};  // 2026-03-10 12:00

class DemoRecordsTest : public ::testing::Test {
 protected:
  DemoRecordsTest() {
    storage::StoreOptions options;
    options.directory = directory_.path();
    auto stores = storage::Stores::Open(options);
    EXPECT_TRUE(stores.ok()) << stores.status().message();
    stores_ = std::move(stores).value();
  }
  Status Fill() {
    return FillWithDemoRecords(*stores_, options_, [] { return false; });
  }

  const DemoRecordOptions options_{1'000, 7, kRecordsEnd};
  const test::TempDir directory_;
  std::unique_ptr<storage::Stores> stores_;
  test::ManualClock clock_{kRecordsEnd};
};

TEST_F(DemoRecordsTest, TheViewsSayWhatTheMakerKnows) {
  ASSERT_TRUE(Fill().ok());
  const DemoRecordTruth truth = MakeDemoRecords(options_).truth;
  records::RecordViews views(*stores_, clock_, {});

  const auto crashes = views.TopCrashes(100, false);
  ASSERT_TRUE(crashes.ok()) << crashes.status().message();
  std::map<CrashFrameName, uint64_t> counted;
  std::map<CrashFrameName, uint32_t> new_in;
  std::map<CrashFrameName, uint32_t> gone_in;
  for (const records::GuiltyCrashes& guilty : (*crashes)->view.guilties) {
    counted[guilty.frame] = guilty.crashes;
    if (guilty.new_in) new_in[guilty.frame] = *guilty.new_in;
    if (guilty.gone_in) gone_in[guilty.frame] = *guilty.gone_in;
  }
  EXPECT_EQ(counted, truth.crashes);
  EXPECT_EQ(new_in, truth.new_in);
  EXPECT_EQ(gone_in, truth.gone_in);
  EXPECT_EQ(counted.size(), 6u);

  const auto population = views.MachinePopulation();
  ASSERT_TRUE(population.ok());
  const records::PopulationEstimate& estimate = (*population)->view.estimates[1];
  EXPECT_NEAR(static_cast<double>(estimate.internal), truth.internal_machines,
              0.05 * truth.internal_machines);
  EXPECT_NEAR(static_cast<double>(estimate.external), truth.external_machines,
              0.05 * truth.external_machines);

  const auto checks = views.ChecksOfYear(10);
  ASSERT_TRUE(checks.ok());
  EXPECT_EQ((*checks)->view.records, truth.machine_checks);
  EXPECT_GT(truth.machine_checks, 100u);

  const auto spikes = views.SpikesOfToday();
  ASSERT_TRUE(spikes.ok());
  ASSERT_EQ((*spikes)->view.spikes.size(), 1u);
  EXPECT_EQ((*spikes)->view.spikes[0].classification, truth.spike);
}

TEST_F(DemoRecordsTest, AStoreThatHasRecordsIsLeftAsItIs) {
  ASSERT_TRUE(Fill().ok());
  const uint64_t count = stores_->records().count();
  ASSERT_TRUE(Fill().ok());
  EXPECT_EQ(stores_->records().count(), count);
  EXPECT_EQ(count, MakeDemoRecords(options_).records.size());
}

TEST(DemoRecordFleetTest, TheSameOptionsMakeTheSameFleetAndAnotherSeedAnother) {
  const DemoRecordOptions options{20, 3, kRecordsEnd};
  const DemoRecords one = MakeDemoRecords(options);
  EXPECT_EQ(one.records, MakeDemoRecords(options).records);
  EXPECT_NE(one.records, MakeDemoRecords({20, 4, kRecordsEnd}).records);
  for (size_t i = 0; i < one.records.size(); ++i) {
    const Record& record = one.records[i];
    EXPECT_LE(record.reception, kRecordsEnd);
    EXPECT_GT(record.reception, kRecordsEnd - kDemoRecordDays - std::chrono::days(1));
    EXPECT_EQ(record.machine_id.size(), 32u);
    EXPECT_GE(record.reception, one.records[i == 0 ? 0 : i - 1].reception);
  }
}

TEST(DemoRecordFleetTest, AStopEndsTheFilling) {
  const test::TempDir directory;
  storage::StoreOptions options;
  options.directory = directory.path();
  auto stores = storage::Stores::Open(options);
  ASSERT_TRUE(stores.ok());
  EXPECT_EQ(FillWithDemoRecords(**stores, {5, 1, kRecordsEnd}, [] { return true; }).code(),
            Code::kUnavailable);
}

}  // namespace
}  // namespace rollcall::demo
