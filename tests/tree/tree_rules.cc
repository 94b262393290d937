#include "tests/tree/tree_rules.h"
#include "tests/support/file_tree.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>

namespace rollcall::tree {
namespace {

namespace fs = std::filesystem;

// How far right a box stands. metrics, http and web stand in no row.
const std::map<std::string, int, std::less<>>& Ranks() {
  static const std::map<std::string, int, std::less<>> ranks{
      {"base", 0},   {"model", 1}, {"parse", 2},   {"storage", 2}, {"ingest", 3},
      {"counts", 3}, {"query", 3}, {"forward", 3}, {"hosts", 3},   {"records", 3},
      {"fleets", 3}, {"jobs", 4},  {"demo", 4},    {"api", 5},     {"cli", 6}};
  return ranks;
}

bool IsBox(std::string_view name) {
  return name == "metrics" || name == "http" || name == "web" || Ranks().contains(name);
}

bool MayInclude(std::string_view box, std::string_view other) {
  if (box == other) {
    return true;
  }
  if (box == "metrics" || box == "web") {
    return other == "base";
  }
  if (box == "http") {
    return other == "base" || other == "metrics";
  }
  if (other == "metrics") {
    return box != "base";
  }
  if (other == "http") {
    return box != "base" && box != "model" && box != "parse" && box != "storage";
  }
  if (other == "web") {
    return box == "api";
  }
  if (other == "demo") {
    return box == "cli";
  }
  if (box == "fleets" && other == "storage") {
    return false;
  }
  return Ranks().find(other)->second < Ranks().find(box)->second;
}

// Folders of the product that are a box, or hold boxes. nullopt: not a part of the product.
std::optional<std::string> BoxOf(const std::string& path) {
  std::string rest = path;
  if (rest.starts_with("src/")) {
    rest = rest.substr(4);
  } else if (!rest.starts_with("storage/") && !rest.starts_with("api/") &&
             !rest.starts_with("web/")) {
    return std::nullopt;
  }
  return rest.substr(0, rest.find('/'));
}

// Libraries that only some files may know; a name that ends with '/' stands for all beneath it.
// JSON is written in api, but for the files of snapshots; what comes as JSON is read in parse, in
// files that are named here.
struct LibraryRule {
  std::string_view library;
  std::vector<std::string_view> users;
};

const std::array<LibraryRule, 5>& LibraryRules() {
  static const std::array<LibraryRule, 5> rules{
      {{"rocksdb/", {"storage/"}},
       {"httplib.h", {"src/http/"}},
       {"nlohmann/",
        {"api/", "src/parse/app_list_json.cc", "src/parse/bounded_json.h",
         "src/parse/instant_vector_json.cc", "src/parse/month_snapshot_json.cc",
         "src/parse/json_file.cc", "src/parse/json_file.h", "src/parse/json_schema.cc",
         "src/parse/json_schema.h", "src/fleets/declaration_json.cc",
         "src/fleets/declaration_rules.cc", "src/fleets/declaration_parts.h",
         "src/records/view_declaration.cc"}},
       {"simdjson.h", {"src/parse/json_reader.cc"}},
       {"CLI/", {"src/cli/"}}}};
  return rules;
}

// The product locks with base/mutex.h, for the analysis knows nothing of the standard library's.
// spdlog's sink takes a type of mutex, and nothing of ours is guarded by it; the lock of a Turn
// passes from one to another, which the analysis cannot follow.
constexpr std::array<std::string_view, 3> kStandardLocks{
    "src/base/log_stderr.cc", "src/base/mutex.h", "storage/transaction.h"};

// Where nothing is said of any one product: all that is known of one is in its declaration.
constexpr std::array<std::string_view, 1> kKnowNoProduct{"web/static/"};

bool Covers(std::string_view place, std::string_view path) {
  return place.ends_with('/') ? path.starts_with(place) : path == place;
}

bool HasExtension(std::string_view path, std::initializer_list<std::string_view> extensions) {
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](std::string_view extension) { return path.ends_with(extension); });
}

// Collects what is wrong with one file.
class Inspector {
 public:
  // `shared`: the constants that headers declare and one file defines.
  Inspector(const File& file, const std::set<std::string>& shared,
            std::vector<std::string>& breaches)
      : file_(file), shared_(shared), breaches_(breaches) {}

  void Inspect() {
    std::istringstream text(file_.text);
    bool has_pragma = false;
    for (std::string line; std::getline(text, line);) {
      ++line_;
      has_pragma |= line == "#pragma once";
      InspectMarkers(line);
      InspectProducts(line);
      if (HasExtension(file_.path, {".cc", ".h"})) {
        InspectInclude(line);
        InspectLocks(line);
        InspectUse(line);
      }
    }
    if (HasExtension(file_.path, {".h"})) {
      if (!file_.text.starts_with("//")) {
        Complain("opens without a comment that says what it is", 1);
      }
      if (!has_pragma) {
        Complain("has no #pragma once", 1);
      }
    }
    if (HasExtension(file_.path, {".cc", ".h", ".js"}) && line_ > kMostLines) {
      Complain(std::to_string(line_) + " lines, more than " + std::to_string(kMostLines), line_);
    }
  }

 private:
  void Complain(const std::string& what, size_t line) {
    breaches_.push_back(file_.path + ":" + std::to_string(line) + ": " + what);
  }

  void InspectMarkers(const std::string& line) {
    static const std::regex marker(
        "\\b(TO"
        "DO|FIX"
        "ME|XX"
        "X)\\b");
    std::smatch match;
    if (std::regex_search(line, match, marker)) {
      Complain("left over: " + match.str(), line_);
    }
  }

  void InspectProducts(const std::string& line) {
    static const std::regex product("cozy_|cozystack|coroot|cluster", std::regex::icase);
    // Code may say which fleet is the default, and that a VictoriaMetrics is a cluster.
    static const std::regex in_code("cozy_|cluster_id|CozystackFleet|Clusters");
    const auto is_in = [&](std::string_view place) { return Covers(place, file_.path); };
    const bool is_page = std::any_of(kKnowNoProduct.begin(), kKnowNoProduct.end(), is_in);
    const bool is_code = BoxOf(file_.path) && HasExtension(file_.path, {".cc", ".h"});
    std::smatch match;
    if ((is_page && std::regex_search(line, match, product)) ||
        (is_code && std::regex_search(line, match, in_code))) {
      Complain("knows a product: " + match.str(), line_);
    }
  }

  void InspectInclude(const std::string& line) {
    static const std::regex include("^\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"]");
    std::smatch match;
    const std::optional<std::string> box = BoxOf(file_.path);
    if (!box || !std::regex_search(line, match, include)) {
      return;
    }
    const std::string target = match[2];
    const std::string other = target.substr(0, target.find('/'));
    const bool is_ours = IsBox(other) && target != other;
    if (!IsBox(*box)) {
      Complain(*box + " is not a box of the design", line_);
    } else if (is_ours && !MayInclude(*box, other)) {
      Complain(*box + " may not include " + target, line_);
    } else if (!is_ours && match[1] == "\"") {
      Complain("\"" + target + "\" does not begin with the name of a box", line_);
    }
    for (const LibraryRule& rule : LibraryRules()) {
      const bool may = std::any_of(rule.users.begin(), rule.users.end(),
                                   [&](std::string_view user) { return Covers(user, file_.path); });
      if (Covers(rule.library, target) && !may) {
        Complain("<" + target + "> is not for this file", line_);
      }
    }
  }

  void InspectLocks(const std::string& line) {
    static const std::regex lock(
        "std::\\w*(mutex|condition_variable|lock_guard|(unique|scoped|shared)_lock)\\w*");
    const bool may = !BoxOf(file_.path) || std::find(kStandardLocks.begin(), kStandardLocks.end(),
                                                     file_.path) != kStandardLocks.end();
    std::smatch match;
    if (!may && std::regex_search(line, match, lock)) {
      Complain(match.str() + " instead of base/mutex.h", line_);
    }
  }

  // Aliases of namespaces, and constants: Clang says that one is used nowhere only where it
  // compiles a file by itself.
  void InspectUse(const std::string& line) {
    static const std::regex alias("^\\s*namespace (\\w+) = ");
    static const std::regex constant(
        "^\\s*(?:static )?const(?:expr)? [^(=;{]*\\b(k[A-Z]\\w*)[ \\[={;]");
    if (!HasExtension(file_.path, {".cc"})) {
      return;
    }
    std::smatch match;
    if (std::regex_search(line, match, alias) && Mentions(match[1], "::") == 0) {
      Complain("uses the namespace " + match.str(1) + " nowhere", line_);
    }
    if (std::regex_search(line, match, constant) && !shared_.contains(match[1]) &&
        Mentions(match[1], "") == 1) {
      Complain("uses " + match.str(1) + " nowhere", line_);
    }
  }

  // How often the file has this whole word with that right behind it.
  size_t Mentions(const std::string& word, const std::string& behind) const {
    const auto in_word = [](char c) {
      return c == '_' || std::isalnum(static_cast<unsigned char>(c));
    };
    const std::string& text = file_.text;
    size_t count = 0;
    for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
      const size_t end = at + word.size();
      const bool is_whole =
          (at == 0 || !in_word(text[at - 1])) && (end == text.size() || !in_word(text[end]));
      if (is_whole && text.compare(end, behind.size(), behind) == 0) {
        ++count;
      }
    }
    return count;
  }

  const File& file_;
  const std::set<std::string>& shared_;
  std::vector<std::string>& breaches_;
  size_t line_ = 0;
};

std::set<std::string> SharedConstants(const std::vector<File>& files) {
  static const std::regex declaration("extern const[^=;]*\\b(k\\w+)");
  std::set<std::string> names;
  for (const File& file : files) {
    if (!HasExtension(file.path, {".h"})) continue;
    for (std::sregex_iterator at(file.text.begin(), file.text.end(), declaration), end; at != end;
         ++at) {
      names.insert((*at)[1]);
    }
  }
  return names;
}

bool IsOurs(const fs::path& path) {
  static const std::set<std::string> extensions{".cc", ".h",     ".js", ".css", ".html",
                                                ".md", ".cmake", ".py", ".sh"};
  const std::string name = path.filename().string();
  return name == "CMakeLists.txt" || name == "dev" ||
         extensions.contains(path.extension().string());
}

}  // namespace

std::vector<File> ReadTree(const fs::path& root) {
  std::vector<File> files;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::end(entry); ++entry) {
    const std::string name = entry->path().filename().string();
    const std::string path = fs::relative(entry->path(), root).generic_string();
    if (entry->is_directory()) {
      if (name.starts_with('.') || path == "build" || path == "data" || name == "testdata") {
        entry.disable_recursion_pending();
      }
      continue;
    }
    if (entry->is_regular_file() && IsOurs(entry->path())) {
      files.push_back({path, test::FileBytes(entry->path())});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.path < b.path; });
  return files;
}

std::vector<std::string> Breaches(const std::vector<File>& files) {
  const std::set<std::string> shared = SharedConstants(files);
  std::vector<std::string> breaches;
  for (const File& file : files) {
    Inspector(file, shared, breaches).Inspect();
  }
  return breaches;
}

}  // namespace rollcall::tree
