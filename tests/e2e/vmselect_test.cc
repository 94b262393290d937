// rollcall serve in front of a real VictoriaMetrics, and what it leaves for one without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/civil_time.h"
#include "tests/e2e/rollcall_process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/victoria_metrics.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

class VmselectProcessTest : public ::testing::Test {
 protected:
  // The overview of the closed month, from a process with these arguments.
  std::string Overview(const std::vector<std::string>& args) {
    RollcallProcess rollcall(RollcallProcess::Serving(dir_.path() + "/data", args));
    const auto reply = rollcall.Public().Get("/api/overview?year=" + std::to_string(month_.year()) +
                                             "&month=" + std::to_string(month_.month()));
    EXPECT_EQ(rollcall.Stop(), 0);
    return std::to_string(reply.status) + " " + reply.body;
  }

  TempDir dir_;
  const std::string snapshots_ = dir_.path() + "/snapshots";
  const Month month_ = Month::Of(SystemClock().Now()).Plus(-2);
  VictoriaMetrics vm_;
};

TEST_F(VmselectProcessTest, AClosedMonthComesFromVictoriaMetricsThenFromItsSnapshot) {
  const std::string time =
      std::to_string(month_.Start().time_since_epoch().count() * 1000 + 90'000'000) + "\n";
  ASSERT_EQ(vm_.Import("cozy_cluster_info{cluster_id=\"a\"} 1 " + time +
                       "cozy_nodes_count{cluster_id=\"a\"} 7 " + time +
                       "cozy_application_count{cluster_id=\"a\",kind=\"Kafka\"} 2 " + time),
            204);
  vm_.Flush();
  const std::string snapshot_dir = "--snapshot-dir=" + snapshots_;
  const std::string vmselect_url = "--vmselect-url=" + vm_.Url("/prometheus/");

  const std::string first = Overview({vmselect_url, snapshot_dir});
  EXPECT_THAT(first, HasSubstr("200 "));
  EXPECT_THAT(first, HasSubstr("\"clusters\":1,\"total_nodes\":7,\"avg_nodes_per_cluster\":7.0,"));
  EXPECT_THAT(first, HasSubstr("\"Kafka\":2"));
  EXPECT_TRUE(std::filesystem::exists(snapshots_ + "/" + month_.ToString() + ".json"));
  EXPECT_EQ(Overview({vmselect_url, snapshot_dir}), first) << "down to when it was generated";

  vm_.Stop();
  EXPECT_THAT(Overview({vmselect_url}), HasSubstr("503 {\"error\":\"VictoriaMetrics"));
  EXPECT_EQ(Overview({snapshot_dir}), first) << "a store without data has the snapshot";
  EXPECT_EQ(Overview({}), "503 {\"error\":\"no telemetry data available\"}\n");
}

}  // namespace
}  // namespace rollcall::test
