#include "api/privacy_handler.h"

#include <algorithm>
#include <utility>

#include "api/page_handler.h"

namespace rollcall::api {

http::ApiHandler PrivacyHandler(Declarations declarations,
                                std::function<KeptReports(const fleets::Declaration&)> kept) {
  return [declarations = std::move(declarations), kept = std::move(kept)](
             const http::ApiRequest& request, http::HttpResponse& response) {
    const auto all = declarations();
    const std::string name = request.Param("fleet").value_or(all.front()->fleet.name);
    const auto named = std::find_if(all.begin(), all.end(), [&](const auto& declaration) {
      return declaration->fleet.name == name;
    });
    if (named != all.end()) {
      return AnswerHtml(request, PrivacyPage(**named, kept(**named), all), response);
    }
    std::string text = "fleet: there is none of that name; there are:";
    for (const auto& declaration : all) text += " " + declaration->fleet.name;
    response = http::HttpResponse::Text(404, text);
  };
}

}  // namespace rollcall::api
