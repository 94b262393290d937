// Unpacking a stream in pieces.
#include "parse/decompress.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <random>

#include "tests/support/gzip.h"

namespace rollcall {
namespace {

using test::Gzip;

std::string Zstd(std::string_view text, int level = 3) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), level));
  return out;
}

// What comes out, or why nothing more does.
std::string Unpack(std::string_view packed, size_t piece_bytes) {
  std::string out;
  Decompressor decompressor([&](std::string_view piece) {
    out += piece;
    return Status::Ok();
  });
  Status status;
  for (; status.ok() && !packed.empty();
       packed.remove_prefix(std::min(piece_bytes, packed.size()))) {
    status = decompressor.Feed(packed.substr(0, piece_bytes));
  }
  if (status.ok()) status = decompressor.Finish();
  return status.ok() ? out : "failed: " + status.message();
}

std::string SomeText(size_t bytes) {
  std::mt19937 random(1);
  std::string text;
  while (text.size() < bytes) text += "line " + std::to_string(random() % 1000) + "\n";
  text.resize(bytes);
  return text;
}

void ExpectUnpacked(const std::string& packed, const std::string& text) {
  for (const size_t piece : {size_t{1}, size_t{3}, size_t{1000}, packed.size() + 1}) {
    if (piece == 1 && packed.size() > 100'000) continue;
    ASSERT_EQ(Unpack(packed, piece) == text, true) << packed.size() << " in pieces of " << piece;
  }
}

// Around the output buffer's size, a frame may end exactly where the buffer does.
constexpr size_t kSizes[] = {
    0, 1, 2, 3, 4, 5, 1000, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 512 * 1024, 1'000'000};

TEST(DecompressTest, PlainTextPassesAsItIs) {
  for (const size_t size : kSizes) ExpectUnpacked(SomeText(size), SomeText(size));
}

TEST(DecompressTest, GzipOfAnySizeIsUnpacked) {
  for (const size_t size : kSizes) ExpectUnpacked(Gzip(SomeText(size)), SomeText(size));
}

TEST(DecompressTest, ZstdOfAnySizeIsUnpacked) {
  for (const size_t size : kSizes) ExpectUnpacked(Zstd(SomeText(size)), SomeText(size));
}

TEST(DecompressTest, SeveralMembersAndFramesAreOneStream) {
  const std::string a = SomeText(300'000);
  ExpectUnpacked(Gzip(a) + Gzip("") + Gzip("b") + Gzip(a), a + "b" + a);
  ExpectUnpacked(Zstd(a) + Zstd("") + Zstd("b") + Zstd(a), a + "b" + a);
}

TEST(DecompressTest, WhatEndsTooEarlyIsRefusedWhereverItEnds) {
  const std::string text = SomeText(5000);
  for (const std::string& packed : {Gzip(text), Zstd(text)}) {
    for (size_t size = 4; size < packed.size(); ++size) {
      ASSERT_TRUE(Unpack(packed.substr(0, size), 7).ends_with("ends too early")) << size;
    }
  }
  EXPECT_EQ(Unpack("\x1f\x8b", 1), "failed: gzip: ends too early");
  EXPECT_EQ(Unpack(Gzip("a") + "\x1f\x8b", 1), "failed: gzip: ends too early");
}

TEST(DecompressTest, DamageIsRefusedOrUnpacksToSomethingAndNeverMore) {
  const std::string text = SomeText(5000);
  std::mt19937 random(2);
  for (const std::string& packed : {Gzip(text), Zstd(text)}) {
    for (int round = 0; round < 2000; ++round) {
      std::string damaged = packed;
      damaged[random() % damaged.size()] ^= static_cast<char>(random() % 255 + 1);
      const std::string out = Unpack(damaged, random() % 500 + 1);
      ASSERT_LT(out.size(), 100'000'000u);
    }
  }
  std::string wrong_sum = Gzip(text);
  wrong_sum[wrong_sum.size() - 6] ^= 1;
  EXPECT_TRUE(Unpack(wrong_sum, 100).starts_with("failed: gzip: damaged"));
  EXPECT_TRUE(Unpack(Gzip(text) + "garbage", 100).starts_with("failed: gzip: damaged"));
  EXPECT_TRUE(Unpack(Zstd(text) + "garbage", 100).starts_with("failed: zstd: damaged"));
}

TEST(DecompressTest, ABombComesOutInSmallPieces) {
  const std::string zeros(200'000'000, '\0');
  for (const std::string& bomb : {Gzip(zeros), Zstd(zeros)}) {
    ASSERT_LT(bomb.size(), 300'000u);
    size_t total = 0;
    size_t largest = 0;
    Decompressor decompressor([&](std::string_view piece) {
      total += piece.size();
      largest = std::max(largest, piece.size());
      return Status::Ok();
    });
    ASSERT_TRUE(decompressor.Feed(bomb).ok());
    ASSERT_TRUE(decompressor.Finish().ok());
    EXPECT_EQ(total, zeros.size());
    EXPECT_LE(largest, 256u * 1024);
  }
}

TEST(DecompressTest, AWindowOfMoreThan128MiBIsRefused) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 28);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  std::string packed(1024, '\0');
  ZSTD_inBuffer in{"x", 1, 0};
  ZSTD_outBuffer out{packed.data(), packed.size(), 0};
  // Without a known size the frame states the whole window.
  ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush);
  ZSTD_compressStream2(context, &out, &in, ZSTD_e_end);
  ZSTD_freeCCtx(context);
  packed.resize(out.pos);
  EXPECT_TRUE(Unpack(packed, 100).starts_with("failed: zstd: damaged")) << Unpack(packed, 100);
}

TEST(DecompressTest, AFailureOfTheSinkEndsTheStream) {
  for (const std::string& packed :
       {SomeText(1'000'000), Gzip(SomeText(1'000'000)), Zstd(SomeText(1'000'000))}) {
    int calls = 0;
    Decompressor decompressor([&](std::string_view) {
      ++calls;
      return Status::Unavailable("full");
    });
    EXPECT_EQ(decompressor.Feed(packed).message(), "full");
    EXPECT_EQ(calls, 1);
  }
}

}  // namespace
}  // namespace rollcall
