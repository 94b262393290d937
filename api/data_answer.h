// Answers with public numbers: each has an ETag, so that a client that already has the body does
// not get it again. Errors are JSON that lists what is allowed. Pure functions but for the log;
// any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "api/data_params.h"
#include "base/status.h"
#include "http/server/message.h"
#include "model/exact_sum.h"
#include "model/overview.h"

namespace rollcall::api {

// Cache-Control for numbers: a client has to ask each time whether its copy is still valid, because
// an import may change any month.
inline constexpr const char* kRevalidate = "no-cache";
// Cache-Control for images in other people's pages, where a number may be some minutes old.
inline constexpr const char* kFiveMinutes = "public, max-age=300";

// Sets the answer to a 200 with `body`, or to a 304 where the request's If-None-Match has its ETag.
void AnswerData(const http::ApiRequest& request, const char* content_type, std::string body,
                const char* cache_control, http::HttpResponse& response);
// The same as a file for a spreadsheet, whose name is made of `what` and the request's parameters.
void AnswerCsv(const http::ApiRequest& request, const char* what, std::string body,
               http::HttpResponse& response);
// The same as JSON.
void AnswerJson(const http::ApiRequest& request, const nlohmann::ordered_json& json,
                http::HttpResponse& response);
// The same as an SVG image, whose Content-Security-Policy lets it load nothing else.
void AnswerImage(const http::ApiRequest& request, std::string svg, http::HttpResponse& response);

// Sets the answer to `status` (400, 404) with {"error": …, "allowed": […], "allowed_more": N}.
// Lists at most 100 allowed names, each cut to 256 bytes; `allowed_more` is how many others
// there are.
void AnswerProblem(int status, const DataParams::Problem& problem, http::HttpResponse& response);
// Sets the answer to a 503 with Retry-After, and logs `status` after `what`.
void AnswerFailure(const char* what, const Status& status, http::HttpResponse& response);

// The names of calendar periods in JSON, by Span.
inline constexpr const char* kSpanNames[] = {"month", "quarter", "year"};

// Returns JSON as the body of an answer, a line. Stored bytes that are no UTF-8 are replaced.
std::string DumpJson(const nlohmann::ordered_json& json);
// Returns the text, or null where it is empty.
nlohmann::ordered_json TextOrNull(const std::string& text);
// Returns the sum as an integer where it is whole, else as a floating-point number.
nlohmann::ordered_json NumberJson(ExactSum sum);
// Returns an object that maps names to totals. Takes linear time, unlike inserting by name into an
// ordered object.
nlohmann::ordered_json TotalsJson(const BreakdownTotals& totals);

}  // namespace rollcall::api
