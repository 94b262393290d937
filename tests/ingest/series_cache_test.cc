#include "ingest/series_cache.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <vector>

namespace rollcall::ingest {
namespace {

Hash128 RandomHash(std::mt19937_64& random) { return {random(), random()}; }

TEST(SeriesCacheTest, KnowsNearlyAllOfManySeriesAndNeverAWrongOne) {
  for (const uint32_t count : {1U, 100U, 2'000U, 5'000U, 100'000U}) {
    std::mt19937_64 random(count);
    std::vector<Hash128> hashes(count);
    for (Hash128& hash : hashes) hash = RandomHash(random);
    SeriesCache cache;
    for (uint32_t i = 0; i < count; ++i) cache.Remember(hashes[i], i);
    uint32_t known = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const std::optional<uint32_t> found = cache.Find(hashes[i]);
      EXPECT_EQ(found.value_or(i), i);
      known += found.has_value();
    }
    // A full bucket forgets: two of a thousand by design, and some room for chance.
    EXPECT_GE(known, count - count / 200) << count << " series";
  }
}

TEST(SeriesCacheTest, DoesNotKnowWhatItWasNotTold) {
  std::mt19937_64 random(1);
  SeriesCache cache;
  EXPECT_FALSE(cache.Find({0, 0}));
  for (uint32_t i = 0; i < 10'000; ++i) cache.Remember(RandomHash(random), i);
  for (int i = 0; i < 10'000; ++i) EXPECT_FALSE(cache.Find(RandomHash(random)));
}

TEST(SeriesCacheTest, ForgetsTheOldestOfABucket) {
  SeriesCache cache;
  // Equal in all that finds a bucket.
  for (uint64_t i = 0; i < 5; ++i) cache.Remember({i, 7}, static_cast<uint32_t>(100 + i));
  EXPECT_FALSE(cache.Find({0, 7}));
  for (uint64_t i = 1; i < 5; ++i) EXPECT_EQ(cache.Find({i, 7}), static_cast<uint32_t>(100 + i));
}

}  // namespace
}  // namespace rollcall::ingest
