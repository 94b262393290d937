#include "http/server/head.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace rollcall::http {
namespace {

constexpr HeadLimits kLimits{.max_bytes = 1024, .max_headers = 10, .max_target_bytes = 100};

struct Parsed {
  int status = 0;  // 0: taken
  HttpRequest request;
  Framing framing;
};

// Through scanner and parser, as the front does it. -1: the head is not complete.
Parsed Parse(const std::string& bytes) {
  Parsed parsed;
  HeadScanner scanner;
  switch (scanner.Scan(bytes, kLimits)) {
    case HeadScanner::Result::kIncomplete:
      parsed.status = -1;
      return parsed;
    case HeadScanner::Result::kRefused:
      parsed.status = scanner.error().status;
      return parsed;
    case HeadScanner::Result::kComplete:
      break;
  }
  const std::string_view head = std::string_view(bytes).substr(
      scanner.head_begin(), scanner.head_end() - scanner.head_begin());
  parsed.status = ParseHead(head, kLimits, parsed.request, parsed.framing).status;
  return parsed;
}

std::string Show(const HttpRequest& request) {
  std::string text = request.method + " " + request.target;
  for (const HttpHeader& header : request.headers) {
    text += "|" + header.name + "=" + header.value;
  }
  return text;
}

TEST(HttpHeadTest, TakesWhatRealSendersSend) {
  const Parsed parsed = Parse(
      "POST / HTTP/1.1\r\nHost: t:8081\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: 12\r\n"
      "Content-Type: text/plain\r\nX-Cluster-ID: \t6099a6ff-87bd \r\nX_Cluster_ID:b\r\n\r\n");
  ASSERT_EQ(parsed.status, 0);
  EXPECT_EQ(Show(parsed.request),
            "POST /|Host=t:8081|User-Agent=Go-http-client/1.1|Content-Length=12|"
            "Content-Type=text/plain|X-Cluster-ID=6099a6ff-87bd|X_Cluster_ID=b");
  EXPECT_EQ(parsed.framing.content_length, 12U);
  EXPECT_TRUE(parsed.framing.keep_alive);
  EXPECT_EQ(parsed.request.Header("x-cluster-id"), "6099a6ff-87bd");
  EXPECT_EQ(parsed.request.Header("x_cluster_id"), "b");
  EXPECT_EQ(parsed.request.Header("X-Cluster"), std::nullopt);
}

TEST(HttpHeadTest, JudgesEveryKindOfHead) {
  struct Case {
    const char* name;
    std::string bytes;
    int status;
  };
  const std::string get = "GET / HTTP/1.1\r\nHost: t\r\n";
  const std::vector<Case> cases = {
      {"plain", get + "\r\n", 0},
      {"no byte yet", "", -1},
      {"half a line", "GET / HT", -1},
      {"all but the last byte", get + "\r", -1},
      {"one empty line first", "\r\n" + get + "\r\n", 0},
      {"two empty lines first", "\r\n\r\n" + get + "\r\n", 400},
      {"bare line feeds", "GET / HTTP/1.1\nHost: t\n\n", 400},
      {"one bare line feed", "GET / HTTP/1.1\r\nHost: t\n\r\n", 400},
      {"a bare line feed at the end", get + "\n", 400},
      {"a bare line feed first", "\n" + get + "\r\n", 400},
      {"a carriage return within a value", get + "A: b\rc\r\n\r\n", 400},
      {"two carriage returns", "GET / HTTP/1.1\r\r\nHost: t\r\n\r\n", 400},
      {"a NUL in a value", get + std::string("A: b\0c\r\n\r\n", 10), 400},
      {"a DEL in a value", get + "A: b\x7f\r\n\r\n", 400},
      {"an escape in a value", get + "A: \x1b[0m\r\n\r\n", 400},
      {"a tab in a value", get + "A: b\tc\r\n\r\n", 0},
      {"high bytes in a value", get + "A: \xc3\xa4\xff\r\n\r\n", 0},
      {"an empty value", get + "A:\r\n\r\n", 0},
      {"an underscore in a name", get + "A_b: c\r\n\r\n", 0},
      {"a folded line", get + "A: b\r\n c\r\n\r\n", 400},
      {"a folded line with a tab", get + "A: b\r\n\tc\r\n\r\n", 400},
      {"a blank before the first header", "GET / HTTP/1.1\r\n Host: t\r\n\r\n", 400},
      {"a blank before the colon", get + "A : b\r\n\r\n", 400},
      {"a tab before the colon", get + "A\t: b\r\n\r\n", 400},
      {"no colon", get + "Abc\r\n\r\n", 400},
      {"no name", get + ": b\r\n\r\n", 400},
      {"a high byte in a name", get + "\xc3\xa4: b\r\n\r\n", 400},
      {"a parenthesis in a name", get + "A(b: c\r\n\r\n", 400},
      {"TLS", "\x16\x03\x01\x02", 400},
      {"NUL bytes", std::string(4, '\0'), 400},
      {"a blank first", " GET / HTTP/1.1\r\n\r\n", 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"only a method", "GET\r\n\r\n", 400},
      {"two blanks", "GET  / HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"a tab for a blank", "GET\t/ HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"a trailing blank", "GET / HTTP/1.1 \r\nHost: t\r\n\r\n", 400},
      {"a blank in the target", "GET /a b HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"a NUL in the target", std::string("GET /a\0b HTTP/1.1\r\nHost: t\r\n\r\n", 30), 400},
      {"a high byte in the target", "GET /\xc3\xa4 HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"no token for a method", "G@T / HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"an unknown method", "BREW / HTTP/1.1\r\nHost: t\r\n\r\n", 0},
      {"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 0},
      {"HTTP/1.1 without Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", get + "host: t\r\n\r\n", 400},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: t\r\n\r\n", 505},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: t\r\n\r\n", 505},
      {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\n", 505},
      {"HTTP/0.9 spelled out", "GET / HTTP/0.9\r\n\r\n", 505},
      {"HTTP/1.10", "GET / HTTP/1.10\r\nHost: t\r\n\r\n", 400},
      {"HTTP/1", "GET / HTTP/1\r\nHost: t\r\n\r\n", 400},
      {"http/1.1", "GET / http/1.1\r\nHost: t\r\n\r\n", 400},
      {"HTTP/1,1", "GET / HTTP/1,1\r\nHost: t\r\n\r\n", 400},
      {"an asterisk", "OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"an authority", "CONNECT t:80 HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"a relative target", "GET a HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"another scheme", "GET ftp://t/a HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"a URL without a host", "GET http:///a HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"a URL that ends early", "GET http:// HTTP/1.1\r\nHost: t\r\n\r\n", 400},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Parse(c.bytes).status, c.status) << c.name;
  }
}

TEST(HttpHeadTest, RefusesWhateverTwoReadersCouldReadDifferently) {
  struct Case {
    std::string headers;
    int status;
  };
  const std::vector<Case> cases = {
      {"Content-Length: 5\r\n", 0},
      {"Content-Length: 0005\r\n", 0},
      {"Content-Length: 5\r\nContent-Length: 5\r\n", 400},
      {"Content-Length: 5\r\ncontent-length: 6\r\n", 400},
      {"Content-Length: 5, 5\r\n", 400},
      {"Content-Length: +5\r\n", 400},
      {"Content-Length: -5\r\n", 400},
      {"Content-Length: 5 5\r\n", 400},
      {"Content-Length: 0x5\r\n", 400},
      {"Content-Length: 5.0\r\n", 400},
      {"Content-Length: five\r\n", 400},
      {"Content-Length:\r\n", 400},
      {"Content-Length: 18446744073709551615\r\n", 0},
      {"Content-Length: 18446744073709551616\r\n", 400},
      {"Content-Length: 99999999999999999999999\r\n", 400},
      {"Content_Length: 5\r\n", 400},
      {"Transfer_Encoding: chunked\r\n", 400},
      {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400},
      {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400},
      {"Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", 400},
      {"Transfer-Encoding: chunked\r\n", 0},
      {"Transfer-Encoding: CHUNKED\r\n", 0},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
      {"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", 400},
      {"Transfer-Encoding: gzip\r\n", 501},
      {"Transfer-Encoding: gzip, chunked\r\n", 501},
      {"Transfer-Encoding: chunked, chunked\r\n", 501},
      {"Transfer-Encoding: chunked,\r\n", 501},
      {"Transfer-Encoding: identity\r\n", 501},
      {"Transfer-Encoding: xchunked\r\n", 501},
      {"Transfer-Encoding: \"chunked\"\r\n", 501},
      {"Transfer-Encoding:\r\n", 501},
      {"Transfer-Encoding : chunked\r\n", 400},
      {"Transfer-Encoding:\vchunked\r\n", 400},
      {"X: y\r\n Transfer-Encoding: chunked\r\n", 400},
      {"X: y\rTransfer-Encoding: chunked\r\n", 400},
      {"X: y\nTransfer-Encoding: chunked\r\n", 400},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Parse("POST / HTTP/1.1\r\nHost: t\r\n" + c.headers + "\r\n").status, c.status)
        << c.headers;
  }
  EXPECT_EQ(Parse("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n").status, 400);
  EXPECT_EQ(Parse("POST / HTTP/1.0\r\nTransfer-Encoding: gzip\r\n\r\n").status, 400);
}

TEST(HttpHeadTest, ReducesAnAbsoluteTargetToItsOriginForm) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"http://t/a/b?c=d", "/a/b?c=d"}, {"HTTPS://t:8081/", "/"}, {"http://t", "/"},
      {"http://t?c=/d", "/?c=/d"},      {"//t/a", "//t/a"},       {"/http://t", "/http://t"},
  };
  for (const auto& [target, wanted] : cases) {
    const Parsed parsed = Parse("GET " + target + " HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_EQ(parsed.status, 0) << target;
    EXPECT_EQ(parsed.request.target, wanted);
  }
}

TEST(HttpHeadTest, KnowsWhetherTheConnectionStays) {
  const auto stays = [](const std::string& version, const std::string& headers) {
    return Parse("GET / " + version + "\r\nHost: t\r\n" + headers + "\r\n").framing.keep_alive;
  };
  EXPECT_TRUE(stays("HTTP/1.1", ""));
  EXPECT_TRUE(stays("HTTP/1.1", "Connection: keep-alive\r\n"));
  EXPECT_TRUE(stays("HTTP/1.1", "Connection: closed\r\n"));
  EXPECT_FALSE(stays("HTTP/1.1", "Connection: close\r\n"));
  EXPECT_FALSE(stays("HTTP/1.1", "Connection: TE , Close\r\n"));
  EXPECT_FALSE(stays("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  EXPECT_FALSE(stays("HTTP/1.0", ""));
  EXPECT_TRUE(stays("HTTP/1.0", "Connection: Keep-Alive\r\n"));
  EXPECT_FALSE(stays("HTTP/1.0", "Connection: keep-alive, close\r\n"));
}

TEST(HttpHeadTest, ReadsExpectationAndCoding) {
  const auto framing = [](const std::string& version, const std::string& headers) {
    return Parse("POST / " + version + "\r\nHost: t\r\n" + headers + "\r\n").framing;
  };
  EXPECT_EQ(framing("HTTP/1.1", "").expectation, Expectation::kNone);
  EXPECT_EQ(framing("HTTP/1.1", "Expect: 100-Continue\r\n").expectation, Expectation::kContinue);
  EXPECT_EQ(framing("HTTP/1.0", "Expect: 100-continue\r\n").expectation, Expectation::kNone);
  EXPECT_EQ(framing("HTTP/1.1", "Expect: tea\r\n").expectation, Expectation::kUnknown);
  EXPECT_EQ(framing("HTTP/1.1", "Expect: tea\r\nExpect: 100-continue\r\n").expectation,
            Expectation::kUnknown);
  EXPECT_EQ(framing("HTTP/1.1", "").coding, ContentCoding::kIdentity);
  EXPECT_EQ(framing("HTTP/1.1", "Content-Encoding: Identity\r\n").coding, ContentCoding::kIdentity);
  EXPECT_EQ(framing("HTTP/1.1", "Content-Encoding: GZip\r\n").coding, ContentCoding::kGzip);
  EXPECT_EQ(framing("HTTP/1.1", "Content-Encoding: x-gzip\r\n").coding, ContentCoding::kGzip);
  EXPECT_EQ(framing("HTTP/1.1", "Content-Encoding: br\r\n").coding, ContentCoding::kUnknown);
  EXPECT_EQ(framing("HTTP/1.1", "Content-Encoding: gzip, gzip\r\n").coding,
            ContentCoding::kUnknown);
  EXPECT_EQ(framing("HTTP/1.1", "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n").coding,
            ContentCoding::kUnknown);
}

TEST(HttpHeadTest, HoldsItsLimitsToTheByte) {
  const std::string start = "GET / HTTP/1.1\r\nHost: t\r\nA: ";
  const size_t fill = kLimits.max_bytes - start.size() - 4;
  EXPECT_EQ(Parse(start + std::string(fill, 'x') + "\r\n\r\n").status, 0);
  EXPECT_EQ(Parse(start + std::string(fill + 1, 'x') + "\r\n\r\n").status, 431);
  EXPECT_EQ(Parse("\r\n" + start + std::string(fill, 'x') + "\r\n\r\n").status, 0);
  EXPECT_EQ(Parse(std::string(kLimits.max_bytes + 1, 'x')).status, 431);
  EXPECT_EQ(Parse(std::string(kLimits.max_bytes, 'x')).status, -1);

  const auto with_target = [](size_t bytes) {
    return "GET /" + std::string(bytes - 1, 'x') + " HTTP/1.1\r\nHost: t\r\n\r\n";
  };
  EXPECT_EQ(Parse(with_target(kLimits.max_target_bytes)).status, 0);
  EXPECT_EQ(Parse(with_target(kLimits.max_target_bytes + 1)).status, 414);
  EXPECT_EQ(Parse(with_target(kLimits.max_bytes * 2)).status, 414);
  EXPECT_EQ(Parse("GET /" + std::string(kLimits.max_bytes, 'x')).status, 414);

  const auto with_headers = [](size_t count) {
    std::string head = "GET / HTTP/1.1\r\nHost: t\r\n";
    for (size_t i = 1; i < count; ++i) {
      head += "A: b\r\n";
    }
    return head + "\r\n";
  };
  EXPECT_EQ(Parse(with_headers(kLimits.max_headers)).status, 0);
  EXPECT_EQ(Parse(with_headers(kLimits.max_headers + 1)).status, 431);
}

TEST(HttpHeadTest, FindsTheEndHoweverTheBytesArrive) {
  const std::string head = "\r\nPOST /a HTTP/1.1\r\nHost: t\r\n\r\n";
  const std::string bytes = head + "body";
  for (size_t step = 1; step <= bytes.size(); ++step) {
    HeadScanner scanner;
    for (size_t seen = step;; seen += step) {
      const auto result = scanner.Scan(std::string_view(bytes).substr(0, seen), kLimits);
      if (seen < head.size()) {
        ASSERT_EQ(result, HeadScanner::Result::kIncomplete) << step << " " << seen;
        continue;
      }
      ASSERT_EQ(result, HeadScanner::Result::kComplete) << step;
      EXPECT_EQ(scanner.head_begin(), 2U);
      EXPECT_EQ(scanner.head_end(), head.size());
      break;
    }
  }
}

TEST(HttpHeadTest, SurvivesRandomBytesAndSaysTheSameInOnePieceAndInMany) {
  std::mt19937 random(7);
  const std::string valid =
      "POST /a?b HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nConnection: close\r\n\r\n";
  const std::string alphabet = "\r\n\r\n: \tGET/HTTP1.0aZ_\0\x7f\x80,;?";
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = valid;
    for (int edits = std::uniform_int_distribution<int>(1, 6)(random); edits > 0; --edits) {
      const size_t at = random() % bytes.size();
      switch (random() % 3) {
        case 0:
          bytes[at] = alphabet[random() % alphabet.size()];
          break;
        case 1:
          bytes.erase(at, 1 + random() % 3);
          break;
        default:
          bytes.insert(at, 1, alphabet[random() % alphabet.size()]);
          break;
      }
      if (bytes.empty()) bytes = "x";
    }
    const Parsed whole = Parse(bytes);
    HeadScanner scanner;
    HeadScanner::Result result = HeadScanner::Result::kIncomplete;
    for (size_t seen = 1; seen <= bytes.size() && result == HeadScanner::Result::kIncomplete;
         ++seen) {
      result = scanner.Scan(std::string_view(bytes).substr(0, seen), kLimits);
    }
    if (whole.status == -1) {
      ASSERT_EQ(result, HeadScanner::Result::kIncomplete) << bytes;
    } else if (whole.status == 0) {
      ASSERT_EQ(result, HeadScanner::Result::kComplete) << bytes;
      for (const HttpHeader& header : whole.request.headers) {
        EXPECT_EQ(header.value.find_first_of(std::string_view("\r\n\0", 3)), std::string::npos);
      }
      EXPECT_TRUE(whole.request.target.starts_with('/'));
    }
  }
}

}  // namespace
}  // namespace rollcall::http
