#include "cli/source_url.h"

#include "base/text.h"
#include "cli/fleet_files.h"
#include "cli/message.h"

namespace rollcall::cli {

Result<std::string> SourceUrl(const Options& options, const std::string& id,
                              const http::UrlParameters& parameters) {
  std::string fleet = options.move.fleet;
  if (fleet.empty()) {
    const auto no_ref = [](const std::string&) -> Result<FleetRef> { return FleetRef{}; };
    const auto fleets = OpenFleets(options.fleets, no_ref, nullptr);
    if (!fleets.ok()) return fleets.status();
    fleet = (*fleets)->first().fleet().name;
  }
  std::string path = "/api/v1/sources/";
  AppendPercentEncoded(fleet, path);
  path += '/';
  AppendPercentEncoded(id, path);
  return http::RequestUrl(options.move.server, path, parameters);
}

Status SourceRefusal(const Options& options, int status, std::string_view body) {
  constexpr std::string_view kError = R"({"error":")";
  if (!body.starts_with(kError)) {
    return Status::Unavailable(RefusalOf(options.move.server, status, body));
  }
  const std::string_view text = body.substr(kError.size());
  return Status::NotFound(std::string(text.substr(0, text.rfind('"'))));
}

}  // namespace rollcall::cli
