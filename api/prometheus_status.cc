#include "api/prometheus_status.h"

#include <utility>

#include "api/json_text.h"
#include "api/promql_json.h"

namespace rollcall::api {
namespace {

// Whose rules of PromQL the engine follows. Grafana asks versions before 2.24 for less.
constexpr const char* kPrometheusVersion = "3.0.0";

http::ApiHandler Always(std::string data) {
  return [data = std::move(data)](const http::ApiRequest&, http::HttpResponse& response) {
    AnswerPromqlData(data, response);
  };
}

}  // namespace

http::ApiHandler BuildInfoHandler(const std::string& version) {
  std::string data = "{\"version\":\"" + std::string(kPrometheusVersion) + "\",\"application\":";
  AppendJsonString("rollcall " + version, data);
  // Clients expect these to be there.
  data += R"(,"revision":"","branch":"","buildUser":"","buildDate":"","goVersion":""})";
  return Always(std::move(data));
}

http::ApiHandler RulesHandler() { return Always(R"({"groups":[]})"); }
http::ApiHandler AlertsHandler() { return Always(R"({"alerts":[]})"); }
http::ApiHandler ExemplarsHandler() { return Always("[]"); }

}  // namespace rollcall::api
