// What a command says of a store's misdated reports.
#pragma once

#include <string>

#include "base/status.h"
#include "storage/stores.h"

namespace rollcall::cli {

// A line of reports that are dated before 2000 or later than the store's time; nothing where there
// are none.
Result<std::string> DescribeMisdated(storage::Stores& stores);

}  // namespace rollcall::cli
