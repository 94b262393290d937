#include "http/server/inflate.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/support/gzip.h"

namespace rollcall::http {
namespace {

using test::Gzip;

class HttpInflateTest : public ::testing::Test {
 protected:
  InflateResult Inflate(std::string_view gzip, size_t max_bytes) {
    BodyBuffer out(budget_, max_bytes);
    const InflateResult result = InflateGzip(gzip, out);
    EXPECT_LE(budget_->used(), max_bytes);
    charged_ = budget_->used();
    auto [body, charge] = std::move(out).Take();
    EXPECT_LE(body.size(), max_bytes);
    body_ = body;
    return result;
  }

  std::shared_ptr<BufferBudget> budget_ = std::make_shared<BufferBudget>(size_t{1} << 30);
  std::string body_;
  size_t charged_ = 0;
};

TEST_F(HttpInflateTest, InflatesOneMemberAndSeveral) {
  EXPECT_EQ(Inflate(Gzip("hello"), 100), InflateResult::kOk);
  EXPECT_EQ(body_, "hello");
  EXPECT_EQ(Inflate(Gzip("") + Gzip("hello ") + Gzip("") + Gzip("world"), 100), InflateResult::kOk);
  EXPECT_EQ(body_, "hello world");
}

TEST_F(HttpInflateTest, HoldsTheCapToTheByteAndAllocatesNoMore) {
  const std::string text(100'000, 'x');
  EXPECT_EQ(Inflate(Gzip(text), text.size()), InflateResult::kOk);
  EXPECT_EQ(body_, text);
  EXPECT_EQ(Inflate(Gzip(text), text.size() - 1), InflateResult::kTooLarge);
  EXPECT_EQ(Inflate(Gzip("x"), 0), InflateResult::kTooLarge);
  EXPECT_EQ(Inflate(Gzip(""), 0), InflateResult::kOk);
}

TEST_F(HttpInflateTest, StopsABombAtTheCap) {
  const std::string bomb = Gzip(std::string(size_t{256} << 20, '\0'));
  ASSERT_LT(bomb.size(), size_t{1} << 20);
  EXPECT_EQ(Inflate(bomb, size_t{10} << 20), InflateResult::kTooLarge);
  EXPECT_LE(charged_, size_t{10} << 20);
  EXPECT_EQ(budget_->used(), 0U);
}

TEST_F(HttpInflateTest, StopsWhereTheBudgetEnds) {
  budget_->Take((size_t{1} << 30) - 50'000);
  BodyBuffer out(budget_, 1'000'000);
  EXPECT_EQ(InflateGzip(Gzip(std::string(1'000'000, 'x')), out), InflateResult::kBudgetExhausted);
}

TEST_F(HttpInflateTest, RefusesEveryTruncation) {
  std::string text;
  for (int i = 0; i < 200; ++i) {
    text += std::to_string(i * 7919) + "\n";
  }
  const std::string gzip = Gzip(text);
  for (size_t size = 0; size < gzip.size(); ++size) {
    ASSERT_EQ(Inflate(gzip.substr(0, size), 1 << 20), InflateResult::kMalformed) << size;
    ASSERT_EQ(Inflate(gzip + gzip.substr(0, size), 1 << 20),
              size == 0 ? InflateResult::kOk : InflateResult::kMalformed)
        << size;
  }
}

TEST_F(HttpInflateTest, RefusesWhatIsNotGzip) {
  EXPECT_EQ(Inflate("hello", 100), InflateResult::kMalformed);
  EXPECT_EQ(Inflate(Gzip("hello") + "x", 100), InflateResult::kMalformed);
  EXPECT_EQ(Inflate(Gzip("hello") + std::string(1, '\0'), 100), InflateResult::kMalformed);
  EXPECT_EQ(Inflate("\x78\x9c\x03\x00\x00\x00\x00\x01", 100), InflateResult::kMalformed);
}

TEST_F(HttpInflateTest, NeverTakesAFlippedBitForOtherContent) {
  const std::string text = "cozy_nodes_count{os=\"linux\"} 3\n";
  const std::string gzip = Gzip(text);
  // The first ten bytes hold flags and a time that change nothing of the content.
  for (size_t at = 10; at < gzip.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string corrupt = gzip;
      corrupt[at] = static_cast<char>(corrupt[at] ^ (1 << bit));
      // Bits that pad the last byte before the checksum mean nothing.
      if (Inflate(corrupt, 1 << 20) == InflateResult::kOk) {
        ASSERT_EQ(body_, text) << at << " " << bit;
      }
    }
  }
}

TEST_F(HttpInflateTest, SurvivesRandomBytes) {
  std::mt19937 random(3);
  for (int round = 0; round < 3'000; ++round) {
    std::string bytes("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10);
    for (size_t n = random() % 200; n > 0; --n) {
      bytes.push_back(static_cast<char>(random()));
    }
    EXPECT_NE(Inflate(bytes, 4096), InflateResult::kOk);
  }
}

}  // namespace
}  // namespace rollcall::http
