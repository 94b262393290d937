#include "fleets/built_in.h"

#include <string>

namespace rollcall::fleets {

std::string_view BuiltInDeclaration(std::string_view fleet) {
  for (const EmbeddedFile& file : BuiltInFiles()) {
    if (file.name == std::string(fleet) + ".json") return file.text;
  }
  return {};
}

}  // namespace rollcall::fleets
