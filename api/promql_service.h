// What the handlers of the Prometheus API share: the engine and its limits, and the account of what
// queries cost. Owned by the server; thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/named_enum.h"
#include "http/server/api_request.h"
#include "http/server/body_buffer.h"
#include "metrics/registry.h"
#include "query/promql/budget.h"
#include "query/stored_queries.h"

namespace rollcall::api {

struct PromqlOptions {
  promql::Limits limits;  // of each query
  // How long a sample stands for the instants after it; nullopt: as long as its source's reports
  // suggest.
  std::optional<std::chrono::milliseconds> lookback;
  std::chrono::milliseconds slow{1'000};  // a query that takes longer gets a line in the log
  // Of all answers that are still on their way; over it: an error.
  size_t max_answer_bytes = 128 << 20;
};

#define ROLLCALL_QUERY_KINDS(ROW) \
  ROW(kInstant, "instant")        \
  ROW(kRange, "range")            \
  ROW(kSeries, "series") ROW(kLabelNames, "label-names") ROW(kLabelValues, "label-values")
ROLLCALL_NAMED_ENUM(QueryKind, ROLLCALL_QUERY_KINDS);

// What is told where ChargeAnswer has no room.
Status TooManyAnswers();

class PromqlService {
 public:
  // All must outlive this object.
  PromqlService(query::StoredQueries& queries, const PromqlOptions& options, const Clock& clock,
                metrics::Registry& registry);

  query::StoredQueries& queries() { return queries_; }
  query::StoredSeries& series() { return queries_.series(); }
  const PromqlOptions& options() const { return options_; }
  int64_t NowMilliseconds() const { return clock_.NowMilliseconds().time_since_epoch().count(); }

  // Returns a charge for an answer of so many bytes; nullopt: there is no room for it.
  std::optional<http::BudgetCharge> ChargeAnswer(size_t bytes) const;

  // Sets the answer to that of a failed request, by what failed.
  void AnswerFailure(const Status& status, const promql::Budget& budget,
                     http::HttpResponse& response) const;

  // Counts a request that has been answered, and logs it where it was slow. `text`: what was asked.
  void Account(QueryKind kind, std::string_view text, const promql::Budget& budget,
               std::chrono::steady_clock::duration taken, const http::HttpResponse& response);

 private:
  query::StoredQueries& queries_;
  const PromqlOptions options_;
  const Clock& clock_;
  metrics::Registry& registry_;
  const std::shared_ptr<http::BufferBudget> answers_;
};

}  // namespace rollcall::api
