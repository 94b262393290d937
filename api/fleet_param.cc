#include "api/fleet_param.h"

#include "base/text.h"

namespace rollcall::api {

Result<const Fleet*> FleetOf(const fleets::FleetSet& fleets, const http::ApiRequest& request) {
  const std::optional<std::string> name = request.Param("fleet");
  if (!name || name->empty()) return &fleets.first().fleet();
  if (const fleets::DeclaredFleet* const known = fleets.Find(*name)) return &known->fleet();
  std::string names;
  for (const auto& one : fleets.all()) names += (names.empty() ? "" : ", ") + one->fleet().name;
  return Status::InvalidArgument("fleet: there is no " + QuoteForMessage(*name) + ", only " +
                                 names);
}

}  // namespace rollcall::api
