#include "records/view_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace rollcall::records {
namespace {

class ViewCacheTest : public ::testing::Test {
 protected:
  // What the cache gives of a view that is another number each time that it is made.
  int Get(const std::string& name, ViewCache::State state) {
    const auto view = cache_.Get<int>(name, state, [this]() -> Result<AsOf<int>> {
      return AsOf<int>{UnixSeconds(), ++made_};
    });
    return (*view)->view;
  }

  ViewCache cache_;
  int made_ = 0;
};

TEST_F(ViewCacheTest, AViewIsMadeOnceForAWhile) {
  EXPECT_EQ(Get("a", {1, 1}), 1);
  EXPECT_EQ(Get("a", {1, 1}), 1);
  EXPECT_EQ(Get("a", {2, 2}), 1) << "records come all the time";
  EXPECT_EQ(Get("b", {1, 1}), 2);
}

TEST_F(ViewCacheTest, AFailureIsNotKept) {
  const auto failed =
      cache_.Get<int>("a", {1, 1}, []() -> Result<AsOf<int>> { return Status::Unavailable("no"); });
  EXPECT_EQ(failed.status().code(), Code::kUnavailable);
  EXPECT_EQ(Get("a", {1, 1}), 1);
}

TEST_F(ViewCacheTest, TheOldestGoesWhereThereAreTooMany) {
  for (size_t i = 0; i <= ViewCache::kMostKept; ++i) Get(std::to_string(i), {1, 1});
  EXPECT_EQ(Get("1", {1, 1}), 2) << "still there";
  EXPECT_EQ(Get("0", {1, 1}), static_cast<int>(ViewCache::kMostKept) + 2) << "made again";
}

}  // namespace
}  // namespace rollcall::records
