// How commands ask a running server. Any thread.
#pragma once

#include "base/status.h"
#include "cli/options.h"
#include "http/client/client.h"

namespace rollcall::cli {

// Returns the options of a client for --server, with the token of --server-token-file, if one is
// named. FailedPrecondition: that file cannot be read or holds no token; the message names it.
Result<http::HttpClientOptions> ServerClient(const MoveOptions& options);

}  // namespace rollcall::cli
