#include "api/undeclared_handler.h"

#include <nlohmann/json.hpp>

#include "api/fleet_param.h"
#include "api/overview_json.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

Json OfFleet(const fleets::DeclaredFleet& fleet) {
  const fleets::UndeclaredFields fields = fleet.log()->Undeclared();
  return {{"fleet", fleet.fleet().name},
          {"reports", fleet.log()->taken()},
          {"dropped", fleet.log()->dropped()},
          {"fields", fields.names()},
          {"not_listed", fields.left_out()}};
}

}  // namespace

http::ApiHandler UndeclaredHandler(const fleets::Catalog& catalog) {
  return [&catalog](const http::ApiRequest& request, http::HttpResponse& response) {
    response.headers.push_back({"Content-Type", "application/json"});
    const fleets::FleetSet& fleets = catalog.current();
    const Result<const Fleet*> wanted = FleetOf(fleets, request);
    if (!wanted.ok()) {
      response.status = 400;
      response.body = ErrorJson(wanted.status().message());
      return;
    }
    Json json{{"fleets", Json::array()}};
    for (const auto& one : fleets.all()) {
      if (request.Param("fleet") && one->fleet().name != (*wanted)->name) continue;
      json["fleets"].push_back(OfFleet(*one));
    }
    response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
}

}  // namespace rollcall::api
