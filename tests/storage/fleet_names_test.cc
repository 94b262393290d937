#include "storage/fleet_names.h"

#include <gmock/gmock.h>

#include "storage/keys.h"
#include "storage/transaction.h"
#include "tests/storage/store_fixture.h"

namespace rollcall::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class FleetNamesTest : public rollcall::test::StoreTest {
 protected:
  FleetNames& names() { return stores().fleets(); }
  uint16_t Assign(const std::string& name) {
    const Result<FleetRef> ref = names().Assign(name);
    EXPECT_TRUE(ref.ok()) << ref.status().message();
    return ref.ok() ? ref->value : 0;
  }
};

TEST_F(FleetNamesTest, ANameKeepsItsRefForEver) {
  EXPECT_EQ(names().Find("coroot").value, 0);
  EXPECT_EQ(Assign("coroot"), 2);
  EXPECT_EQ(Assign("myapp"), 3);
  EXPECT_EQ(Assign("coroot"), 2);
  Reopen();
  EXPECT_EQ(names().Find("coroot").value, 2);
  EXPECT_EQ(Assign("another"), 4);
  EXPECT_EQ(Assign("myapp"), 3);
  EXPECT_THAT(names().All(), ElementsAre(Pair("another", FleetRef{4}), Pair("coroot", FleetRef{2}),
                                         Pair("myapp", FleetRef{3})));
}

TEST_F(FleetNamesTest, OneIsKeptForTheFleetThatStoresHadBeforeThereWereNames) {
  EXPECT_EQ(names().Find("cozystack").value, 0);
  EXPECT_EQ(Assign("coroot"), 2);
  EXPECT_EQ(Assign("cozystack"), 1);
}

TEST_F(FleetNamesTest, AStoreThatHasItsSourcesKnowsItWithoutARow) {
  {
    Transaction transaction(store());
    ASSERT_TRUE(stores()
                    .sources()
                    .Intern(kFirstFleet, SourceId::Parse("a").value(), UnixSeconds(), transaction)
                    .ok());
    ASSERT_TRUE(transaction.Commit().ok());
  }
  Reopen();
  EXPECT_EQ(names().Find("cozystack"), kFirstFleet);
  EXPECT_THAT(names().All(), ElementsAre(Pair("cozystack", kFirstFleet)));
  EXPECT_EQ(Assign("coroot"), 2);
}

TEST_F(FleetNamesTest, ARuleIsKeptByName) {
  EXPECT_EQ(names().Rule("coroot").value(), 0U);
  ASSERT_TRUE(names().SetRule("coroot", 7).ok());
  Reopen();
  EXPECT_EQ(names().Rule("coroot").value(), 7U);
  EXPECT_EQ(names().Rule("cozystack").value(), 0U);
}

TEST_F(FleetNamesTest, ADamagedRefIsTold) {
  {
    Transaction transaction(store());
    transaction.PutNumber("fleet/coroot", 65'536);
    ASSERT_TRUE(transaction.Commit().ok());
  }
  Close();
  EXPECT_THAT(OpenStatus().message(), HasSubstr("fleet coroot: 65536 is no ref"));
  EXPECT_EQ(OpenStatus().code(), Code::kDataLoss);
}

}  // namespace
}  // namespace rollcall::storage
