#include <gtest/gtest.h>

#include "tests/support/cozystack.h"

namespace rollcall {
namespace {

// api/README.md, "Contract".
TEST(CozystackFleet, CountsWhatTheContractSays) {
  const Fleet& fleet = CozystackFleet();
  EXPECT_EQ(fleet.ref, kFirstFleet);
  EXPECT_EQ(fleet.name, "cozystack");
  EXPECT_EQ(fleet.counted_metric, "cozy_cluster_info");
  EXPECT_EQ(fleet.counted_name, "clusters");
}

TEST(CozystackFleet, HasNodesOfAllKindsAndTheTenantsAmongTheApps) {
  const Fleet& fleet = CozystackFleet();
  ASSERT_EQ(fleet.figures.size(), 2U);
  const Figure& nodes = fleet.figures[0];
  EXPECT_EQ(nodes.metric, "cozy_nodes_count");
  EXPECT_EQ(nodes.label, "");
  EXPECT_EQ(nodes.total_name, "total_nodes");
  EXPECT_EQ(nodes.average_name, "avg_nodes_per_cluster");
  const Figure& tenants = fleet.figures[1];
  EXPECT_EQ(tenants.metric, "cozy_application_count");
  EXPECT_EQ(tenants.label, "kind");
  EXPECT_EQ(tenants.label_value, "Tenant");
  EXPECT_EQ(tenants.total_name, "total_tenants");
  EXPECT_EQ(tenants.average_name, "avg_tenants_per_cluster");
}

TEST(CozystackFleet, SplitsTheAppsByKind) {
  ASSERT_EQ(CozystackFleet().breakdowns.size(), 1U);
  const Breakdown& apps = CozystackFleet().breakdowns[0];
  EXPECT_EQ(apps.metric, "cozy_application_count");
  EXPECT_EQ(apps.label, "kind");
  EXPECT_EQ(apps.name, "apps");
}

TEST(CozystackFleet, KnowsItsAppsBeforeItsListOnTheWebIsRead) {
  const Breakdown& apps = CozystackFleet().breakdowns[0];
  EXPECT_TRUE(apps.has_name_list);
  EXPECT_TRUE(std::is_sorted(apps.known_names.begin(), apps.known_names.end()));
  EXPECT_EQ(apps.known_names.size(), 23U);
}

}  // namespace
}  // namespace rollcall
