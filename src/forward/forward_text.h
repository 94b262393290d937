// A report as the lines that VictoriaMetrics imports: bare names, the source's id as one more
// label, labels sorted by name, the time in milliseconds at the end. See api/README.md, "Contract".
// Pure function; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "model/report.h"
#include "storage/outbox_row.h"

namespace rollcall::forward {

struct ForwardedSource {
  std::string_view id_label;
  std::string_view id;
  UnixMilliseconds received;
};

// Appends a line for each sample from index `begin` on, until none is left or `out` has
// `enough_bytes` or more. Returns the index of the first sample that was not written.
//
// Where several labels have the same bare name, the first one counts, and the source's label comes
// before all of the sender's: a sender cannot speak for another source.
size_t AppendForwardLines(const ParsedReport& report, size_t begin, const ForwardedSource& source,
                          size_t enough_bytes, std::string& out);

}  // namespace rollcall::forward
