#include "api/record_prune.h"

#include <utility>

#include "records/record_pruner.h"
#include "storage/records.h"

namespace rollcall::api {
namespace {

constexpr std::chrono::milliseconds kBetweenStops{200};

http::HttpResponse TryPruneLater(const std::string& why) {
  http::HttpResponse response = http::HttpResponse::Text(503, why);
  response.headers.push_back({"Retry-After", "60"});
  return response;
}

}  // namespace

http::ApiHandler RecordPruneHandler(storage::Stores& stores, RecordRetention retention,
                                    std::stop_token stop) {
  return [&stores, retention = std::move(retention), stop = std::move(stop)](
             const http::ApiRequest& request, http::HttpResponse& response) {
    const bool dry_run = request.Param("dry_run").value_or("") == "1";
    const std::optional<UnixSeconds> time = stores.time().TimeToDeleteBy();
    if (!time) {
      response = TryPruneLater(stores.time().view().Explain());
      return;
    }
    records::RecordPruner pruner(stores, retention, *time);
    for (Result<bool> more = true; *more && !stop.stop_requested();) {
      more = pruner.Step(kBetweenStops, dry_run);
      if (more.ok()) continue;
      response = TryPruneLater(more.status().message());
      return;
    }
    response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
    response.body = pruner.Describe(dry_run);
  };
}

}  // namespace rollcall::api
