// The declarations of all fleets, as the handlers of pages ask for them. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "fleets/declaration.h"

namespace rollcall::api {

// Returns those that are in force now, the default fleet first. Never none.
using Declarations = std::function<std::vector<std::shared_ptr<const fleets::Declaration>>()>;

}  // namespace rollcall::api
