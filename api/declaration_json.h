// A fleet's declaration as /api/v1/fleets tells it: what the page shows and says of a product, and
// how a report of it is sent. Pure functions; any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "fleets/declaration.h"

namespace rollcall::api {

// Returns an object with the members that the declaration adds to a fleet's: README.md, "The
// numbers". What the file does not have is null.
nlohmann::ordered_json DeclarationJson(const fleets::Declaration& declaration);

}  // namespace rollcall::api
