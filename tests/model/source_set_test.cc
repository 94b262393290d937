#include "model/source_set.h"

#include <random>
#include <set>

namespace rollcall {
namespace {

TEST(SourceSet, SetArithmeticIsThatOfAnOrdinarySet) {
  std::mt19937 random(1);
  for (int round = 0; round < 100; ++round) {
    std::set<uint32_t> plain[2];
    SourceSet sets[2];
    for (int which : {0, 1}) {
      for (int i = static_cast<int>(random() % 100); i > 0; --i) {
        const uint32_t source = static_cast<uint32_t>(random()) % (round % 2 == 0 ? 70 : 1000);
        plain[which].insert(source);
        sets[which].Add({source});
      }
      ASSERT_EQ(sets[which].size(), plain[which].size());
    }
    const SourceSet both = sets[0] & sets[1];
    const SourceSet any = sets[0] | sets[1];
    const SourceSet first = sets[0] - sets[1];
    for (uint32_t source = 0; source < 1100; ++source) {
      const bool a = plain[0].contains(source);
      const bool b = plain[1].contains(source);
      ASSERT_EQ(both.Contains({source}), a && b);
      ASSERT_EQ(any.Contains({source}), a || b);
      ASSERT_EQ(first.Contains({source}), a && !b);
    }
    ASSERT_EQ(any.size(), both.size() + first.size() + (sets[1] - sets[0]).size());
    ASSERT_EQ(SourceSet::FromBytes(any.ToBytes()), any);
  }
}

TEST(SourceSet, ARoomierSetWithTheSameSourcesIsEqual) {
  SourceSet small;
  small.Add({3});
  SourceSet roomy = small;
  SourceSet far;
  far.Add({5000});
  roomy |= far;
  EXPECT_NE(roomy, small);
  roomy -= far;
  EXPECT_EQ(roomy, small);
  EXPECT_EQ(small.ToBytes(), "\x08");
}

}  // namespace
}  // namespace rollcall
