#include "http/server/message.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rollcall::http {
namespace {

class ResponderTest : public ::testing::Test {
 protected:
  Responder Make() {
    return Responder([this](HttpResponse&& response) { given_.push_back(response.status); });
  }
  std::vector<int> given_;
};

TEST(HttpMessageTest, ComparesHeaderNamesWithoutCase) {
  EXPECT_TRUE(SameHeaderName("X-Cluster-ID", "x-cluster-id"));
  EXPECT_FALSE(SameHeaderName("X-Cluster-ID", "X_Cluster_ID"));
  EXPECT_TRUE(SameHeaderName("", ""));
  EXPECT_FALSE(SameHeaderName("X-Cluster-ID", "X-Cluster-I"));
  EXPECT_FALSE(SameHeaderName("X-Cluster-ID", "X-Cluster-IE"));
  EXPECT_FALSE(SameHeaderName("[", "{"));
}

TEST(HttpMessageTest, SplitsThePathOffTheTarget) {
  HttpRequest request;
  request.target = "/a/b?c=d?e";
  EXPECT_EQ(request.path(), "/a/b");
  request.target = "/a";
  EXPECT_EQ(request.path(), "/a");
  request.target = "/?";
  EXPECT_EQ(request.path(), "/");
}

TEST(HttpMessageTest, FindsTheFirstHeaderOfAName) {
  HttpRequest request;
  request.headers = {{"A", "1"}, {"X_Id", "2"}, {"x-id", "3"}};
  EXPECT_EQ(request.Header("X-ID"), "3");
  EXPECT_EQ(request.Header("x_ID"), "2");
  EXPECT_EQ(request.Header("X-Ie"), std::nullopt);
}

TEST_F(ResponderTest, AnswersOnce) {
  Responder responder = Make();
  responder.Respond({.status = 200, .headers = {}, .body = ""});
  responder.Respond({.status = 201, .headers = {}, .body = ""});
  EXPECT_EQ(given_, std::vector<int>{200});
}

TEST_F(ResponderTest, Answers500WhenItGoesAwayUnanswered) {
  { Responder responder = Make(); }
  EXPECT_EQ(given_, std::vector<int>{500});
}

TEST_F(ResponderTest, MovesItsDuty) {
  {
    Responder first = Make();
    Responder second = std::move(first);
    first.Respond({.status = 201, .headers = {}, .body = ""});  // NOLINT: it has nothing left to do
    EXPECT_TRUE(given_.empty());
    Responder third = Make();
    third = std::move(second);  // what third was to answer is abandoned
    EXPECT_EQ(given_, std::vector<int>{500});
    third.Respond({.status = 202, .headers = {}, .body = ""});
  }
  EXPECT_EQ(given_, (std::vector<int>{500, 202}));
}

TEST_F(ResponderTest, AnEmptyOneDoesNothing) {
  Responder responder;
  responder.Respond({});
}

}  // namespace
}  // namespace rollcall::http
