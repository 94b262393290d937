// Answers of the Prometheus API as JSON: `{"status":"success","data":…}`, or an error.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/server/body_buffer.h"
#include "http/server/message.h"
#include "query/promql/engine.h"
#include "query/result_cache.h"

namespace rollcall::api {

// What a query has cost, as Prometheus tells it in `stats`.
struct QueryStats {
  double queue_seconds = 0;
  double prepare_seconds = 0;
  double eval_seconds = 0;
  uint64_t samples = 0;
  uint64_t peak_memory = 0;  // bytes
  bool per_step = false;     // was asked for: `stats=all`
};

// Sets the answer to {"status":"error","errorType":…,"error":…}.
void AnswerPromqlError(int status, std::string_view type, std::string_view message,
                       http::HttpResponse& response);

// Sets the answer to {"status":"success","data":`data`}; `data` is JSON already.
void AnswerPromqlData(std::string_view data, http::HttpResponse& response);

// What an answer says beside a result.
struct ResultDetails {
  promql::Steps steps;
  std::optional<QueryStats> stats;
  uint64_t limit = 0;  // the series that are given at most; 0: all
  std::string info;    // another line of the result's infos; empty: none
};

// Returns the text of a result, without what follows its values; null: it is too large to be
// written as a whole.
std::shared_ptr<const std::string> WriteWhole(const promql::QueryResult& result);

// Sets the answer to that of a query, whose text is from WriteWhole, or null: then the result is
// written. A small text is a body; everything else is a stream, which keeps what it gives and the
// `charge` until the peer has taken it.
void AnswerQueryResult(query::KeptAnswer answer, ResultDetails details, http::BudgetCharge charge,
                       http::HttpResponse& response);

// Appends {"name":"value",…}.
void AppendLabels(const promql::Labels& labels, std::string& out);
// The same, with a label in its place; an empty name: without.
void AppendLabelsWith(const promql::Labels& labels, std::string_view name, std::string_view value,
                      std::string& out);

}  // namespace rollcall::api
