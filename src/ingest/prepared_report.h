// A report on its way to the committer, with all work done that needs no shared state.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/hash.h"
#include "base/status.h"
#include "model/ids.h"
#include "model/report.h"
#include "model/source_id.h"

namespace rollcall::ingest {

// Told once what became of a report: Ok, and it is durable; InvalidArgument, and the body does not
// parse; FailedPrecondition, and it exceeds one of the ReportBounds; anything else, and nothing of
// it is stored, for no fault of its own. Called on the committer's thread: quick.
using Done = std::function<void(const Status&)>;

// A body that is likely to repeat the source's last report, and was not parsed for that reason.
struct UnparsedBody {
  std::string text;
};

struct PreparedReport {
  FleetRef fleet;
  SourceId id;
  Hash128 id_hash;                                   // of fleet and id
  std::optional<UnixSeconds> time;                   // nullopt: when it is committed
  Hash128 fingerprint;                               // of the body's lines
  std::variant<ParsedReport, UnparsedBody> content;  // hashes are the label dictionary's
  std::string packed_body;  // for the outbox, where reports are forwarded; else empty
  Done done;
};

}  // namespace rollcall::ingest
