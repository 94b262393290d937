// The page over real sockets: its files, and what browsers and caches go by.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/gzip.h"
#include "tests/support/server_harness.h"
#include "web/assets.h"

namespace rollcall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class PageAssetsTest : public ServerTest {};

TEST_F(PageAssetsTest, EachFileIsServedAsItIsWithItsTypeAndPolicy) {
  ASSERT_GE(web::Assets().size(), 3U);
  for (const web::Asset& asset : web::Assets()) {
    const Reply reply = public_->Get(std::string(asset.path));
    EXPECT_EQ(reply.status, 200) << asset.path;
    EXPECT_EQ(reply.body, asset.bytes) << asset.path;
    EXPECT_EQ(reply.Header("content-type"), asset.content_type) << asset.path;
    EXPECT_EQ(reply.Header("etag"), asset.etag) << asset.path;
    EXPECT_EQ(reply.Header("cache-control"), "no-cache") << asset.path;
    EXPECT_EQ(reply.Header("x-content-type-options"), "nosniff") << asset.path;
    EXPECT_THAT(reply.Header("content-security-policy"), StartsWith("default-src 'none'; "));
    EXPECT_THAT(reply.Header("content-security-policy"), HasSubstr("frame-ancestors 'none'"));
  }
}

TEST_F(PageAssetsTest, TheRootIsAPageOfHtml) {
  const Reply reply = public_->Get("/");
  EXPECT_EQ(reply.Header("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(reply.body, HasSubstr("<html"));
  EXPECT_EQ(public_->Get("/?a=b").body, reply.body);
}

TEST_F(PageAssetsTest, HeadSaysWhatGetWouldAndSendsNoBody) {
  for (const web::Asset& asset : web::Assets()) {
    const Reply reply = public_->Ask("HEAD", std::string(asset.path));
    EXPECT_EQ(reply.status, 200) << asset.path;
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(reply.Header("content-length"), std::to_string(asset.bytes.size())) << asset.path;
    EXPECT_EQ(reply.Header("etag"), asset.etag);
    EXPECT_EQ(public_->Get("/healthz").status, 200) << "the connection is in step";
  }
}

TEST_F(PageAssetsTest, AKnownTagIs304WithoutABody) {
  for (const web::Asset& asset : web::Assets()) {
    const std::string path(asset.path);
    const std::string tag(asset.etag);
    for (const std::string& known : {tag, "W/" + tag, "\"other\", " + tag}) {
      const Reply reply = public_->Get(path, "If-None-Match: " + known + "\r\n");
      EXPECT_EQ(reply.status, 304) << path << " " << known;
      EXPECT_EQ(reply.body, "");
      EXPECT_EQ(reply.Header("etag"), tag);
    }
    for (const char* other : {"\"other\"", "", "\"\"", "W/\"x\""}) {
      EXPECT_EQ(public_->Get(path, "If-None-Match: " + std::string(other) + "\r\n").status, 200);
    }
  }
}

TEST_F(PageAssetsTest, AFileIsSentAsGzipToThoseWhoTakeIt) {
  for (const web::Asset& asset : web::Assets()) {
    if (asset.bytes.size() < 1024) continue;
    const Reply reply = public_->Get(std::string(asset.path), "Accept-Encoding: gzip, br\r\n");
    EXPECT_EQ(reply.status, 200);
    if (reply.Header("content-encoding") == "gzip") {
      EXPECT_EQ(test::Gunzip(reply.body), asset.bytes) << asset.path;
    } else {
      EXPECT_EQ(reply.Header("content-encoding"), "") << asset.path;
      EXPECT_EQ(reply.body, asset.bytes) << asset.path;
    }
  }
  EXPECT_EQ(public_->Get("/", "Accept-Encoding: gzip\r\n").Header("content-encoding"), "gzip");
}

TEST_F(PageAssetsTest, TheRootTakesReportsAndRefusesOtherMethods) {
  const Reply put = public_->Ask("PUT", "/");
  EXPECT_EQ(put.status, 405);
  EXPECT_EQ(put.Header("allow"), "GET, HEAD, POST");
  EXPECT_EQ(public_->Ask("POST", "/app.js", "X-Cluster-ID: a\r\n").status, 405);
  EXPECT_EQ(public_->Ask("POST", "/app.js").Header("allow"), "GET, HEAD");
  EXPECT_EQ(public_->Post("a", "cozy_cluster_info 1\n").status, 200);
}

}  // namespace
}  // namespace rollcall::testing
