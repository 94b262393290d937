// What the commands that serve have in common: logging, signals, the way down. Of the process; the
// main thread.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "cli/options.h"
#include "metrics/registry.h"
#include "storage/stores.h"

namespace rollcall::cli {

// Sends the log to stderr, from this level on.
void SetUpLogging(const std::string& level);

// Holds SIGTERM and SIGINT back from every thread started after it, until ServeUntilSignal takes
// them.
void HoldSignals();

// Serves until SIGTERM or SIGINT, then drains and returns the exit code. A second signal ends the
// process at once. HoldSignals comes before.
int ServeUntilSignal(const Options& options, std::unique_ptr<storage::Stores> stores,
                     const std::string& fewer_connections);

// One line on stderr: "rollcall COMMAND: message". Returns kExitFailure.
int Fail(const char* command, const Status& status);

}  // namespace rollcall::cli
