// The embedded page is the files of web/static, and asks for nothing from elsewhere.
#include "web/assets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <span>
#include <string>

#include "tests/support/file_tree.h"
#include "tests/support/gzip.h"

namespace rollcall::web {
namespace {

// Null where there is none.
const Asset* FindAsset(std::string_view path) {
  const std::span<const Asset> assets = Assets();
  const auto found = std::find_if(assets.begin(), assets.end(),
                                  [&](const Asset& asset) { return asset.path == path; });
  return found == assets.end() ? nullptr : &*found;
}

// The folder of all but the pages, by which browsers know them for ever.
std::string Folder() {
  for (const Asset& asset : Assets()) {
    const size_t end = asset.path.rfind('/');
    if (end > 0) return std::string(asset.path.substr(0, end + 1));
  }
  return "none";
}

// The pages' paths, each with the name of the file that it comes from.
const std::map<std::string, std::string> kPages{
    {"/", "index.html"}, {"/hosts", "hosts.html"}, {"/records", "records.html"}};

// A page as it is at its path: index.html is a template.
std::string PageAt(const std::string& path) {
  if (path != "/") return std::string(FindAsset(path)->bytes);
  return std::regex_replace(std::string(IndexTemplate()), std::regex("@ROOT@"), "");
}

std::string PathOf(const std::string& file) {
  return file.ends_with(".html") ? "/" + file.substr(0, file.rfind('.')) : Folder() + file;
}

// The first groups of all matches.
std::set<std::string> FindAll(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    found.insert((*it)[1]);
  }
  return found;
}

// A module and all that it imports, and so on.
void AddModules(const std::string& module, std::set<std::string>& modules) {
  if (!modules.insert(module).second) return;
  const Asset* const asset = FindAsset(Folder() + module);
  ASSERT_NE(asset, nullptr) << module;
  static const std::regex import("(?:from|import) '\\./([a-z_]+\\.js)'");
  for (const std::string& next : FindAll(std::string(asset->bytes), import)) {
    AddModules(next, modules);
  }
}

TEST(AssetsTest, EveryFileIsThereByteForByteAndWithinGzipToo) {
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(ROLLCALL_SOURCE_DIR "/web/static")) {
    const std::string name = entry.path().filename().string();
    std::string bytes = test::FileBytes(entry.path());
    if (name.ends_with(".html")) {
      const std::string folder = Folder().substr(1, Folder().size() - 2);
      bytes = std::regex_replace(bytes, std::regex("@ASSETS@"), folder);
    }
    if (name == "index.html") {
      EXPECT_EQ(IndexTemplate(), bytes);
      continue;
    }
    const Asset* asset = FindAsset(PathOf(name));
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
  EXPECT_EQ(FindAsset("/hosts")->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(FindAsset(Folder() + "style.css")->content_type, "text/css; charset=utf-8");
  EXPECT_EQ(FindAsset(Folder() + "app.js")->content_type, "text/javascript; charset=utf-8");
  std::set<std::string_view> tags;
  for (const Asset& asset : Assets()) {
    EXPECT_TRUE(std::regex_match(std::string(asset.etag), std::regex("W/\"[0-9a-f]{32}\"")));
    EXPECT_TRUE(tags.insert(asset.etag).second) << asset.path;
  }
}

TEST(AssetsTest, OnlyPagesThemselvesHaveAPathThatOutlivesTheirContent) {
  EXPECT_TRUE(std::regex_match(Folder(), std::regex("/assets/[0-9a-f]{16}/"))) << Folder();
  for (const Asset& asset : Assets()) {
    EXPECT_EQ(asset.never_changes(), asset.path.starts_with(Folder())) << asset.path;
  }
}

// It stands at /FLEET/ too.
TEST(AssetsTest, TheTemplateSaysOfEachAddressThatItIsFromTheServersRoot) {
  const std::string page(IndexTemplate());
  for (const std::string& target : FindAll(page, std::regex("(?:src|href)=\"([^\"]*)\""))) {
    EXPECT_TRUE(target.starts_with("#") || target.starts_with("@ROOT@")) << target;
  }
}

TEST(AssetsTest, TogetherTheyAreLight) {
  size_t bytes = 0;
  for (const Asset& asset : Assets()) bytes += asset.gzip.size();
  EXPECT_LT(bytes, 350U * 1024);
}

TEST(AssetsTest, PagesAskForNothingButTheirOwnAssetsAndTheApi) {
  for (const auto& [path, file] : kPages) {
    const std::string page = PageAt(path);
    size_t assets = 0;
    for (const std::string& target : FindAll(page, std::regex("(?:src|href)=\"([^\"]*)\""))) {
      if (target.starts_with("#") || target.starts_with("api/v1/") ||
          target.starts_with("telemetry/") || target.starts_with("chart/") || target == "./" ||
          target == "." || target.starts_with("privacy?")) {
        continue;
      }
      EXPECT_NE(FindAsset("/" + target), nullptr) << target << ": not relative, or not there";
      ++assets;
    }
    EXPECT_GE(assets, 2u) << file;
  }
  for (const Asset& asset : Assets()) {
    // The name of SVG looks like an address, and nobody asks for it; neither does anybody for the
    // one in an example of a command.
    const std::string text =
        std::regex_replace(std::string(asset.bytes),
                           std::regex("http://(www\\.w3\\.org/2000/svg|127\\.0\\.0\\.1)"), "");
    const bool is_ours =
        !asset.path.ends_with("/icon.svg") && !asset.path.ends_with("/chart.min.js");
    EXPECT_FALSE(is_ours && std::regex_search(text, std::regex("(https?:)?//[a-z0-9-]+\\.[a-z]")))
        << asset.path;
  }
}

// Else a browser would find a module only after it has read the one that names it.
TEST(AssetsTest, APageNamesEveryModuleThatItUsesForItsBrowserToFetchAtOnce) {
  std::set<std::string> used;
  for (const auto& [path, file] : kPages) {
    const std::string page = PageAt(path);
    const std::string folder = Folder().substr(1);
    const std::set<std::string> named =
        FindAll(page, std::regex("(?:src|href)=\"" + folder + "([a-z_]+\\.js)\""));
    std::set<std::string> modules;
    for (const std::string& main : FindAll(
             page, std::regex("<script type=\"module\" src=\"" + folder + "([a-z_]+\\.js)\""))) {
      AddModules(main, modules);
    }
    EXPECT_GE(modules.size(), 5u) << file;
    EXPECT_EQ(named, modules) << file;
    used.insert(modules.begin(), modules.end());
  }
  for (const Asset& asset : Assets()) {
    if (!asset.path.ends_with(".js") || asset.path.ends_with("/chart.min.js")) continue;
    EXPECT_TRUE(used.contains(std::string(asset.path.substr(Folder().size())))) << asset.path;
  }
}

TEST(AssetsTest, NothingRunsOrIsStyledInline) {
  for (const auto& [path, file] : kPages) {
    const std::string page = PageAt(path);
    EXPECT_FALSE(std::regex_search(page, std::regex("<style|\\sstyle=|\\son[a-z]+=|javascript:")));
    EXPECT_FALSE(std::regex_search(page, std::regex("<script(?![^>]*\\ssrc=)")));
  }
}

}  // namespace
}  // namespace rollcall::web
