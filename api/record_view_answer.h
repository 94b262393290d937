// What the handlers of views of records have in common. Any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "api/csv_writer.h"
#include "api/data_answer.h"
#include "api/data_params.h"
#include "base/clock.h"
#include "base/status.h"
#include "http/server/api_request.h"

namespace rollcall::api {

// Returns the object that begins each answer: {"as_of": "2026-03-07T12:00:00Z"}.
nlohmann::ordered_json AsOfJson(UnixSeconds time);

// Sets the answer to the view as JSON, or with format=csv as a table; `what` names it in the log
// and in the file's name. read(params) -> Result of a shared pointer to a view; json(view) and
// csv(view) write it. 400: a parameter is wrong; 503: the store cannot be read.
template <typename Read, typename ToJson, typename ToCsv>
void AnswerView(const http::ApiRequest& request, const char* what, Read read, ToJson to_json,
                ToCsv to_csv, http::HttpResponse& response) {
  DataParams params(request);
  const bool wants_csv = params.WantsCsv();
  const auto make = read(params);
  if (!params.ok()) return AnswerProblem(400, params.problem(), response);
  const auto view = make();
  if (!view.ok()) return AnswerFailure(what, view.status(), response);
  if (wants_csv) return AnswerCsv(request, what, to_csv((*view)->view), response);
  nlohmann::ordered_json json = AsOfJson((*view)->time);
  json.update(to_json((*view)->view));
  AnswerJson(request, json, response);
}

// A table whose cells are all in quotes.
inline CsvWriter QuotedCsv(std::initializer_list<std::string_view> header) {
  return CsvWriter(header, CsvWriter::Quotes::kAroundEach);
}

}  // namespace rollcall::api
