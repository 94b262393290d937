#include "api/promql_json.h"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace rollcall::api {
namespace {

// So many series with so many points of one value.
std::shared_ptr<const promql::QueryResult> Matrix(size_t series, size_t points, double value) {
  auto result = std::make_shared<promql::QueryResult>();
  result->type = promql::ValueType::kMatrix;
  for (size_t i = 0; i < series; ++i) {
    result->series.push_back({promql::Labels({{"n", std::to_string(i)}}), {}});
    for (size_t p = 0; p < points; ++p) {
      result->series.back().points.push_back({static_cast<int64_t>(p) * 1'500, value});
    }
  }
  return result;
}

// What a client gets.
std::string Answered(query::KeptAnswer answer, const ResultDetails& details) {
  http::HttpResponse response;
  AnswerQueryResult(std::move(answer), details, http::BudgetCharge(), response);
  if (!response.stream) return response.body;
  std::string body;
  std::string piece;
  for (bool more = true; more;) {
    piece.clear();
    const Result<bool> next = response.stream->Next(piece);
    EXPECT_TRUE(next.ok());
    EXPECT_LE(piece.size(), size_t{512} << 10);
    more = *next;
    body += piece;
  }
  return body;
}

TEST(PromqlJsonTest, AnAnswerIsTheSameFromAKeptTextAndFromItsResult) {
  for (const auto& [series, points] : {std::pair{0, 0}, {1, 1}, {3, 2}, {2, 9'000}, {9, 3'000}}) {
    const auto result = Matrix(static_cast<size_t>(series), static_cast<size_t>(points), 0.25);
    const auto text = WriteWhole(*result);
    ASSERT_NE(text, nullptr) << series;
    const ResultDetails details{{}, QueryStats{}, 0, "a note"};
    const std::string by_text = Answered({result, text}, details);
    EXPECT_EQ(by_text, Answered({result, nullptr}, details));
    const auto json = nlohmann::json::parse(by_text);
    EXPECT_EQ(json["status"], "success");
    EXPECT_EQ(json["infos"], nlohmann::json({"a note"}));
    ASSERT_EQ(json["data"]["result"].size(), static_cast<size_t>(series));
    for (const auto& one : json["data"]["result"]) {
      ASSERT_EQ(one["values"].size(), static_cast<size_t>(points));
      EXPECT_EQ(one["values"].back(), nlohmann::json({(points - 1) * 1.5, "0.25"}));
    }
  }
}

TEST(PromqlJsonTest, AResultWhoseTextIsLargeIsNotWrittenAsAWhole) {
  EXPECT_NE(WriteWhole(*Matrix(2, 10'000, 1)), nullptr);
  EXPECT_EQ(WriteWhole(*Matrix(8, 10'000, 1)), nullptr) << "over 1 MiB of points";
  const auto longest = Matrix(2, 10'000, 1.2345678901234567e-305);
  EXPECT_EQ(WriteWhole(*longest), nullptr) << "over 300 characters each";
  const auto json = nlohmann::json::parse(Answered({longest, nullptr}, {}));
  EXPECT_EQ(json["data"]["result"][1]["values"].size(), 10'000u);
}

TEST(PromqlJsonTest, ALimitCutsTheSeriesAndSaysSo) {
  const auto result = Matrix(5, 2, 1);
  const auto json = nlohmann::json::parse(Answered({result, nullptr}, {{}, {}, 3, ""}));
  EXPECT_EQ(json["data"]["result"].size(), 3u);
  EXPECT_EQ(json["warnings"], nlohmann::json({"results truncated due to limit"}));
}

}  // namespace
}  // namespace rollcall::api
