#include "http/server/httplib_engine.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/support/gzip.h"

namespace rollcall::http {
namespace {

class HttplibEngineTest : public ::testing::Test {
 protected:
  HttplibEngineTest() {
    // Tells what it was given.
    engine_.Mount(Listener::kPublic, "/api/echo", [](const ApiRequest& request, HttpResponse& out) {
      out = HttpResponse::Text(
          200, request.method() + " " + request.path() + " a=" + request.Param("a").value_or("-") +
                   " b=" + request.Param("b").value_or("-") +
                   " h=" + std::string(request.Header("X-H").value_or("-")) + " " + request.body());
    });
    engine_.Mount(Listener::kPrivate, "/metrics", [](const ApiRequest&, HttpResponse& out) {
      out = HttpResponse::Text(200, "private");
    });
  }

  static HttpRequest Request(const std::string& target, std::vector<HttpHeader> headers = {}) {
    HttpRequest request;
    request.method = "GET";
    request.target = target;
    request.headers = std::move(headers);
    return request;
  }
  // Status and body.
  std::string Ask(const HttpRequest& request) {
    const HttpResponse response = engine_.Process(request);
    return std::to_string(response.status) + " " + response.body;
  }
  std::string Ask(const std::string& target) { return Ask(Request(target)); }
  static std::string Header(const HttpResponse& response, std::string_view name) {
    for (const HttpHeader& header : response.headers) {
      if (SameHeaderName(header.name, name)) {
        return header.value;
      }
    }
    return "";
  }

  HttplibEngine engine_;
};

TEST_F(HttplibEngineTest, FindsAHandlerByExactPathAndListener) {
  EXPECT_EQ(Ask("/api/echo"), "200 GET /api/echo a=- b=- h=- \n");
  EXPECT_EQ(Ask("/api/echo?"), "200 GET /api/echo a=- b=- h=- \n");
  EXPECT_EQ(Ask("/api/%65cho"), "200 GET /api/echo a=- b=- h=- \n");
  for (const std::string target :
       {"/", "/api", "/api/echo/", "/api/echo2", "//api/echo", "/API/echo", "/metrics", "/api/.*",
        "/api/echo%00", "/api/../api/echo", "/api%2Fecho%"}) {
    EXPECT_EQ(Ask(target), "404 not found\n") << target;
  }
  HttpRequest request = Request("/metrics");
  request.listener = Listener::kPrivate;
  EXPECT_EQ(Ask(request), "200 private\n");
  request.target = "/api/echo";
  EXPECT_EQ(Ask(request), "404 not found\n");
}

TEST_F(HttplibEngineTest, GivesTheFirstOfARepeatedParameterDecoded) {
  EXPECT_EQ(Ask("/api/echo?a=1&b=2&a=3"), "200 GET /api/echo a=1 b=2 h=- \n");
  EXPECT_EQ(Ask("/api/echo?b=%41+c%2b&a="), "200 GET /api/echo a= b=A c+ h=- \n");
  EXPECT_EQ(Ask("/api/echo?a=x?y&b=?"), "200 GET /api/echo a=x?y b=? h=- \n");
  EXPECT_EQ(Ask("/api/echo?a=%zz&&=&b"), "200 GET /api/echo a=%zz b= h=- \n");
}

TEST_F(HttplibEngineTest, PassesMethodBodyAndHeadersOnAsTheyCame) {
  HttpRequest request = Request("/api/echo", {{"x_h", "50%41 %20"}, {"X-H", "second"}});
  request.method = "BREW";
  request.body = "coffee";
  EXPECT_EQ(Ask(request), "200 BREW /api/echo a=- b=- h=50%41 %20 coffee\n");
}

TEST_F(HttplibEngineTest, IsNotLedAstrayByHeadersThatTheLibraryTrusts) {
  EXPECT_EQ(Ask(Request("/api/echo", {{"REMOTE_ADDR", "1.2.3.4"},
                                      {"Range", "bytes=0-1"},
                                      {"Content-Length", "1000000"},
                                      {"Transfer-Encoding", "chunked"},
                                      {"Expect", "100-continue"},
                                      {"Connection", "close"},
                                      {"Content-Type", "multipart/form-data"}})),
            "200 GET /api/echo a=- b=- h=- \n");
}

TEST_F(HttplibEngineTest, SaysNothingOfAnException) {
  engine_.Mount(Listener::kPublic, "/throw", [](const ApiRequest&, HttpResponse& out) {
    out.headers.push_back({"Half", "done"});
    throw std::runtime_error("a secret");
  });
  engine_.Mount(Listener::kPublic, "/throw/int", [](const ApiRequest&, HttpResponse&) { throw 1; });
  for (const std::string target : {"/throw", "/throw/int"}) {
    const HttpResponse response = engine_.Process(Request(target));
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body, "internal error\n");
    ASSERT_EQ(response.headers.size(), 1U);
    EXPECT_EQ(response.headers[0].name, "Content-Type");
  }
}

TEST_F(HttplibEngineTest, LeavesStatusHeadersAndBodyToTheHandler) {
  engine_.Mount(Listener::kPublic, "/own", [](const ApiRequest&, HttpResponse& out) {
    out.status = 418;
    out.headers = {{"A", "b"}, {"A", "c"}};
    out.body = std::string("\0\r\n", 3);
  });
  const HttpResponse response = engine_.Process(Request("/own"));
  EXPECT_EQ(response.status, 418);
  EXPECT_EQ(response.body, std::string("\0\r\n", 3));
  ASSERT_EQ(response.headers.size(), 2U);
  EXPECT_EQ(response.headers[1].value, "c");
}

TEST_F(HttplibEngineTest, CompressesLargeTextForThoseWhoTakeGzip) {
  std::string json = "[";
  for (int i = 0; i < 1'000; ++i) {
    json += std::to_string(i) + ",";
  }
  engine_.Mount(Listener::kPublic, "/json", [&](const ApiRequest&, HttpResponse& out) {
    out.headers = {{"Content-Type", "application/json"}};
    out.body = json;
  });
  engine_.Mount(Listener::kPublic, "/text",
                [&](const ApiRequest&, HttpResponse& out) { out = HttpResponse::Text(503, json); });
  engine_.Mount(Listener::kPublic, "/png", [&](const ApiRequest&, HttpResponse& out) {
    out.headers = {{"Content-Type", "image/png"}};
    out.body = json;
  });
  engine_.Mount(Listener::kPublic, "/done", [&](const ApiRequest&, HttpResponse& out) {
    out.headers = {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}};
    out.body = json;
  });
  struct Case {
    const char* target;
    const char* accept;
    bool compressed;
  };
  for (const Case& c : std::vector<Case>{
           {"/json", "gzip", true},
           {"/json", "br, GZIP;q=0.5, deflate", true},
           {"/json", "*", true},
           {"/json", "*;q=0", false},
           {"/json", "gzip;q=0, *", false},
           {"/json", "gzip; q=0.000", false},
           {"/json", "gzip;q=0.001", true},
           {"/json", "br", false},
           {"/json", "", false},
           {"/json", "xgzipx", false},
           {"/text", "gzip", true},
           {"/png", "gzip", false},
           {"/api/echo", "gzip", false},
       }) {
    const HttpResponse response =
        engine_.Process(Request(c.target, {{"Accept-Encoding", c.accept}}));
    EXPECT_EQ(Header(response, "Content-Encoding"), c.compressed ? "gzip" : "")
        << c.target << " " << c.accept;
    if (c.compressed) {
      EXPECT_LT(response.body.size(), json.size());
      EXPECT_TRUE(test::Gunzip(response.body).starts_with(json));
      EXPECT_EQ(Header(response, "Vary"), "Accept-Encoding");
    } else if (c.target != std::string("/api/echo")) {
      EXPECT_EQ(response.body, json);
    }
  }
  EXPECT_EQ(engine_.Process(Request("/done", {{"Accept-Encoding", "gzip"}})).body, json);
  EXPECT_EQ(engine_.Process(Request("/text", {{"Accept-Encoding", "gzip"}})).status, 503);
}

TEST_F(HttplibEngineTest, AnswersATargetOverTheLibrarysBound) {
  EXPECT_EQ(Ask("/api/echo?a=" + std::string(100'000, 'x')), "414 request target too long\n");
  EXPECT_EQ(Ask("/api/echo?c=" + std::string(8'000, 'x')), "200 GET /api/echo a=- b=- h=- \n");
}

TEST_F(HttplibEngineTest, SurvivesRandomTargets) {
  std::mt19937 random(17);
  const std::string alphabet = "/%?&=+;#.:@aZ09%%u\\\"<>{}|^`~*";
  for (int round = 0; round < 20'000; ++round) {
    std::string target = "/";
    for (size_t n = random() % 60; n > 0; --n) {
      target.push_back(alphabet[random() % alphabet.size()]);
    }
    const int status = engine_.Process(Request(target)).status;
    EXPECT_TRUE(status == 404 || status == 400) << target;
    const int known = engine_.Process(Request("/api/echo?" + target)).status;
    EXPECT_EQ(known, 200) << target;
  }
}

TEST_F(HttplibEngineTest, ServesManyThreadsAtATime) {
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        const std::string a = std::to_string(t * 1'000 + i);
        right += Ask("/api/echo?a=" + a) == "200 GET /api/echo a=" + a + " b=- h=- \n" ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(right, 2'000);
}

}  // namespace
}  // namespace rollcall::http
