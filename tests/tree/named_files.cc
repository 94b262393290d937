#include "tests/tree/named_files.h"

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>

namespace rollcall::tree {
namespace {

namespace fs = std::filesystem;

// What a name may stand for.
class Names {
 public:
  explicit Names(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      Add(path);
      if (path.starts_with("src/")) Add(path.substr(4));
      files_.insert(fs::path(path).filename().string());
    }
  }

  bool HasPath(std::string path) const {
    while (path.ends_with('/') || path.ends_with('.')) path.pop_back();
    return paths_.contains(path);
  }
  bool HasFile(const std::string& file) const { return files_.contains(file); }

 private:
  void Add(const std::string& path) {
    paths_.insert(path);
    paths_.insert(fs::path(path).replace_extension().generic_string());
  }

  std::set<std::string> paths_;
  std::set<std::string> files_;
};

// The part of a line that is for people.
std::string Prose(const File& file, const std::string& line) {
  if (file.path.ends_with(".md")) return line;
  const size_t comment = line.find("// ");
  return comment == std::string::npos ? "" : line.substr(comment);
}

// The tests of the rules name files that they make up.
bool IsLookedAt(std::string_view path) {
  return !path.starts_with("tests/tree/") &&
         (path.ends_with(".md") || path.ends_with(".h") || path.ends_with(".cc"));
}

}  // namespace

std::vector<std::string> DanglingNames(const std::vector<File>& files,
                                       const std::vector<std::string>& paths) {
  // Not behind a slash, a point or a word: those are other people's paths, and URLs.
  static const std::regex path(
      "(^|[^/.\\w-])((src|api|storage|tests|web|packaging|base|model|parse|ingest|counts|query|"
      "forward|hosts|fleets|records|http|jobs|demo|cli)/[a-z][\\w./-]*)");
  static const std::regex file("(^|[^/.\\w-])([a-z][a-z0-9_]*\\.(h|cc))\\b");
  const Names names(paths);
  std::vector<std::string> dangling;
  for (const File& from : files) {
    if (!IsLookedAt(from.path)) continue;
    std::istringstream text(from.text);
    size_t number = 0;
    for (std::string line; std::getline(text, line);) {
      ++number;
      const std::string prose = Prose(from, line);
      const auto complain = [&](const std::string& name) {
        dangling.push_back(from.path + ":" + std::to_string(number) + ": there is no " + name);
      };
      for (std::sregex_iterator it(prose.begin(), prose.end(), path), end; it != end; ++it) {
        if (!names.HasPath((*it)[2])) complain((*it)[2]);
      }
      for (std::sregex_iterator it(prose.begin(), prose.end(), file), end; it != end; ++it) {
        if (!names.HasFile((*it)[2])) complain((*it)[2]);
      }
    }
  }
  return dangling;
}

std::vector<std::string> ListTree(const fs::path& root) {
  std::vector<std::string> paths;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::end(entry); ++entry) {
    const std::string path = fs::relative(entry->path(), root).generic_string();
    if (entry->is_directory() &&
        (entry->path().filename().string().starts_with('.') || path == "build")) {
      entry.disable_recursion_pending();
      continue;
    }
    paths.push_back(path);
  }
  return paths;
}

}  // namespace rollcall::tree
