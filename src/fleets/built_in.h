// The built-in declarations, compiled in from src/fleets/*.json. Read-only; any thread.
#pragma once

#include <span>
#include <string_view>

namespace rollcall::fleets {

struct EmbeddedFile {
  std::string_view name;  // "coroot.json"
  std::string_view text;
};

// Returns all built-in declarations, sorted by name; the schema is not among them.
std::span<const EmbeddedFile> BuiltInFiles();

// Returns the text of a built-in fleet's declaration, by the name of the fleet; no data if there
// is none.
std::string_view BuiltInDeclaration(std::string_view fleet);

// Returns packaging/fleets/example.json: the commented declaration of a made-up product, as a start
// for one's own.
std::string_view ExampleDeclaration();

}  // namespace rollcall::fleets
