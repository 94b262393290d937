// The page over real sockets: its files, and what browsers and caches go by.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "tests/support/gzip.h"
#include "tests/support/server_harness.h"
#include "web/assets.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class PageAssetsTest : public ServerTest {
 protected:
  // The listener that has a file: the pages of hosts and of records are private.
  HttpClient& At(const web::Asset& asset) { return asset.never_changes() ? *public_ : *private_; }
};

TEST_F(PageAssetsTest, EachFileIsServedAsItIsWithItsTypeAndPolicy) {
  ASSERT_GE(web::Assets().size(), 3U);
  for (const web::Asset& asset : web::Assets()) {
    const Reply reply = At(asset).Get(std::string(asset.path));
    EXPECT_EQ(reply.status, 200) << asset.path;
    EXPECT_EQ(reply.body, asset.bytes) << asset.path;
    EXPECT_EQ(reply.Header("content-type"), asset.content_type) << asset.path;
    EXPECT_EQ(reply.Header("etag"), asset.etag) << asset.path;
    EXPECT_EQ(reply.Header("cache-control"),
              !asset.never_changes() ? "no-cache" : "public, max-age=31536000, immutable")
        << asset.path;
    EXPECT_EQ(reply.Header("vary"), "Accept-Encoding") << asset.path;
    EXPECT_EQ(reply.Header("x-content-type-options"), "nosniff") << asset.path;
    EXPECT_THAT(reply.Header("content-security-policy"), StartsWith("default-src 'none'; "));
    EXPECT_THAT(reply.Header("content-security-policy"), HasSubstr("frame-ancestors 'none'"));
  }
}

TEST_F(PageAssetsTest, TheRootIsAPageOfHtml) {
  const Reply reply = public_->Get("/");
  EXPECT_EQ(reply.Header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(reply.Header("cache-control"), "no-cache");
  EXPECT_EQ(reply.Header("content-security-policy"), web::kContentSecurityPolicy);
  EXPECT_EQ(reply.Header("referrer-policy"), "no-referrer");
  EXPECT_THAT(reply.body, HasSubstr("<html"));
  EXPECT_EQ(public_->Get("/?a=b").body, reply.body);
  const std::string tag = "If-None-Match: " + reply.Header("etag") + "\r\n";
  EXPECT_EQ(public_->Get("/", tag).status, 304);
  EXPECT_EQ(test::Gunzip(public_->Get("/", "Accept-Encoding: gzip\r\n").body), reply.body);
  EXPECT_EQ(public_->Ask("HEAD", "/").status, 200);
}

// Every address in the page leads to what is there, from where the page stands.
TEST_F(PageAssetsTest, ThePageStandsAtTheRootAndOneLevelBelowInAFoldersName) {
  const std::string name = public_->Get("/cozystack").Header("location");
  ASSERT_EQ(name, "cozystack/");
  EXPECT_EQ(public_->Get("/cozystack").status, 301);
  const std::regex reference("(?:src|href)=\"([^\"#]+)\"");
  for (const std::string& place : {std::string("/"), "/" + name}) {
    const std::string page = public_->Get(place).body;
    size_t found = 0;
    for (std::sregex_iterator it(page.begin(), page.end(), reference), end; it != end; ++it) {
      std::string target = std::regex_replace((*it)[1].str(), std::regex("&amp;"), "&");
      if (place != "/") {
        ASSERT_TRUE(target.starts_with("../")) << target;
        target = target.substr(3);
      }
      if (target == ".") target.clear();
      const int status = public_->Get("/" + target).status;
      // Nothing was reported, and the overview says so.
      EXPECT_EQ(status, target.starts_with("api/v1/overview") ? 404 : 200)
          << place << " " << target;
      ++found;
    }
    EXPECT_GT(found, 30U);
  }
  EXPECT_EQ(public_->Get("/none/").status, 404);
}

TEST_F(PageAssetsTest, OnlyTheExactPathFindsAFile) {
  const std::string file(web::Assets().back().path);
  const std::string name = file.substr(file.rfind('/') + 1);
  EXPECT_EQ(public_->Get(file + "?x").status, 200);
  for (const std::string& path :
       {std::string("/index.html"), "/" + name, file + "/", "/" + file,
        "/assets/0000000000000000/" + name, "/../web/static/" + name, "/%2e%2e/" + name}) {
    EXPECT_EQ(public_->Get(path).status, 404) << path;
  }
}

TEST_F(PageAssetsTest, HeadSaysWhatGetWouldAndSendsNoBody) {
  for (const web::Asset& asset : web::Assets()) {
    const Reply reply = At(asset).Ask("HEAD", std::string(asset.path));
    EXPECT_EQ(reply.status, 200) << asset.path;
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(reply.Header("content-length"), std::to_string(asset.bytes.size())) << asset.path;
    EXPECT_EQ(reply.Header("etag"), asset.etag);
    EXPECT_EQ(At(asset).Get("/healthz").status, 200) << "the connection is in step";
  }
}

TEST_F(PageAssetsTest, AKnownTagIs304WithoutABody) {
  for (const web::Asset& asset : web::Assets()) {
    const std::string path(asset.path);
    const std::string tag(asset.etag);
    for (const std::string& known : {tag, tag.substr(2), "\"other\", " + tag}) {
      const Reply reply = At(asset).Get(path, "If-None-Match: " + known + "\r\n");
      EXPECT_EQ(reply.status, 304) << path << " " << known;
      EXPECT_EQ(reply.body, "");
      EXPECT_EQ(reply.Header("etag"), tag);
    }
    for (const char* other : {"\"other\"", "", "\"\"", "W/\"x\""}) {
      EXPECT_EQ(At(asset).Get(path, "If-None-Match: " + std::string(other) + "\r\n").status, 200);
    }
  }
}

TEST_F(PageAssetsTest, AFileIsSentAsGzipToThoseWhoTakeIt) {
  for (const web::Asset& asset : web::Assets()) {
    const std::string path(asset.path);
    const Reply gzip = At(asset).Get(path, "Accept-Encoding: gzip, br\r\n");
    EXPECT_EQ(gzip.status, 200);
    EXPECT_EQ(gzip.Header("content-encoding"), "gzip") << path;
    EXPECT_EQ(gzip.Header("etag"), asset.etag) << path;
    EXPECT_EQ(gzip.Header("vary"), "Accept-Encoding") << path;
    EXPECT_EQ(test::Gunzip(gzip.body), asset.bytes) << path;
    const Reply plain = At(asset).Get(path, "Accept-Encoding: br, gzip;q=0\r\n");
    EXPECT_EQ(plain.Header("content-encoding"), "") << path;
    EXPECT_EQ(plain.body, asset.bytes) << path;
  }
}

TEST_F(PageAssetsTest, TheRootTakesReportsAndRefusesOtherMethods) {
  const Reply put = public_->Ask("PUT", "/");
  EXPECT_EQ(put.status, 405);
  EXPECT_EQ(put.Header("allow"), "GET, HEAD, POST");
  const std::string file(web::Assets().back().path);
  ASSERT_NE(file, "/");
  EXPECT_EQ(public_->Ask("POST", file, "X-Cluster-ID: a\r\n").status, 405);
  EXPECT_EQ(public_->Ask("POST", file).Header("allow"), "GET, HEAD");
  EXPECT_EQ(public_->Post("a", "cozy_cluster_info 1\n").status, 200);
}

}  // namespace
}  // namespace rollcall::test
