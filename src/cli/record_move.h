// The move of records out of a store and into one: what export and import do with --records. One
// thread.
#pragma once

#include "base/status.h"
#include "cli/options.h"
#include "cli/output_file.h"

namespace rollcall::cli {

// Writes all records out, a JSON object a line, oldest first. Fails as the store, the server or the
// output does.
Status ExportRecords(const Options& options, OutputFile& file);

// Takes records in under the ids that they have, and prints what came of it. InvalidArgument: some
// of the rows are no records, and were left out, or nothing of the rest can be read.
Status ImportRecords(const Options& options);

}  // namespace rollcall::cli
