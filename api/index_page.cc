#include "api/index_page.h"

#include "api/svg_text.h"
#include "web/assets.h"

namespace rollcall::api {
namespace {

std::string Capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

// What index.html has beside scripts: tables, and the figures that the page has charts of.
std::string Plain(const fleets::Declaration& declaration, const std::string& root) {
  const Fleet& fleet = declaration.fleet;
  const std::string query = "?fleet=" + fleet.name;
  const auto table = [&](const char* name, const char* shown) {
    return "<a href=\"" + root + "api/v1/" + name + query + "&amp;format=csv\">" + shown + "</a>";
  };
  const auto chart = [&](const std::string& name, const std::string& shown) {
    return "<p><img src=\"" + root + "chart/" + name + ".svg" + query + "\" alt=\"" +
           EscapeXml(Capitalized(shown)) + " by month\"></p>\n";
  };
  std::string html =
      "<p>This page needs JavaScript to show all it has. Without it, these are the " +
      std::string("main numbers; all of them are there as tables for a ") +
      "spreadsheet: " + table("overview", "overview") + ", " + table("trend", "months") +
      (fleet.breakdowns.empty() ? "" : ", " + table("breakdown", "breakdown")) +
      (fleet.figures.empty() ? "" : ", " + table("distribution", "sizes")) + ".</p>\n" +
      chart("sources", fleet.counted_name);
  for (const Figure& figure : fleet.figures) {
    if (figure.label.empty()) html += chart(figure.name, figure.unit);
  }
  return html;
}

}  // namespace

std::string AssetAddress(std::string_view file) {
  for (const web::Asset& asset : web::Assets()) {
    if (asset.path.substr(asset.path.rfind('/') + 1) == file) {
      return std::string(asset.path.substr(1));
    }
  }
  return "";
}

std::string IndexPage(const fleets::Declaration& declaration, std::string_view root) {
  const std::string_view page = web::IndexTemplate();
  std::string html;
  size_t at = 0;
  for (;;) {
    const size_t begin = page.find('@', at);
    const size_t end = begin == std::string_view::npos ? begin : page.find('@', begin + 1);
    if (end == std::string_view::npos) return html.append(page.substr(at));
    const std::string_view name = page.substr(begin + 1, end - begin - 1);
    html += page.substr(at, begin - at);
    at = end + 1;
    if (name == "ROOT") {
      html += root;
    } else if (name == "FLEET") {
      html += declaration.fleet.name;
    } else if (name == "TITLE") {
      html += EscapeXml(declaration.title);
    } else if (name == "PLAIN") {
      html += Plain(declaration, std::string(root));
    } else {
      html += '@';  // which begins no name
      at = begin + 1;
    }
  }
}

}  // namespace rollcall::api
