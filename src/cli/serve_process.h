// The parts that all serving commands share: logging, signals, shutdown. One per process; the
// main thread.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "cli/options.h"
#include "cli/reload.h"
#include "metrics/registry.h"
#include "storage/stores.h"

namespace rollcall::cli {

// Sends the log to stderr, from `level` up; `format`: "text" or "json".
void SetUpLogging(const std::string& level, const std::string& format = "text");

// Blocks SIGTERM and SIGINT in this thread and in every thread started after it, until
// ServeUntilSignal takes them.
void HoldSignals();

// Serves until SIGTERM or SIGINT, or until the store needs another start; then drains and returns
// the exit code. SIGHUP has the options read again, by `reread`. A second signal ends the process
// at once. Warns in the log of `fewer_connections`, the text from ShareDescriptors, unless it is
// empty. Requires that HoldSignals was called.
int ServeUntilSignal(const Options& options, Reread reread, std::unique_ptr<storage::Stores> stores,
                     const std::string& fewer_connections);

// Writes one line to stderr, "rollcall COMMAND: message", and returns kExitFailure.
int Fail(const char* command, const Status& status);

}  // namespace rollcall::cli
