// How the public numbers are answered: with a tag by which a client that has the bytes already gets
// none, and errors as JSON that says what is allowed.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "api/data_params.h"
#include "base/status.h"
#include "http/server/message.h"
#include "model/exact_sum.h"
#include "model/overview.h"

namespace rollcall::api {

// A client asks each time whether its copy is still good: an import may change any month.
inline constexpr const char* kRevalidate = "no-cache";
// For images in other people's pages, where nobody waits for the last minute's number.
inline constexpr const char* kFiveMinutes = "public, max-age=300";

// 200 with the body, or 304 where the request has its tag.
void AnswerData(const http::ApiRequest& request, const char* content_type, std::string body,
                const char* cache_control, http::HttpResponse& response);
// As a file for a spreadsheet, which is named by what it is and by the request's parameters.
void AnswerCsv(const http::ApiRequest& request, const char* what, std::string body,
               http::HttpResponse& response);
void AnswerJson(const http::ApiRequest& request, const nlohmann::ordered_json& json,
                http::HttpResponse& response);
// An SVG image that asks for nothing else.
void AnswerImage(const http::ApiRequest& request, std::string svg, http::HttpResponse& response);

// 400, 404: {"error": …, "allowed": […], "allowed_more": N}; of many allowed names the first 100 of
// at most 256 bytes, and how many more there are.
void AnswerProblem(int status, const DataParams::Problem& problem, http::HttpResponse& response);
// 503 with Retry-After; `what` is for the log.
void AnswerFailure(const char* what, const Status& status, http::HttpResponse& response);

// A whole number where it is one.
nlohmann::ordered_json NumberJson(ExactSum sum);
// An object of names and numbers. Linear: what an ordered object does to find a name is not.
nlohmann::ordered_json TotalsJson(const BreakdownTotals& totals);

}  // namespace rollcall::api
