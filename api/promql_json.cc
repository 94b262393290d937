#include "api/promql_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "query/promql/functions.h"
#include "query/promql/number_text.h"

namespace rollcall::api {
namespace {

constexpr size_t kJsonPieceBytes = 64 * 1024;
constexpr size_t kMostBodyBytes = 256 * 1024;

// Seconds, with the milliseconds where there are any.
void AppendTime(int64_t milliseconds, std::string& out) {
  if (milliseconds < 0) out += '-';
  const uint64_t magnitude =
      milliseconds < 0 ? -static_cast<uint64_t>(milliseconds) : static_cast<uint64_t>(milliseconds);
  out += std::to_string(magnitude / 1000);
  if (const uint64_t fraction = magnitude % 1000; fraction != 0) {
    const std::string digits = std::to_string(1000 + fraction);
    out += '.';
    out.append(digits, 1);
  }
}

void AppendPoint(const promql::Point& point, std::string& out) {
  out += '[';
  AppendTime(point.time, out);
  out += ",\"";
  out += promql::PlainText(point.value);
  out += "\"]";
}

// Appends the lines and, where it is not empty, another one.
void AppendList(std::string_view name, const std::vector<std::string>& lines,
                const std::string& another, std::string& out) {
  if (lines.empty() && another.empty()) return;
  out += ",\"";
  out += name;
  out += "\":[";
  for (const std::string& line : lines) {
    AppendJsonString(line, out);
    out += ',';
  }
  if (another.empty()) {
    out.back() = ']';
  } else {
    AppendJsonString(another, out);
    out += ']';
  }
}

void AppendStats(const promql::QueryResult& result, const promql::Steps& steps,
                 const QueryStats& stats, std::string& out) {
  nlohmann::ordered_json json;
  json["timings"] = {
      {"evalTotalTime", stats.prepare_seconds + stats.eval_seconds},
      {"resultSortTime", 0},
      {"queryPreparationTime", stats.prepare_seconds},
      {"innerEvalTime", stats.eval_seconds},
      {"execQueueTime", stats.queue_seconds},
      {"execTotalTime", stats.queue_seconds + stats.prepare_seconds + stats.eval_seconds}};
  nlohmann::ordered_json samples;
  if (stats.per_step) {
    auto& per_step = samples["totalQueryableSamplesPerStep"] = nlohmann::ordered_json::array();
    for (size_t i = 0; i < result.samples_per_step.size(); ++i) {
      per_step.push_back({static_cast<double>(steps.At(i)) / 1000, result.samples_per_step[i]});
    }
  }
  samples["totalQueryableSamples"] = stats.samples;
  samples["peakMemoryBytes"] = stats.peak_memory;
  json["samples"] = std::move(samples);
  out += ",\"stats\":" + json.dump();
}

size_t SeriesOf(const promql::QueryResult& result, uint64_t limit) {
  return limit == 0 ? result.series.size() : std::min<size_t>(result.series.size(), limit);
}

// Writes a result piece by piece; a piece may end within a series.
class ResultWriter final : public http::BodyStream {
 public:
  ResultWriter(std::shared_ptr<const promql::QueryResult> result, ResultDetails details,
               http::BudgetCharge charge)
      : shared_(std::move(result)),
        result_(*shared_),
        details_(std::move(details)),
        charge_(std::move(charge)),
        count_(SeriesOf(result_, details_.limit)) {}

  Result<bool> Next(std::string& out) override {
    if (!begun_) {
      begun_ = true;
      out += "{\"status\":\"success\",\"data\":{\"resultType\":\"";
      out += promql::ShortNameOf(result_.type);
      out += "\",\"result\":";
      if (result_.type == promql::ValueType::kScalar) {
        AppendPoint(result_.scalar, out);
      } else if (result_.type == promql::ValueType::kString) {
        out += '[';
        AppendTime(result_.scalar.time, out);
        out += ',';
        AppendJsonString(result_.text, out);
        out += ']';
      } else {
        out += '[';
      }
    }
    while (series_ < count_) {
      if (!AppendSome(out)) return true;
    }
    if (IsList()) out += ']';
    if (details_.stats) AppendStats(result_, details_.steps, *details_.stats, out);
    out += '}';
    AppendList("warnings", result_.warnings,
               count_ < result_.series.size() ? "results truncated due to limit" : "", out);
    AppendList("infos", result_.infos, details_.info, out);
    out += '}';
    return false;
  }

 private:
  bool IsList() const {
    return result_.type == promql::ValueType::kVector || result_.type == promql::ValueType::kMatrix;
  }

  // Appends what is left of a series; false where the piece was full before.
  bool AppendSome(std::string& out) {
    const promql::ResultSeries& series = result_.series[series_];
    const bool is_matrix = result_.type == promql::ValueType::kMatrix;
    if (point_ == 0) {
      if (series_ > 0) out += ',';
      out += "{\"metric\":";
      AppendLabels(series.labels, out);
      out += is_matrix ? ",\"values\":[" : ",\"value\":";
    }
    for (; point_ < series.points.size(); ++point_) {
      if (out.size() >= kJsonPieceBytes && point_ > 0) return false;
      if (point_ > 0) out += ',';
      AppendPoint(series.points[point_], out);
    }
    out += is_matrix ? "]}" : "}";
    point_ = 0;
    ++series_;
    return out.size() < kJsonPieceBytes;
  }

  const std::shared_ptr<const promql::QueryResult> shared_;
  const promql::QueryResult& result_;
  const ResultDetails details_;
  const http::BudgetCharge charge_;
  const size_t count_;
  bool begun_ = false;
  size_t series_ = 0;
  size_t point_ = 0;
};

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void AppendLabels(const promql::Labels& labels, std::string& out) {
  out += '{';
  bool first = true;
  for (const auto& [name, value] : labels.all()) {
    if (!first) out += ',';
    first = false;
    AppendJsonString(name, out);
    out += ':';
    AppendJsonString(value, out);
  }
  out += '}';
}

void AnswerPromqlError(int status, std::string_view type, std::string_view message,
                       http::HttpResponse& response) {
  response.status = status;
  response.headers.push_back({"Content-Type", "application/json"});
  if (status == 503) response.headers.push_back({"Retry-After", "1"});
  response.body = "{\"status\":\"error\",\"errorType\":";
  AppendJsonString(type, response.body);
  response.body += ",\"error\":";
  AppendJsonString(message, response.body);
  response.body += "}\n";
}

void AnswerPromqlData(std::string_view data, http::HttpResponse& response) {
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = "{\"status\":\"success\",\"data\":";
  response.body += data;
  response.body += "}\n";
}

void AppendAll(http::BodyStream& stream, std::string& body) {
  std::string piece;
  for (bool more = true; more;) {
    piece.clear();
    more = *stream.Next(piece);
    body += piece;
  }
}

void AnswerQueryResult(std::shared_ptr<const promql::QueryResult> result, ResultDetails details,
                       http::BudgetCharge charge, http::HttpResponse& response) {
  response.headers.push_back({"Content-Type", "application/json"});
  const bool is_small = promql::BytesOf(*result) <= kMostBodyBytes;
  auto writer =
      std::make_shared<ResultWriter>(std::move(result), std::move(details), std::move(charge));
  if (is_small) {
    AppendAll(*writer, response.body);
  } else {
    response.stream = std::move(writer);
  }
}

}  // namespace rollcall::api
