#include "api/privacy_handler.h"

#include <memory>
#include <utility>
#include <vector>

#include "api/page_handler.h"

namespace rollcall::api {

http::ApiHandler PrivacyHandler(const fleets::Catalog& catalog,
                                std::function<KeptReports(const fleets::DeclaredFleet&)> kept) {
  return [&catalog, kept = std::move(kept)](const http::ApiRequest& request,
                                            http::HttpResponse& response) {
    const fleets::FleetSet& fleets = catalog.current();
    const std::string name = request.Param("fleet").value_or(fleets.first().fleet().name);
    if (const fleets::DeclaredFleet* const named = fleets.Find(name)) {
      std::vector<std::shared_ptr<const fleets::Declaration>> all;
      for (const auto& one : fleets.all()) all.emplace_back(one, &one->declaration());
      return AnswerHtml(request, PrivacyPage(named->declaration(), kept(*named), all), response);
    }
    std::string text = "fleet: there is none of that name; there are:";
    for (const auto& one : fleets.all()) text += " " + one->fleet().name;
    response = http::HttpResponse::Text(404, text);
  };
}

}  // namespace rollcall::api
