#include "api/promql_json.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace rollcall::api {
namespace {

constexpr size_t kPieceBytes = 64 * 1024;
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

// As Prometheus writes a sample's value: the shortest digits that are read back as the same number,
// without an exponent.
void AppendValue(double value, std::string& out) {
  out += '"';
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value < 0 ? "-Inf" : "+Inf";
  } else {
    char digits[400];  // the longest is a denormal number's
    const auto [end, error] =
        std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed);
    if (error == std::errc()) {
      out.append(digits, end);
    } else {
      out += nlohmann::json(value).dump();
    }
  }
  out += '"';
}

void AppendPoint(const promql::Point& point, std::string& out) {
  out += '[';
  AppendTime(point.time, out);
  out += ',';
  AppendValue(point.value, out);
  out += ']';
}

void AppendList(std::string_view name, const std::vector<std::string>& lines, std::string& out) {
  if (lines.empty()) return;
  out += ",\"";
  out += name;
  out += "\":[";
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += ',';
    AppendJsonString(lines[i], out);
  }
  out += ']';
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

const char* NameOfResult(promql::ValueType type) {
  switch (type) {
    case promql::ValueType::kScalar:
      return "scalar";
    case promql::ValueType::kString:
      return "string";
    case promql::ValueType::kVector:
      return "vector";
    case promql::ValueType::kMatrix:
      break;
  }
  return "matrix";
}

// Writes a result piece by piece; a piece may end within a series.
class ResultWriter final : public http::BodyStream {
 public:
  ResultWriter(promql::QueryResult result, const promql::Steps& steps,
               const std::optional<QueryStats>& stats, http::BudgetCharge charge)
      : result_(std::move(result)), steps_(steps), stats_(stats), charge_(std::move(charge)) {}

  Result<bool> Next(std::string& out) override {
    if (!begun_) {
      begun_ = true;
      out += "{\"status\":\"success\",\"data\":{\"resultType\":\"";
      out += NameOfResult(result_.type);
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
    while (series_ < result_.series.size()) {
      if (!AppendSome(out)) return true;
    }
    if (IsList()) out += ']';
    if (stats_) AppendStats(result_, steps_, *stats_, out);
    out += '}';
    AppendList("warnings", result_.warnings, out);
    AppendList("infos", result_.infos, out);
    out += '}';
    return false;
  }

 private:
  bool IsList() const {
    return result_.type == promql::ValueType::kVector || result_.type == promql::ValueType::kMatrix;
  }

  // Appends what is left of a series; false where the piece was full before.
  bool AppendSome(std::string& out) {
    promql::ResultSeries& series = result_.series[series_];
    const bool is_matrix = result_.type == promql::ValueType::kMatrix;
    if (point_ == 0) {
      if (series_ > 0) out += ',';
      out += "{\"metric\":";
      AppendLabels(series.labels, out);
      out += is_matrix ? ",\"values\":[" : ",\"value\":";
    }
    for (; point_ < series.points.size(); ++point_) {
      if (out.size() >= kPieceBytes && point_ > 0) return false;
      if (point_ > 0) out += ',';
      AppendPoint(series.points[point_], out);
    }
    out += is_matrix ? "]}" : "}";
    promql::ResultSeries().points.swap(series.points);
    point_ = 0;
    ++series_;
    return out.size() < kPieceBytes;
  }

  promql::QueryResult result_;
  const promql::Steps steps_;
  const std::optional<QueryStats> stats_;
  const http::BudgetCharge charge_;
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

size_t BytesOf(const promql::QueryResult& result) {
  size_t bytes = 0;
  for (const promql::ResultSeries& series : result.series) {
    bytes += sizeof series + series.points.capacity() * sizeof(promql::Point);
    for (const auto& [name, value] : series.labels.all()) {
      bytes += sizeof(promql::Labels::Label) + name.size() + value.size();
    }
  }
  return bytes;
}

void AnswerQueryResult(promql::QueryResult result, const promql::Steps& steps,
                       const std::optional<QueryStats>& stats, http::BudgetCharge charge,
                       http::HttpResponse& response) {
  response.headers.push_back({"Content-Type", "application/json"});
  const bool is_small = BytesOf(result) <= kMostBodyBytes;
  auto writer = std::make_shared<ResultWriter>(std::move(result), steps, stats, std::move(charge));
  if (!is_small) {
    response.stream = std::move(writer);
    return;
  }
  AppendAll(*writer, response.body);
}

}  // namespace rollcall::api
