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

// Sets the answer to a query's result. A small one is a body; a large one is a stream, which keeps
// the result and its `charge` until the peer has taken it.
void AnswerQueryResult(std::shared_ptr<const promql::QueryResult> result, ResultDetails details,
                       http::BudgetCharge charge, http::HttpResponse& response);

// Appends all of a stream that does not fail.
void AppendAll(http::BodyStream& stream, std::string& body);

// Appends `text` as a JSON string, with its quotes; what is not UTF-8 is replaced.
void AppendJsonString(std::string_view text, std::string& out);
// Appends {"name":"value",…}.
void AppendLabels(const promql::Labels& labels, std::string& out);

}  // namespace rollcall::api
