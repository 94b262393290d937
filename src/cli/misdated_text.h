// A store's misdated reports, described for a person. One thread.
#pragma once

#include <string>

#include "base/status.h"
#include "storage/stores.h"

namespace rollcall::cli {

// Returns a line that counts the reports and rows of peaks dated before 2000 or later than the
// store's time; empty if there are none.
Result<std::string> DescribeMisdated(storage::Stores& stores);

}  // namespace rollcall::cli
