// Declarations for tests of what is made of them: all that come with rollcall, and made-up ones.
// Pure functions; any thread.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fleets/declaration.h"
#include "tests/support/file_tree.h"

namespace rollcall::test {

using DeclarationTree = nlohmann::ordered_json;

// Returns the trees of the built-in declarations and of those in packaging.
inline std::vector<DeclarationTree> ComingDeclarations() {
  std::vector<DeclarationTree> all;
  for (const char* const folder : {"/src/fleets", "/packaging/fleets"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(ROLLCALL_SOURCE_DIR) + folder)) {
      const std::string name = entry.path().filename().string();
      if (!name.ends_with(".json") || name == "fleet.schema.json") continue;
      all.push_back(DeclarationTree::parse(FileBytes(entry.path()), nullptr, true, true));
    }
  }
  return all;
}

// Fails the test on a tree that is no declaration.
inline fleets::Declaration Declared(const DeclarationTree& tree) {
  auto declaration = fleets::ParseDeclaration("made up", tree.dump());
  EXPECT_TRUE(declaration.ok()) << declaration.status().message();
  return declaration.ok() ? *std::move(declaration) : fleets::Declaration();
}

// Returns the tree of a small product that sends lines, or JSON.
inline DeclarationTree SmallProduct() {
  return DeclarationTree::parse(R"({
 "name": "myapp", "about": "An example.",
 "reports": {"format": "prometheus", "path": "/in/myapp", "id_header": "X-Install-ID"},
 "counted": {"metric": "myapp_info", "name": "installations"},
 "metrics": {"myapp_info": {"description": "That it is there.",
                            "labels": {"version": "Its version.", "host": "Its host."}},
             "myapp_users": {"description": "Accounts."}},
 "figures": [{"name": "users", "metric": "myapp_users"}],
 "breakdowns": [{"name": "old_versions", "metric": "myapp_info", "by": "version"}]})");
}
inline DeclarationTree SmallProductOfJson() {
  return DeclarationTree::parse(R"({
 "name": "jsonapp", "about": "An example.",
 "reports": {"format": "json", "path": "/in/json", "id": "/instance/id"},
 "counted": {"metric": "up", "name": "instances"},
 "metrics": {"up": {"description": "It.", "labels": {"version": "Major and minor."},
                    "from": {"labels": {"version": {"at": "/version", "match": "(\\d+\\.\\d+).*",
                                                    "replace": "\\1"}}}},
             "apps": {"description": "Apps.", "labels": {"kind": "Kind.", "size": "A range."},
                      "from": {"each": "/apps", "value": "/n",
                               "labels": {"kind": "@key", "size": {"at": "/n",
                                                                   "ranges": ["2-3", "4-"]}}}},
             "cloud": {"description": "Clouds.", "labels": {"cloud": "Name."},
                       "from": [{"each": {"in": "/clouds", "keys": ["a", "b"]},
                                 "labels": {"cloud": "@value"}},
                                {"each": "/more", "labels": {"cloud": "@value"}}]}}})");
}

}  // namespace rollcall::test
