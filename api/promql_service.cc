#include "api/promql_service.h"

#include <algorithm>

#include "api/promql_json.h"
#include "base/log.h"
#include "base/text.h"

namespace rollcall::api {
namespace {

constexpr size_t kMostLoggedBytes = 1'000;

double Seconds(std::chrono::steady_clock::duration taken) {
  return std::chrono::duration<double>(taken).count();
}

const char* OutcomeOf(int status) {
  switch (status) {
    case 200:
      return "answered";
    case 400:
      return "bad_data";
    case 422:
      return "execution";
    case 499:
      return "canceled";
    case 503:
      return "timeout";
    default:
      return "internal";
  }
}

}  // namespace

PromqlService::PromqlService(query::StoredQueries& queries, const PromqlOptions& options,
                             const Clock& clock, metrics::Registry& registry)
    : queries_(queries),
      options_(options),
      clock_(clock),
      registry_(registry),
      answers_(std::make_shared<http::BufferBudget>(options.max_answer_bytes)) {}

Status TooManyAnswers() {
  return Status::Unavailable(
      "too many large answers are still on their way to other clients: see "
      "--query-max-answer-bytes");
}

std::optional<http::BudgetCharge> PromqlService::ChargeAnswer(size_t bytes) const {
  http::BudgetCharge charge(answers_);
  if (!charge.TryGrow(bytes)) return std::nullopt;
  return charge;
}

void PromqlService::AnswerFailure(const Status& status, const promql::Budget& budget,
                                  http::HttpResponse& response) const {
  switch (status.code()) {
    case Code::kInvalidArgument:
    case Code::kTooMany:
      return AnswerPromqlError(422, "execution", status.message(), response);
    case Code::kUnavailable:
      if (budget.stopped()) return AnswerPromqlError(499, "canceled", status.message(), response);
      return AnswerPromqlError(503, "timeout", status.message(), response);
    default:
      log::Error("answer a query: {}", status.message());
      return AnswerPromqlError(500, "internal", status.message(), response);
  }
}

void PromqlService::Account(QueryKind kind, std::string_view text, const promql::Budget& budget,
                            std::chrono::steady_clock::duration taken,
                            const http::HttpResponse& response) {
  const metrics::Labels of_kind{{"kind", NameOf(kind)}};
  registry_
      .GetCounter("rollcall_promql_queries_total", "Queries in PromQL, and of labels and series.",
                  {{"kind", NameOf(kind)}, {"outcome", OutcomeOf(response.status)}})
      .Add();
  registry_
      .GetCounter("rollcall_promql_samples_total", "Samples that these queries looked at.", of_kind)
      .Add(budget.samples());
  registry_
      .GetHistogram("rollcall_promql_seconds", "How long they took, without waiting.",
                    metrics::Histogram::LatencyBuckets(), of_kind)
      .Observe(Seconds(taken));
  if (taken < options_.slow) return;
  log::Warn("slow query ({}): {:.2f} s, {} samples, {} series, at most {} MiB, {}: {}",
            NameOf(kind), Seconds(taken), budget.samples(), budget.series(),
            budget.peak_memory() >> 20, OutcomeOf(response.status),
            QuoteWord(std::string(text.substr(0, kMostLoggedBytes))));
}

}  // namespace rollcall::api
