#include "api/query_handler.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <string>
#include <utility>

#include "api/json_text.h"
#include "api/promql_json.h"
#include "api/promql_params.h"
#include "api/promql_tree_json.h"
#include "base/background.h"
#include "query/promql/parser.h"
#include "query/promql/printer.h"
#include "query/promql/text.h"

namespace rollcall::api {
namespace {

using http::ApiRequest;
using http::HttpResponse;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A request that is understood.
struct AskedQuery {
  std::string text;
  promql::ExprPtr expr;
  promql::Steps steps;
  std::optional<int64_t> lookback_ms;
  uint64_t limit = 0;
  std::optional<QueryStats> stats;
};

Result<AskedQuery> Understand(const ApiRequest& request, QueryKind kind, PromqlService& service) {
  AskedQuery asked;
  const bool is_range = kind == QueryKind::kRange;
  Result<promql::Steps> steps =
      is_range ? RangeParams(request) : InstantParams(request, service.NowMilliseconds());
  if (!steps.ok()) return steps.status();
  asked.steps = *steps;
  const Result<uint64_t> limit = LimitParam(request);
  if (!limit.ok()) return limit.status();
  asked.limit = *limit;
  if (const auto fixed = service.options().lookback) asked.lookback_ms = fixed->count();
  if (request.Param("lookback_delta") == "auto") {
    asked.lookback_ms.reset();
  } else {
    const auto lookback = DurationParam(request, "lookback_delta");
    if (!lookback.ok()) return lookback.status();
    if (*lookback && **lookback > 0) asked.lookback_ms = *lookback;
  }
  if (const std::string stats = request.Param("stats").value_or(""); !stats.empty()) {
    asked.stats = QueryStats{.per_step = stats == "all"};
  }
  asked.text = request.Param("query").value_or("");
  auto expr = promql::ParseExpr(asked.text);
  if (!expr.ok()) {
    return Status::InvalidArgument("invalid parameter \"query\": " + expr.status().message());
  }
  asked.expr = std::move(expr).value();
  if (is_range && asked.expr->type != promql::ValueType::kScalar &&
      asked.expr->type != promql::ValueType::kVector) {
    return Status::InvalidArgument("invalid parameter \"query\": invalid expression type \"" +
                                   std::string(promql::NameOf(asked.expr->type)) +
                                   "\" for range query, must be Scalar or instant Vector");
  }
  return asked;
}

// Says how long samples stood for the instants after them, where their sources' reports decided it;
// else "".
std::string LookbackUsed(const AskedQuery& asked, promql::Budget& budget) {
  const auto used = budget.lookbacks().Summarize();
  if (asked.lookback_ms || !used) return "";
  std::string text = "lookback: " + promql::WriteDuration(used->median_ms);
  if (used->least_ms != used->most_ms) {
    text += " for most series, from " + promql::WriteDuration(used->least_ms) + " to " +
            promql::WriteDuration(used->most_ms);
  }
  return text + ", by the intervals at which they were reported";
}

void Evaluate(AskedQuery asked, QueryKind kind, PromqlService& service,
              steady_clock::time_point begun, promql::Budget& budget, HttpResponse& response) {
  const auto prepared = steady_clock::now();
  const promql::Query query{*asked.expr, asked.steps, kind == QueryKind::kRange, asked.lookback_ms,
                            asked.text};
  Result<query::KeptAnswer> answer = service.queries().Evaluate(query, budget);
  if (!answer.ok()) return service.AnswerFailure(answer.status(), budget, response);
  if (asked.limit != 0 && asked.limit < answer->result->series.size()) {
    answer->text = nullptr;  // of all series
  } else if (!answer->text) {
    answer->text = WriteWhole(*answer->result);
    if (answer->text) service.queries().KeepText(query, *answer);
  }
  auto charge =
      service.ChargeAnswer(answer->text ? answer->text->size() : promql::BytesOf(*answer->result));
  if (!charge) return service.AnswerFailure(TooManyAnswers(), budget, response);
  if (asked.stats) {
    using Seconds = std::chrono::duration<double>;
    asked.stats->prepare_seconds = Seconds(prepared - begun).count();
    asked.stats->eval_seconds = Seconds(steady_clock::now() - prepared).count();
    asked.stats->samples = budget.samples();
    asked.stats->peak_memory = budget.peak_memory();
  }
  AnswerQueryResult(std::move(answer).value(),
                    {asked.steps, asked.stats, asked.limit, LookbackUsed(asked, budget)},
                    *std::move(charge), response);
}

// Nothing that comes in by another lane waits for a query's thread.
void GoBehindOthers() {
  static thread_local const bool done = [] {
    EnterBackground();
    return true;
  }();
  static_cast<void>(done);
}

http::ApiHandler QueryHandler(PromqlService& service, QueryKind kind) {
  return [&service, kind](const ApiRequest& request, HttpResponse& response) {
    GoBehindOthers();
    const auto begun = steady_clock::now();
    promql::Limits limits = service.options().limits;
    const auto timeout = DurationParam(request, "timeout");
    if (timeout.ok() && *timeout) limits.time = std::min(limits.time, milliseconds(**timeout));
    promql::Budget budget(limits, request.stop());
    try {
      Result<AskedQuery> asked =
          timeout.ok() ? Understand(request, kind, service) : Result<AskedQuery>(timeout.status());
      if (asked.ok()) {
        Evaluate(std::move(asked).value(), kind, service, begun, budget, response);
      } else {
        AnswerPromqlError(400, "bad_data", asked.status().message(), response);
      }
    } catch (const std::bad_alloc&) {
      response = HttpResponse();
      service.AnswerFailure(Status::Unavailable("out of memory"), budget, response);
    }
    service.Account(kind, request.Param("query").value_or(""), budget, steady_clock::now() - begun,
                    response);
  };
}

// Answers with what `append` says of the query as it is written; nothing is looked up.
http::ApiHandler TellingOfTheText(void (*append)(const promql::Expr& expr, std::string& data)) {
  return [append](const ApiRequest& request, HttpResponse& response) {
    const auto expr = promql::ParseExpr(request.Param("query").value_or(""));
    if (!expr.ok()) {
      return AnswerPromqlError(400, "bad_data",
                               "invalid parameter \"query\": " + expr.status().message(), response);
    }
    std::string data;
    append(**expr, data);
    AnswerPromqlData(data, response);
  };
}

}  // namespace

http::ApiHandler InstantQueryHandler(PromqlService& service) {
  return QueryHandler(service, QueryKind::kInstant);
}

http::ApiHandler RangeQueryHandler(PromqlService& service) {
  return QueryHandler(service, QueryKind::kRange);
}

http::ApiHandler FormatQueryHandler() {
  return TellingOfTheText([](const promql::Expr& expr, std::string& data) {
    AppendJsonString(promql::PrettyPrint(expr), data);
  });
}

http::ApiHandler ParseQueryHandler() { return TellingOfTheText(AppendTree); }

}  // namespace rollcall::api
