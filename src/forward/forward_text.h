// A report as the lines that VictoriaMetrics imports: the bare names, the source's id as one more
// label, labels sorted by name, the time in milliseconds at the end. Pure function.
// See api/README.md, "Contract".
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

// Appends a line for each sample from number `begin` on, until there is none left or `out` has
// `enough_bytes` or more. Returns the number of the first sample that was not written.
//
// Of labels whose names become the same as bare names, or that of the source's label, the first one
// counts: a sender cannot speak for another source.
size_t AppendForwardLines(const ParsedReport& report, size_t begin, const ForwardedSource& source,
                          size_t enough_bytes, std::string& out);

}  // namespace rollcall::forward
