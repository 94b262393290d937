// How forget and show ask a server about an installation. One thread.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "cli/options.h"
#include "http/client/url.h"

namespace rollcall::cli {

// Without --fleet the first of --fleets. Fails as OpenFleets.
Result<std::string> SourceUrl(const Options& options, const std::string& id,
                              const http::UrlParameters& parameters);
// What the server's refusal means: of its own words, or that it is no private listener.
Status SourceRefusal(const Options& options, int status, std::string_view body);

}  // namespace rollcall::cli
