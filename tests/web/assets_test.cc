// The embedded page is the files of web/static, and asks for nothing from elsewhere.
#include "web/assets.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace rollcall::web {
namespace {

std::string FileBytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(AssetsTest, EveryFileIsThereByteForByte) {
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(ROLLCALL_SOURCE_DIR "/web/static")) {
    const std::string name = entry.path().filename().string();
    const Asset* asset = FindAsset(name == "index.html" ? "/" : "/" + name);
    ASSERT_NE(asset, nullptr) << name;
    EXPECT_EQ(asset->bytes, FileBytes(entry.path())) << name;
    ++files;
  }
  EXPECT_EQ(Assets().size(), files);
}

TEST(AssetsTest, EachHasItsContentTypeAndATagOfItsOwn) {
  EXPECT_EQ(FindAsset("/")->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(FindAsset("/style.css")->content_type, "text/css; charset=utf-8");
  EXPECT_EQ(FindAsset("/app.js")->content_type, "text/javascript; charset=utf-8");
  std::set<std::string_view> tags;
  for (const Asset& asset : Assets()) {
    EXPECT_TRUE(std::regex_match(std::string(asset.etag), std::regex("\"[0-9a-f]{32}\"")));
    EXPECT_TRUE(tags.insert(asset.etag).second) << asset.path;
  }
}

TEST(AssetsTest, OnlyTheExactPathFindsAnAsset) {
  for (const char* path : {"", "/index.html", "app.js", "/app.js/", "//app.js", "/APP.JS",
                           "/../web/static/app.js", "/app.js?x"}) {
    EXPECT_EQ(FindAsset(path), nullptr) << path;
  }
}

TEST(AssetsTest, ThePageAsksForNothingButItsOwnAssets) {
  const std::string page(FindAsset("/")->bytes);
  const std::regex reference("(?:src|href)=\"([^\"]*)\"");
  size_t references = 0;
  for (std::sregex_iterator it(page.begin(), page.end(), reference), end; it != end; ++it) {
    EXPECT_NE(FindAsset((*it)[1].str()), nullptr) << (*it)[1];
    ++references;
  }
  EXPECT_GE(references, 2u);
  for (const Asset& asset : Assets()) {
    const std::string text(asset.bytes);
    EXPECT_FALSE(std::regex_search(text, std::regex("(https?:)?//[a-z0-9-]+\\.[a-z]")) &&
                 asset.path != "/icon.svg")
        << asset.path;
  }
}

TEST(AssetsTest, NothingRunsOrIsStyledInline) {
  const std::string page(FindAsset("/")->bytes);
  EXPECT_FALSE(std::regex_search(page, std::regex("<style|\\sstyle=|\\son[a-z]+=|javascript:")));
  EXPECT_FALSE(std::regex_search(page, std::regex("<script(?![^>]*\\ssrc=)")));
}

}  // namespace
}  // namespace rollcall::web
