// A report on its way to the committer, after all work that needs no shared state. A plain value,
// owned by whoever works on it.
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
#include "parse/body_format.h"

namespace rollcall::ingest {

// Called once with what became of a report. Ok: it is durable. InvalidArgument: the body does not
// parse. FailedPrecondition: it exceeds one of the ReportBounds. TooMany: a limit against floods
// was met; the same report may be taken later. Anything else: nothing of it is stored, through no
// fault of its own. May run on the committer's thread, so it must be quick.
using Done = std::function<void(const Status&)>;

// A body that was not parsed because it probably repeats the source's last report.
struct UnparsedBody {
  std::string text;
};

// Whose report it is, and in which form its body came.
struct Intake {
  FleetRef fleet;
  const BodyFormat* format = nullptr;
  // The prefix of the address that sent it, for the limits against floods; nullopt: they do not
  // hold for it.
  std::optional<uint64_t> sender = std::nullopt;
};

struct PreparedReport {
  Intake intake;
  SourceId id;
  Hash128 id_hash;                                   // of fleet and id
  std::optional<UnixSeconds> time;                   // nullopt: the time of its commit
  Hash128 fingerprint;                               // of the body, by its format
  std::variant<ParsedReport, UnparsedBody> content;  // hashes use the label dictionary's seed
  std::string packed_body;  // for the outbox, if reports are forwarded; else empty
  Done done;
};

}  // namespace rollcall::ingest
