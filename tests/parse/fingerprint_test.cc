#include "parse/fingerprint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace rollcall {
namespace {

constexpr uint64_t kSeed = 20260401;

std::string Join(const std::vector<std::string>& lines) {
  std::string body;
  for (const std::string& line : lines) body += line + "\n";
  return body;
}

std::vector<std::string> RandomLines(std::mt19937_64& random, size_t count) {
  std::vector<std::string> lines(count);
  for (std::string& line : lines) {
    line.resize(random() % 80);
    for (char& c : line) {
      do {
        c = static_cast<char>(random() % 256);
      } while (c == '\n');
    }
  }
  return lines;
}

TEST(Fingerprint, ABodyWithoutBytesIsZero) {
  EXPECT_EQ(FingerprintLines("", kSeed), Hash128{});
  EXPECT_EQ(FingerprintLines({}, kSeed), Hash128{});
}

TEST(Fingerprint, IsTheSumOfTheHashesOfTheLines) {
  Hash128 sum = HashBytes("a 1", kSeed);
  sum += HashBytes("", kSeed);
  sum += HashBytes("b 2", kSeed);
  EXPECT_EQ(FingerprintLines("a 1\n\nb 2\n", kSeed), sum);
}

TEST(Fingerprint, TheOrderOfTheLinesDoesNotMatter) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> lines = RandomLines(random, random() % 60);
    const Hash128 before = FingerprintLines(Join(lines), kSeed);
    std::shuffle(lines.begin(), lines.end(), random);
    ASSERT_EQ(FingerprintLines(Join(lines), kSeed), before) << "round " << round;
  }
}

TEST(Fingerprint, TheLastNewlineDoesNotMatter) {
  EXPECT_EQ(FingerprintLines("a 1\nb 2", kSeed), FingerprintLines("b 2\na 1\n", kSeed));
  EXPECT_EQ(FingerprintLines("a 1", kSeed), FingerprintLines("a 1\n", kSeed));
}

TEST(Fingerprint, AnEmptyLineCounts) {
  EXPECT_NE(FingerprintLines("a 1\n", kSeed), FingerprintLines("a 1\n\n", kSeed));
  EXPECT_NE(FingerprintLines("\n", kSeed), FingerprintLines("", kSeed));
  EXPECT_NE(FingerprintLines("\n", kSeed), FingerprintLines("\n\n", kSeed));
}

TEST(Fingerprint, HowOftenALineComesMatters) {
  std::set<Hash128> seen;
  std::string body = "b 2\n";
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(seen.insert(FingerprintLines(body, kSeed)).second) << i << " times";
    body += "a 1\n";
  }
}

TEST(Fingerprint, EveryChangedByteMatters) {
  std::mt19937_64 random(2);
  const std::string body = Join(RandomLines(random, 30));
  std::set<Hash128> seen = {FingerprintLines(body, kSeed)};
  for (size_t i = 0; i + 1 < body.size(); ++i) {
    std::string changed = body;
    changed[i] = static_cast<char>(changed[i] ^ static_cast<char>(1U << (random() % 8)));
    EXPECT_TRUE(seen.insert(FingerprintLines(changed, kSeed)).second) << "byte " << i;
  }
}

TEST(Fingerprint, WhatStandsOnWhichLineMatters) {
  EXPECT_NE(FingerprintLines("ab\nc\n", kSeed), FingerprintLines("a\nbc\n", kSeed));
  EXPECT_NE(FingerprintLines("a 1\nb 2\n", kSeed), FingerprintLines("a 2\nb 1\n", kSeed));
}

TEST(Fingerprint, AnotherSeedIsAnotherFingerprint) {
  EXPECT_NE(FingerprintLines("a 1\n", 1), FingerprintLines("a 1\n", 2));
}

TEST(Fingerprint, AnswersForHugeBodies) {
  const std::string blank(3 << 20, '\n');
  EXPECT_NE(FingerprintLines(blank, kSeed), Hash128{});
  const std::string one_line(10 << 20, 'x');
  EXPECT_EQ(FingerprintLines(one_line, kSeed), HashBytes(one_line, kSeed));
}

}  // namespace
}  // namespace rollcall
