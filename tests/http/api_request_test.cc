#include "http/server/api_request.h"

#include <gtest/gtest.h>

#include <future>
#include <random>
#include <stdexcept>
#include <vector>

#include "tests/support/gzip.h"

namespace rollcall::http {
namespace {

HttpRequest Request(const std::string& target, std::vector<HttpHeader> headers = {}) {
  HttpRequest request;
  request.method = "GET";
  request.target = target;
  request.headers = std::move(headers);
  return request;
}

HttpResponse AnswerOf(const ApiHandler& handler, HttpRequest request) {
  std::promise<HttpResponse> answer;
  Answering(handler)(std::move(request), Responder([&](HttpResponse&& response) {
                       answer.set_value(std::move(response));
                     }));
  return answer.get_future().get();
}

// What a handler was given: "GET /path a=1 b=- h=- body".
std::string Told(const HttpRequest& request) {
  const ApiRequest seen(request);
  return seen.method() + " " + seen.path() + " a=" + seen.Param("a").value_or("-") +
         " b=" + seen.Param("b").value_or("-") +
         " h=" + std::string(seen.Header("X-H").value_or("-")) + " " + seen.body();
}
std::string Told(const std::string& target) { return Told(Request(target)); }

std::string Header(const HttpResponse& response, std::string_view name) {
  for (const HttpHeader& header : response.headers) {
    if (SameHeaderName(header.name, name)) return header.value;
  }
  return "";
}

TEST(ApiRequestTest, DecodesThePathAndLeavesItsPlus) {
  EXPECT_EQ(Told("/api/%65cho"), "GET /api/echo a=- b=- h=- ");
  EXPECT_EQ(Told("/api/echo?"), "GET /api/echo a=- b=- h=- ");
  EXPECT_EQ(Told("/a+b%2Bc%"), "GET /a+b+c% a=- b=- h=- ");
}

TEST(ApiRequestTest, AValueRunsFromTheFirstEqualsToTheNextAmpersand) {
  EXPECT_EQ(Told("/?a=1?x=1"), "GET / a=1?x=1 b=- h=- ");
  EXPECT_EQ(Told("/?a={kind=\"Tenant\"}&b=?"), "GET / a={kind=\"Tenant\"} b=? h=- ");
  EXPECT_EQ(Told("/?a==&b"), "GET / a== b= h=- ");
}

TEST(ApiRequestTest, GivesTheFirstOfARepeatedParameterDecoded) {
  EXPECT_EQ(Told("/?a=1&b=2&a=3"), "GET / a=1 b=2 h=- ");
  EXPECT_EQ(Told("/?b=%41+c%2b&a="), "GET / a= b=A c+ h=- ");
  EXPECT_EQ(Told("/?a=%zz&&=&b=%4"), "GET / a=%zz b=%4 h=- ");
  const HttpRequest request = Request("/?a=1&b=2&%61=3&a");
  EXPECT_EQ(ApiRequest(request).AllOf("a"), (std::vector<std::string>{"1", "3", ""}));
  EXPECT_TRUE(ApiRequest(request).AllOf("c").empty());
}

TEST(ApiRequestTest, APostedFormIsParametersToo) {
  HttpRequest form = Request("/?a=1", {{"Content-Type", "Application/X-WWW-Form-Urlencoded; x=y"}});
  form.method = "POST";
  form.body = "a=2&b=x%3Dy";
  EXPECT_EQ(Told(form), "POST / a=1 b=x=y h=- a=2&b=x%3Dy");
  form.headers.clear();
  EXPECT_EQ(Told(form), "POST / a=1 b=- h=- a=2&b=x%3Dy");
}

TEST(ApiRequestTest, PassesMethodBodyAndHeadersOnAsTheyCame) {
  HttpRequest request = Request("/", {{"x-h", "50%41 %20"}, {"X-H", "second"}});
  request.method = "BREW";
  request.body = "coffee";
  EXPECT_EQ(Told(request), "BREW / a=- b=- h=50%41 %20 coffee");
}

TEST(ApiRequestTest, SurvivesRandomTargets) {
  std::mt19937 random(17);
  const std::string alphabet = "/%?&=+;#.:@aZ09%%u\\\"<>{}|^`~*";
  for (int round = 0; round < 20'000; ++round) {
    std::string query;
    for (size_t n = random() % 60; n > 0; --n) query += alphabet[random() % alphabet.size()];
    const HttpRequest request = Request("/x?" + query);
    const ApiRequest seen(request);
    EXPECT_EQ(seen.path(), "/x") << query;
    EXPECT_LE(seen.Param("a").value_or("").size(), query.size()) << query;
  }
}

TEST(AnsweringTest, SaysNothingOfAnException) {
  const std::vector<ApiHandler> handlers = {[](const ApiRequest&, HttpResponse& out) {
                                              out.headers.push_back({"Half", "done"});
                                              throw std::runtime_error("a secret");
                                            },
                                            [](const ApiRequest&, HttpResponse&) { throw 1; }};
  for (const ApiHandler& handler : handlers) {
    const HttpResponse response = AnswerOf(handler, Request("/"));
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body, "internal error\n");
    ASSERT_EQ(response.headers.size(), 1U);
    EXPECT_EQ(response.headers[0].name, "Content-Type");
  }
}

TEST(AnsweringTest, LeavesStatusHeadersAndBodyToTheHandler) {
  const HttpResponse response = AnswerOf(
      [](const ApiRequest&, HttpResponse& out) {
        out.status = 418;
        out.headers = {{"A", "b"}, {"A", "c"}};
        out.body = std::string("\0\r\n", 3);
      },
      Request("/own"));
  EXPECT_EQ(response.status, 418);
  EXPECT_EQ(response.body, std::string("\0\r\n", 3));
  ASSERT_EQ(response.headers.size(), 2U);
  EXPECT_EQ(response.headers[1].value, "c");
}

// Gives out a text in pieces of some bytes each, an empty one among them; fails at its end if told
// so.
class Pieces final : public BodyStream {
 public:
  Pieces(std::string text, bool fails) : text_(std::move(text)), fails_(fails) {}
  Result<bool> Next(std::string& out) override {
    if (at_ == text_.size() && fails_) return Status::Unavailable("the disk is gone");
    const size_t bytes = count_++ == 1 ? 0 : std::min<size_t>(70'000, text_.size() - at_);
    out.assign(text_, at_, bytes);
    at_ += bytes;
    return at_ < text_.size() || fails_;
  }

 private:
  const std::string text_;
  const bool fails_;
  size_t at_ = 0;
  size_t count_ = 0;
};

TEST(AnsweringTest, CompressesAStreamPieceByPieceForThoseWhoTakeGzip) {
  std::mt19937 random(7);
  std::string noise(300'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  for (const std::string& text : {std::string(), std::string(1'000'000, 'x'), noise}) {
    const auto answer = [&](const char* type, bool fails) {
      return AnswerOf(
          [&](const ApiRequest&, HttpResponse& out) {
            out.headers.push_back({"Content-Type", type});
            out.stream = std::make_shared<Pieces>(text, fails);
          },
          Request("/", {{"Accept-Encoding", "gzip"}}));
    };
    const auto all_of = [](const HttpResponse& response) {
      std::string all;
      for (bool more = true; more;) {
        std::string piece;
        const Result<bool> next = response.stream->Next(piece);
        if (!next.ok()) return "failed: " + next.status().message();
        all += piece;
        more = *next;
      }
      return all;
    };
    const HttpResponse packed = answer("application/json", false);
    EXPECT_EQ(Header(packed, "Content-Encoding"), "gzip");
    EXPECT_TRUE(test::Gunzip(all_of(packed)) == text);
    EXPECT_EQ(all_of(answer("application/json", true)), "failed: the disk is gone");
    const HttpResponse plain = answer("application/stream+json", false);
    EXPECT_EQ(Header(plain, "Content-Encoding"), "");
    EXPECT_TRUE(all_of(plain) == text);
  }
}

TEST(AnsweringTest, CompressesLargeTextForThoseWhoTakeGzip) {
  std::string json = "[";
  for (int i = 0; i < 1'000; ++i) json += std::to_string(i) + ",";
  const auto of_type = [&](const char* type) -> ApiHandler {
    return [&json, type](const ApiRequest&, HttpResponse& out) {
      out.headers = {{"Content-Type", type}};
      out.body = json;
    };
  };
  struct Case {
    const char* type;
    const char* accept;
    bool compressed;
  };
  for (const Case& c : std::vector<Case>{
           {"application/json", "gzip", true},
           {"application/json", "br, GZIP;q=0.5, deflate", true},
           {"application/json", "*", true},
           {"application/json", "*;q=0", false},
           {"application/json", "gzip;q=0, *", false},
           {"application/json", "gzip; q=0.000", false},
           {"application/json", "gzip;q=0.001", true},
           {"application/json", "br", false},
           {"application/json", "", false},
           {"application/json", "xgzipx", false},
           {"text/plain; charset=utf-8", "gzip", true},
           {"image/svg+xml", "gzip", true},
           {"image/png", "gzip", false},
       }) {
    const HttpResponse response =
        AnswerOf(of_type(c.type), Request("/", {{"Accept-Encoding", c.accept}}));
    EXPECT_EQ(Header(response, "Content-Encoding"), c.compressed ? "gzip" : "")
        << c.type << " " << c.accept;
    EXPECT_EQ(Header(response, "Vary"),
              c.type == std::string("image/png") ? "" : "Accept-Encoding");
    if (c.compressed) {
      EXPECT_LT(response.body.size(), json.size());
      EXPECT_EQ(test::Gunzip(response.body), json);
    } else {
      EXPECT_EQ(response.body, json);
    }
  }
}

TEST(AnsweringTest, LeavesSmallAndCodedBodiesAsTheyAre) {
  const HttpRequest request = Request("/", {{"Accept-Encoding", "gzip"}});
  const HttpResponse small = AnswerOf(
      [](const ApiRequest&, HttpResponse& out) { out = HttpResponse::Text(503, "busy"); }, request);
  EXPECT_EQ(small.body, "busy\n");
  EXPECT_EQ(Header(small, "Content-Encoding"), "");
  const std::string packed(5'000, 'x');
  const HttpResponse coded = AnswerOf(
      [&](const ApiRequest&, HttpResponse& out) {
        out.headers = {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}};
        out.body = packed;
      },
      request);
  EXPECT_EQ(coded.body, packed);
}

}  // namespace
}  // namespace rollcall::http
