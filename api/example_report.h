// A report that an installation of a fleet might send, for the page to show as a command. Pure
// functions; any thread.
#pragma once

#include <string>

#include "fleets/declaration.h"

namespace rollcall::api {

// Returns a body that makes an installation count: the declaration's example or, where it has none,
// one that is made up from its metrics. Empty where none can be made up: a label of the counted
// metric must match a pattern that no usual text does.
std::string ExampleBody(const fleets::Declaration& declaration);

// Returns the id of the installation that this body stands for; where the id comes in a header, one
// that is made up. Empty where ExampleBody is.
std::string ExampleId(const fleets::Declaration& declaration);

}  // namespace rollcall::api
