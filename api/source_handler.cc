#include "api/source_handler.h"

#include "api/overview_json.h"
#include "api/source_json.h"
#include "base/log.h"
#include "parse/instant.h"
#include "records/machine_erasure.h"
#include "storage/purge.h"

namespace rollcall::api {
namespace {

// What the path says.
struct NamedSource {
  std::string fleet;
  ingest::ErasureRequest request;
};

// InvalidArgument: not an id, or no time; NotFound: no such fleet.
Result<NamedSource> Read(const SourceServices& services, const http::ApiRequest& request) {
  const std::string& path = request.path();
  const size_t before_id = path.rfind('/');
  const size_t before_fleet = path.rfind('/', before_id - 1);
  const std::string fleet = path.substr(before_fleet + 1, before_id - before_fleet - 1);
  const auto id = SourceId::Parse(path.substr(before_id + 1));
  if (!id.ok()) return id.status();
  // Also one that is not declared any more.
  const FleetRef ref = services.stores.fleets().Find(fleet);
  if (ref.value == 0) return Status::NotFound("the store has no fleet of that name");
  NamedSource named{fleet, {ref, *id, std::nullopt}};
  if (const std::optional<std::string> time = request.Param("report")) {
    const auto instant = ParseInstant(*time);
    if (!instant.ok()) return instant.status();
    named.request.report = std::chrono::floor<std::chrono::seconds>(*instant);
  }
  return named;
}

void Refuse(const Status& status, http::HttpResponse& response) {
  response.body = ErrorJson(status.message());
  switch (status.code()) {
    case Code::kInvalidArgument:
      response.status = 400;
      return;
    case Code::kNotFound:
      response.status = 404;
      return;
    case Code::kFailedPrecondition:
      response.status = 409;
      return;
    default:
      log::Error("an installation: {}", status.message());
      response.status = 503;
      response.body = ErrorJson("the store cannot be read or written");
  }
}

// What it fails at the job does later.
Status Purge(const SourceServices& services) {
  const Status purged = storage::Purge(
      services.stores.store(), [](uint64_t, uint64_t) {}, services.stop);
  if (!purged.ok()) log::Warn("{}; it is tried again", purged.message());
  return purged;
}

}  // namespace

http::ApiHandler SourceHandler(const SourceServices& services) {
  return [services](const http::ApiRequest& request, http::HttpResponse& response) {
    response.headers.push_back({"Content-Type", "application/json"});
    const Result<NamedSource> named = Read(services, request);
    if (!named.ok()) return Refuse(named.status(), response);
    const auto holdings =
        ingest::ReadHoldings(services.stores, named->request.fleet, named->request.id);
    if (!holdings.ok()) return Refuse(holdings.status(), response);
    auto json = HoldingsJson(named->fleet, named->request.id, *holdings, services.stores.labels());
    if (!json.ok()) return Refuse(json.status(), response);
    response.body = std::move(json).value();
  };
}

http::ApiHandler EraseHandler(const SourceServices& services) {
  return [services](const http::ApiRequest& request, http::HttpResponse& response) {
    response.headers.push_back({"Content-Type", "application/json"});
    const Result<NamedSource> named = Read(services, request);
    if (!named.ok()) return Refuse(named.status(), response);
    const auto erasure = ingest::Erase(services.stores, &services.ingester, named->request);
    if (!erasure.ok()) return Refuse(erasure.status(), response);
    const Status purged = Purge(services);
    response.body =
        ErasureJson(named->fleet, named->request, *erasure, services.clock.Now(), purged);
  };
}

http::ApiHandler EraseMachineHandler(const SourceServices& services) {
  return [services](const http::ApiRequest& request, http::HttpResponse& response) {
    response.headers.push_back({"Content-Type", "application/json"});
    const std::string machine = request.path().substr(request.path().rfind('/') + 1);
    const Result<uint64_t> erased = records::EraseMachine(services.stores, machine);
    if (!erased.ok()) return Refuse(erased.status(), response);
    if (*erased == 0) {
      return Refuse(Status::NotFound(machine + ": nothing is held of it"), response);
    }
    const Status purged = Purge(services);
    response.body = MachineErasureJson(machine, *erased, services.clock.Now(), purged);
  };
}

}  // namespace rollcall::api
