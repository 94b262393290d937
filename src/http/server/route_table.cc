#include "http/server/route_table.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace rollcall::http {
namespace {

constexpr std::string_view kUnknown = "unknown";
constexpr std::string_view kEveryOther = "*";
constexpr std::string_view kInFolder = "/*";

// 0: none that any row takes.
Methods MethodOf(std::string_view name) {
  return name == "GET"      ? kGet
         : name == "POST"   ? kPost
         : name == "HEAD"   ? kHead
         : name == "DELETE" ? kDelete
                            : Methods{0};
}

bool IsFor(const Route& row, std::string_view path) {
  std::string_view pattern = row.path;
  while (pattern.ends_with(kInFolder)) {
    const size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return false;
    pattern.remove_suffix(kInFolder.size());
    path = path.substr(0, slash);
  }
  return pattern == path;
}

HttpResponse NotFound(Listener listener) {
  HttpResponse response = HttpResponse::Text(404, "Not found");
  if (listener == Listener::kPublic) AllowAnySite(response);
  return response;
}

// What a browser asks before it lets a page of another site ask with headers of its own.
HttpResponse Preflight(Methods methods) {
  HttpResponse response;
  response.status = 204;
  AllowAnySite(response);
  response.headers.push_back({"Access-Control-Allow-Methods", MethodNames(methods)});
  response.headers.push_back({"Access-Control-Allow-Headers", "*"});
  response.headers.push_back({"Access-Control-Max-Age", "86400"});
  response.headers.push_back({"Allow", MethodNames(methods)});
  return response;
}

HttpResponse MethodNotAllowed(Methods methods, bool for_any_site) {
  HttpResponse response = HttpResponse::Text(405, "Method not allowed");
  response.headers.push_back({"Allow", MethodNames(methods)});
  if (for_any_site) AllowAnySite(response);
  return response;
}

}  // namespace

// So that no Judge makes one.
RouteTable::RouteTable(metrics::Registry& registry, Login* login)
    : registry_(registry), login_(login) {
  UseOf(kUnknown);
}

void RouteTable::Add(Route row) {
  row.use = &UseOf(row.metric);
  if (login_ != nullptr && row.scope != kOpen && (row.listeners & kAtPrivate) != 0) {
    row.handler = [login = login_, scope = row.scope, handler = std::move(row.handler)](
                      HttpRequest&& request, Responder&& responder) {
      if (request.listener == Listener::kPrivate) {
        if (auto refusal = login->Check(request, scope)) {
          return responder.Respond(*std::move(refusal));
        }
      }
      handler(std::move(request), std::move(responder));
    };
  }
  rows_.push_back(std::move(row));
}

RouteUse& RouteTable::UseOf(std::string_view metric) {
  auto at = uses_.find(metric);
  if (at == uses_.end()) {
    at = uses_
             .emplace(std::piecewise_construct, std::forward_as_tuple(metric),
                      std::forward_as_tuple(registry_, std::string(metric)))
             .first;
  }
  return at->second;
}

RouteTable::Decision RouteTable::Decide(const HttpRequest& head) const {
  const Listeners door = head.listener == Listener::kPublic ? kAtPublic : kAtPrivate;
  const Methods method = MethodOf(head.method);
  const std::string_view path = head.path();
  const Route* known = nullptr;  // the path is, the method is not taken
  Methods methods = 0;
  bool for_any_site = false;
  const auto take = [&](const Route& row) {
    known = &row;
    methods |= row.methods;
    for_any_site = for_any_site || row.for_any_site;
    return (row.methods & method) != 0;
  };
  for (const Route& row : rows_) {
    if ((row.listeners & door) == 0 || row.path == kEveryOther || !IsFor(row, path)) continue;
    if (row.matches && !row.matches(head)) continue;
    if (take(row)) return {&row, row.metric};
  }
  if (known == nullptr) {
    for (const Route& row : rows_) {
      if ((row.listeners & door) == 0 || row.path != kEveryOther || !row.matches(head)) continue;
      if (take(row)) return {&row, row.metric};
    }
  }
  if (known == nullptr) return {NotFound(head.listener), kUnknown};
  const bool preflight = for_any_site && head.method == "OPTIONS";
  return {preflight ? Preflight(methods) : MethodNotAllowed(methods, for_any_site), known->metric};
}

bool RouteTable::Has(Listeners listeners, std::string_view path) const {
  return std::any_of(rows_.begin(), rows_.end(), [&](const Route& row) {
    return (row.listeners & listeners) != 0 && row.path != kEveryOther && IsFor(row, path);
  });
}

HeadVerdict RouteTable::Judge(const HttpRequest& head) {
  auto [verdict, metric] = Decide(head);
  if (const Route* const* const row = std::get_if<const Route*>(&verdict)) {
    std::optional<HttpResponse> answer;
    if (login_ != nullptr && head.listener == Listener::kPrivate && (*row)->scope != kOpen) {
      answer = login_->Refuse(head, (*row)->scope);
    }
    if (!answer && (*row)->judge != nullptr) answer = (*row)->judge(head);
    if (!answer) return verdict;
    if ((*row)->for_any_site) AllowAnySite(*answer);
    verdict = *std::move(answer);
  }
  UseOf(metric).Count(std::get<HttpResponse>(verdict).status);
  return verdict;
}

}  // namespace rollcall::http
