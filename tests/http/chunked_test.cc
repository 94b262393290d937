#include "http/server/chunked.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace rollcall::http {
namespace {

constexpr size_t kOverheadBytes = 64;

struct Decoded {
  ChunkedDecoder::Result result = ChunkedDecoder::Result::kMore;
  std::string body;
  size_t used = 0;
};

// Feeds `bytes` in pieces of `step`.
Decoded Decode(const std::string& bytes, size_t step) {
  Decoded decoded;
  ChunkedDecoder decoder(kOverheadBytes);
  size_t arrived = 0;
  while (arrived < bytes.size()) {
    arrived = std::min(bytes.size(), arrived + step);
    while (decoded.used < arrived) {
      const auto next =
          decoder.Next(std::string_view(bytes).substr(decoded.used, arrived - decoded.used));
      decoded.used += next.used;
      decoded.body += next.data;
      decoded.result = next.result;
      if (next.result != ChunkedDecoder::Result::kMore) {
        return decoded;
      }
    }
  }
  return decoded;
}

TEST(HttpChunkedTest, DecodesHoweverTheBytesArrive) {
  const std::string message =
      "5\r\nhello\r\n00000a;name=value;q=\"x y\"\r\n0123456789\r\nA\r\nabcdefghij\r\n"
      "0;last\r\nTrailer: a\r\nX:\r\n\r\n";
  for (size_t step = 1; step <= message.size(); ++step) {
    const Decoded decoded = Decode(message + "GET /next", step);
    ASSERT_EQ(decoded.result, ChunkedDecoder::Result::kDone) << step;
    EXPECT_EQ(decoded.body, "hello0123456789abcdefghij");
    EXPECT_EQ(decoded.used, message.size());
  }
}

TEST(HttpChunkedTest, WaitsAtEveryTruncation) {
  const std::string message = "5;x\r\nhello\r\n0\r\nA: b\r\n\r\n";
  for (size_t size = 0; size < message.size(); ++size) {
    EXPECT_EQ(Decode(message.substr(0, size), 3).result, ChunkedDecoder::Result::kMore) << size;
  }
}

TEST(HttpChunkedTest, RefusesWhatIsNotExactlyTheCoding) {
  const std::vector<std::string> malformed = {
      "\r\n",
      "\n",
      " 5\r\nhello\r\n",
      "5 \r\nhello\r\n",
      "5\t;x\r\nhello\r\n",
      "+5\r\nhello\r\n",
      "-5\r\nhello\r\n",
      "0x5\r\nhello\r\n",
      "5h\r\nhello\r\n",
      "5\nhello\r\n",
      "5\r\rhello\r\n",
      "5;x\nhello\r\n",
      "5;x\ry\r\nhello\r\n",
      std::string("5;\0\r\nhello\r\n", 13),
      ";x\r\nhello\r\n",
      "5\r\nhellox\r\n",
      "5\r\nhello\n0\r\n\r\n",
      "5\r\nhello\r0\r\n\r\n",
      "5\r\nhello\r\n\r\n",
      "5\r\nhello0\r\n\r\n",
      "0\r\n\n",
      "0\r\nA: b\n\r\n",
      "0\r\n A: b\r\n\r\n",
      "0\r\n: b\r\n\r\n",
      "0\r\nA: b\x01\r\n\r\n",
      "0\r\n\rx",
      "ffffffffffffffff\r\n",
      "10000000000000000\r\n",
      "0000000000000005\r\nhello\r\n",
  };
  for (const std::string& message : malformed) {
    for (size_t step : {size_t{1}, message.size()}) {
      EXPECT_EQ(Decode(message, step).result, ChunkedDecoder::Result::kMalformed) << message;
    }
  }
}

TEST(HttpChunkedTest, BoundsExtensionsAndTrailersTogether) {
  const std::string within(kOverheadBytes - 1, 'e');  // and the semicolon
  EXPECT_EQ(Decode("1;" + within + "\r\nx\r\n0\r\n\r\n", 7).result, ChunkedDecoder::Result::kDone);
  EXPECT_EQ(Decode("1;" + within + "e\r\n", 7).result, ChunkedDecoder::Result::kOverhead);
  EXPECT_EQ(Decode("1;" + within + "\r\nx\r\n0;\r\n\r\n", 7).result,
            ChunkedDecoder::Result::kOverhead);
  EXPECT_EQ(Decode("0\r\n" + std::string(kOverheadBytes + 1, 't'), 7).result,
            ChunkedDecoder::Result::kOverhead);
}

TEST(HttpChunkedTest, SurvivesRandomMutationsAndNeverInventsBytes) {
  std::mt19937 random(11);
  const std::string valid = "5;x=y\r\nhello\r\na\r\n0123456789\r\n0\r\nA: b\r\n\r\n";
  const std::string alphabet = "\r\n;0159afF xg\0\xff";
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = valid;
    for (int edits = 1 + static_cast<int>(random() % 4); edits > 0; --edits) {
      const size_t at = random() % bytes.size();
      if (random() % 2 == 0) {
        bytes[at] = alphabet[random() % alphabet.size()];
      } else {
        bytes.erase(at, 1);
      }
    }
    const Decoded whole = Decode(bytes, bytes.size());
    const Decoded dripped = Decode(bytes, 1);
    ASSERT_EQ(whole.result, dripped.result) << bytes;
    ASSERT_EQ(whole.body, dripped.body) << bytes;
    ASSERT_EQ(whole.used, dripped.used) << bytes;
    EXPECT_LE(whole.body.size(), bytes.size());
  }
}

}  // namespace
}  // namespace rollcall::http
