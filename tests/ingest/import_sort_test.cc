#include "ingest/import_sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace rollcall::ingest {
namespace {

void ExpectSorted(std::vector<KeyedValue> items) {
  std::vector<KeyedValue> want = items;
  std::stable_sort(want.begin(), want.end(),
                   [](const KeyedValue& a, const KeyedValue& b) { return a.key < b.key; });
  std::vector<KeyedValue> scratch;
  SortByKey(items, scratch);
  for (size_t i = 0; i < items.size(); ++i) {
    ASSERT_EQ(items[i].key, want[i].key) << i;
    ASSERT_EQ(items[i].value, want[i].value) << i;
  }
}

TEST(ImportSortTest, ItemsOfAnyNumberAndRangeAreSortedAndEqualOnesKeepTheirOrder) {
  std::mt19937_64 random(1);
  for (const size_t size : {0, 1, 2, 127, 128, 129, 1000, 50'000}) {
    for (const unsigned bits : {0U, 1U, 8U, 9U, 33U, 64U}) {
      std::vector<KeyedValue> items(size);
      for (size_t i = 0; i < size; ++i) {
        items[i] = {bits == 0 ? 0 : random() >> (64 - bits), static_cast<double>(i)};
      }
      ExpectSorted(items);
      std::reverse(items.begin(), items.end());
      ExpectSorted(items);
    }
  }
}

TEST(ImportSortTest, KeysThatDifferInOneDigitAloneAreSorted) {
  for (unsigned shift = 0; shift < 64; shift += 8) {
    std::vector<KeyedValue> items;
    for (uint64_t i = 0; i < 300; ++i)
      items.push_back({(i * 7 % 256) << shift, static_cast<double>(i)});
    ExpectSorted(items);
  }
}

}  // namespace
}  // namespace rollcall::ingest
