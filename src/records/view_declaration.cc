#include "records/view_declaration.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/text.h"
#include "parse/json_file.h"
#include "parse/json_schema.h"

namespace rollcall::records {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string TextOf(const Json& json, const char* name, std::string otherwise = {}) {
  const auto at = json.find(name);
  return at == json.end() ? std::move(otherwise) : at->get<std::string>();
}

unsigned NumberOf(const Json& json, const char* name, unsigned otherwise) {
  const auto at = json.find(name);
  return at == json.end() ? otherwise : at->get<unsigned>();
}

// Reads a pattern where it is given.
Status ReadPattern(const Json& json, const char* name, const std::string& at,
                   std::optional<PayloadPattern>& pattern) {
  const auto given = json.find(name);
  if (given == json.end()) return Status::Ok();
  Result<PayloadPattern> made = PayloadPattern::Make(given->get_ref<const std::string&>());
  if (!made.ok()) return FaultAt(at + "/" + name, made.status().message());
  pattern = *std::move(made);
  return Status::Ok();
}

Status ReadFilter(const Json& json, RecordFilter& filter) {
  filter.classification = TextOf(json, "classification");
  filter.severity = static_cast<uint8_t>(NumberOf(json, "severity", 0));
  filter.build = TextOf(json, "build");
  filter.machine_id = TextOf(json, "machine_id");
  filter.system_name = TextOf(json, "system_name");
  if (json.contains("external")) filter.external = json["external"].get<bool>();
  ROLLCALL_RETURN_IF_ERROR(ReadPattern(json, "payload", "/filter", filter.payload));
  return ReadPattern(json, "not_payload", "/filter", filter.not_payload);
}

Status ReadGrouping(const Json& by, ViewDeclaration& view) {
  if (by.is_string()) {
    const auto& name = by.get_ref<const std::string&>();
    const auto* const found = std::find(std::begin(kFieldNames), std::end(kFieldNames), name);
    view.by = static_cast<Field>(found - std::begin(kFieldNames));
    return Status::Ok();
  }
  ROLLCALL_RETURN_IF_ERROR(ReadPattern(by, "payload", "/by", view.capture));
  if (view.capture->groups() > 0) return Status::Ok();
  return FaultAt("/by/payload", QuoteForMessage(view.capture->text()) +
                                    " stands there; allowed: an RE2 pattern with a group");
}

Result<ViewDeclaration> Parse(std::string_view text) {
  static const Json kSchema = Json::parse(ViewSchema());
  Result<Json> tree = ParseJsonFile(text, kMaxViewBytes);
  if (!tree.ok()) return tree.status();
  Json& json = *tree;
  ROLLCALL_RETURN_IF_ERROR(CheckAgainstSchema(kSchema, json));
  ViewDeclaration view;
  view.name = TextOf(json, "name");
  view.title = TextOf(json, "title");
  view.about = TextOf(json, "about");
  if (json.contains("filter")) ROLLCALL_RETURN_IF_ERROR(ReadFilter(json["filter"], view.filter));
  ROLLCALL_RETURN_IF_ERROR(ReadGrouping(json["by"], view));
  const std::string per = TextOf(json, "per");
  view.per = per == "day"    ? ViewDeclaration::Per::kDay
             : per == "week" ? ViewDeclaration::Per::kWeek
                             : ViewDeclaration::Per::kBuild;
  view.counts_machines = TextOf(json, "count") == "machines";
  view.days = NumberOf(json, "days", view.days);
  view.top = NumberOf(json, "top", view.top);
  view.is_chart = TextOf(json, "show") == "chart";
  return view;
}

Result<std::string> ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxViewBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (file.bad() || !file.is_open()) return Status::Unavailable(path.string() + ": cannot be read");
  return text;
}

std::vector<fs::path> FilesIn(const std::string& directory, std::vector<std::string>& faults) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(".json") && !name.ends_with(".schema.json")) files.push_back(at->path());
  }
  if (error) faults.push_back("views directory " + directory + ": " + error.message());
  std::sort(files.begin(), files.end());
  if (files.size() > kMaxViews) {
    faults.push_back("views directory " + directory + ": " + std::to_string(files.size()) +
                     " files, the first " + std::to_string(kMaxViews) + " are read");
    files.resize(kMaxViews);
  }
  return files;
}

}  // namespace

Result<ViewDeclaration> ParseViewDeclaration(std::string_view file, std::string_view text) {
  Result<ViewDeclaration> view = Parse(text);
  if (!view.ok()) return FaultIn(file, view.status());
  return view;
}

DeclaredViews ReadViewDirectory(const std::string& directory) {
  DeclaredViews declared;
  if (directory.empty()) return declared;
  std::set<std::string> names;
  for (const fs::path& path : FilesIn(directory, declared.faults)) {
    const std::string file = path.filename().string();
    const Result<std::string> text = ReadFile(path);
    Result<ViewDeclaration> view =
        text.ok() ? ParseViewDeclaration(file, *text) : Result<ViewDeclaration>(text.status());
    if (!view.ok()) {
      declared.faults.push_back(view.status().message());
    } else if (!names.insert(view->name).second) {
      declared.faults.push_back(
          FaultIn(file, FaultAt("/name", QuoteForMessage(view->name) +
                                             " stands there; allowed: a name that no other has"))
              .message());
    } else {
      declared.views.push_back(*std::move(view));
    }
  }
  std::stable_sort(declared.views.begin(), declared.views.end(),
                   [](const auto& a, const auto& b) { return a.title < b.title; });
  return declared;
}

}  // namespace rollcall::records
