// The embedded page is the files of web/static, and asks for nothing from elsewhere.
#include "web/assets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <span>
#include <string>

#include "tests/support/gzip.h"

namespace rollcall::web {
namespace {

std::string FileBytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Null where there is none.
const Asset* FindAsset(std::string_view path) {
  const std::span<const Asset> assets = Assets();
  const auto found = std::find_if(assets.begin(), assets.end(),
                                  [&](const Asset& asset) { return asset.path == path; });
  return found == assets.end() ? nullptr : &*found;
}

// The folder of them all, by which browsers know them for ever.
std::string Folder() {
  const std::string_view path = Assets().front().path;
  return std::string(path.substr(0, path.rfind('/') + 1));
}

TEST(AssetsTest, EveryFileIsThereByteForByteAndWithinGzipToo) {
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(ROLLCALL_SOURCE_DIR "/web/static")) {
    const std::string name = entry.path().filename().string();
    const std::string bytes = FileBytes(entry.path());
    if (name == "index.html") {
      const std::string folder = Folder().substr(1, Folder().size() - 2);
      EXPECT_EQ(IndexTemplate(), std::regex_replace(bytes, std::regex("@ASSETS@"), folder));
      continue;
    }
    const Asset* asset = FindAsset(Folder() + name);
    ASSERT_NE(asset, nullptr) << name;
    EXPECT_EQ(asset->bytes, bytes) << name;
    EXPECT_EQ(test::Gunzip(asset->gzip), bytes) << name;
    ++files;
  }
  EXPECT_EQ(Assets().size(), files + 1) << "Chart.js comes from the system";
}

TEST(AssetsTest, ChartJsIsThereWithItsLicence) {
  const Asset* chart = FindAsset(Folder() + "chart.min.js");
  ASSERT_NE(chart, nullptr);
  EXPECT_NE(chart->bytes.substr(0, 200).find("Chart.js v3."), std::string_view::npos);
  const Asset* licence = FindAsset(Folder() + "chart-licence.txt");
  ASSERT_NE(licence, nullptr);
  EXPECT_NE(licence->bytes.find("Chart.js Contributors"), std::string_view::npos);
  EXPECT_NE(licence->bytes.find("The above copyright notice and this permission notice"),
            std::string_view::npos);
}

TEST(AssetsTest, EachHasItsContentTypeAndATagOfItsOwn) {
  EXPECT_EQ(FindAsset(Folder() + "style.css")->content_type, "text/css; charset=utf-8");
  EXPECT_EQ(FindAsset(Folder() + "app.js")->content_type, "text/javascript; charset=utf-8");
  std::set<std::string_view> tags;
  for (const Asset& asset : Assets()) {
    EXPECT_TRUE(std::regex_match(std::string(asset.etag), std::regex("W/\"[0-9a-f]{32}\"")));
    EXPECT_TRUE(tags.insert(asset.etag).second) << asset.path;
  }
}

TEST(AssetsTest, NoPathOutlivesItsContent) {
  EXPECT_TRUE(std::regex_match(Folder(), std::regex("/assets/[0-9a-f]{16}/"))) << Folder();
  for (const Asset& asset : Assets()) {
    EXPECT_TRUE(asset.path.starts_with(Folder())) << asset.path;
  }
}

TEST(AssetsTest, TogetherTheyAreLight) {
  size_t bytes = 0;
  for (const Asset& asset : Assets()) bytes += asset.gzip.size();
  EXPECT_LT(bytes, 350U * 1024);
}

TEST(AssetsTest, ThePageAsksForNothingButItsOwnAssetsAndTheApi) {
  const std::string page(IndexTemplate());
  const std::regex reference("(?:src|href)=\"([^\"]*)\"");
  size_t assets = 0;
  for (std::sregex_iterator it(page.begin(), page.end(), reference), end; it != end; ++it) {
    std::string target = (*it)[1];
    if (target.starts_with("#")) continue;
    ASSERT_TRUE(target.starts_with("@ROOT@")) << target << ": not from the server's root";
    target = target.substr(6);
    if (target.starts_with("api/v1/") || target.starts_with("privacy?") || target == ".") continue;
    EXPECT_NE(FindAsset("/" + target), nullptr) << target << ": not there";
    ++assets;
  }
  EXPECT_GE(assets, 2u);
  for (const Asset& asset : Assets()) {
    // The name of SVG looks like an address, and nobody asks for it.
    const std::string text = std::regex_replace(std::string(asset.bytes),
                                                std::regex("http://www\\.w3\\.org/2000/svg"), "");
    const bool is_ours =
        !asset.path.ends_with("/icon.svg") && !asset.path.ends_with("/chart.min.js");
    EXPECT_FALSE(is_ours && std::regex_search(text, std::regex("(https?:)?//[a-z0-9-]+\\.[a-z]")))
        << asset.path;
  }
}

// Else a browser would find a module only after it has read the one that names it.
TEST(AssetsTest, ThePageNamesEveryModuleForItsBrowserToFetchAtOnce) {
  const std::string page(IndexTemplate());
  for (const Asset& asset : Assets()) {
    if (!asset.path.ends_with(".js") || asset.path.ends_with("/chart.min.js")) continue;
    EXPECT_NE(page.find("\"@ROOT@" + std::string(asset.path.substr(1)) + "\""), std::string::npos)
        << asset.path;
  }
}

TEST(AssetsTest, NothingRunsOrIsStyledInline) {
  const std::string page(IndexTemplate());
  EXPECT_FALSE(std::regex_search(page, std::regex("<style|\\sstyle=|\\son[a-z]+=|javascript:")));
  EXPECT_FALSE(std::regex_search(page, std::regex("<script(?![^>]*\\ssrc=)")));
}

}  // namespace
}  // namespace rollcall::web
