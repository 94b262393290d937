// The declarations that are compiled in: src/fleets/*.json. Read-only; any thread.
#pragma once

#include <span>
#include <string_view>

namespace rollcall::fleets {

struct EmbeddedFile {
  std::string_view name;  // "coroot.json"
  std::string_view text;
};

// Sorted by name; the schema is not among them.
std::span<const EmbeddedFile> BuiltInFiles();

// The text of a built-in fleet's declaration, by the fleet's name; no data where there is none.
std::string_view BuiltInDeclaration(std::string_view fleet);

// packaging/fleets/example.json: a product that is made up, with comments, to begin one's own with.
std::string_view ExampleDeclaration();

}  // namespace rollcall::fleets
