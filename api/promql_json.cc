#include "api/promql_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/json_text.h"
#include "base/text.h"
#include "query/promql/functions.h"
#include "query/promql/number_text.h"

namespace rollcall::api {
namespace {

constexpr size_t kJsonPieceBytes = 64 * 1024;
constexpr size_t kMostBodyBytes = 256 * 1024;
// Of a result that is written as a whole, to be kept, and of its text.
constexpr size_t kMostWholeBytes = 1024 * 1024;

// Seconds, with the milliseconds where there are any.
void AppendTime(int64_t milliseconds, std::string& out) {
  if (milliseconds < 0) out += '-';
  const uint64_t magnitude =
      milliseconds < 0 ? -static_cast<uint64_t>(milliseconds) : static_cast<uint64_t>(milliseconds);
  AppendDecimal(magnitude / 1000, out);
  if (const uint64_t fraction = magnitude % 1000; fraction != 0) {
    out += '.';
    out.append(std::to_string(1000 + fraction), 1);
  }
}

void AppendPoint(const promql::Point& point, std::string& out) {
  out += '[';
  AppendTime(point.time, out);
  out += ",\"";
  promql::AppendPlainText(point.value, out);
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

void AppendTail(const promql::QueryResult& result, const ResultDetails& details, bool is_cut,
                std::string& out) {
  if (details.stats) AppendStats(result, details.steps, *details.stats, out);
  out += '}';
  AppendList("warnings", result.warnings, is_cut ? "results truncated due to limit" : "", out);
  AppendList("infos", result.infos, details.info, out);
  out += '}';
}

// Writes a result piece by piece; a piece may end within a series. AppendTail writes what follows
// the values.
class ResultWriter {
 public:
  // `series`: how many are written. The result must outlive the writer.
  ResultWriter(const promql::QueryResult& result, size_t series)
      : result_(result), count_(series) {}

  // Appends the next piece. Returns false where it was the last.
  bool Append(std::string& out) {
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
    const size_t end = out.size() + kJsonPieceBytes;
    while (series_ < count_) {
      if (!AppendSome(end, out)) return true;
    }
    if (IsList()) out += ']';
    return false;
  }

 private:
  bool IsList() const {
    return result_.type == promql::ValueType::kVector || result_.type == promql::ValueType::kMatrix;
  }

  // Appends what is left of a series; false where the piece, which ends about there, is full.
  bool AppendSome(size_t end, std::string& out) {
    const promql::ResultSeries& series = result_.series[series_];
    const bool is_matrix = result_.type == promql::ValueType::kMatrix;
    if (point_ == 0) {
      if (series_ > 0) out += ',';
      out += "{\"metric\":";
      AppendLabels(series.labels, out);
      out += is_matrix ? ",\"values\":[" : ",\"value\":";
    }
    for (; point_ < series.points.size(); ++point_) {
      if (out.size() >= end && point_ > 0) return false;
      if (point_ > 0) out += ',';
      AppendPoint(series.points[point_], out);
    }
    out += is_matrix ? "]}" : "}";
    point_ = 0;
    ++series_;
    return out.size() < end;
  }

  const promql::QueryResult& result_;
  const size_t count_;
  bool begun_ = false;
  size_t series_ = 0;
  size_t point_ = 0;
};

// A result that is too large to be written as a whole, or of which not all is wanted.
class ResultStream final : public http::BodyStream {
 public:
  ResultStream(std::shared_ptr<const promql::QueryResult> result, size_t series,
               ResultDetails details, http::BudgetCharge charge)
      : result_(std::move(result)),
        series_(series),
        details_(std::move(details)),
        charge_(std::move(charge)),
        writer_(*result_, series) {}

  Result<bool> Next(std::string& out) override {
    if (writer_.Append(out)) return true;
    AppendTail(*result_, details_, series_ < result_->series.size(), out);
    return false;
  }

 private:
  const std::shared_ptr<const promql::QueryResult> result_;
  const size_t series_;
  const ResultDetails details_;
  const http::BudgetCharge charge_;
  ResultWriter writer_;
};

// A text that is kept, and what follows it.
class TextStream final : public http::BodyStream {
 public:
  TextStream(std::shared_ptr<const std::string> text, std::string tail, http::BudgetCharge charge)
      : text_(std::move(text)), tail_(std::move(tail)), charge_(std::move(charge)) {}

  Result<bool> Next(std::string& out) override {
    out.assign(*text_, at_, kMostBodyBytes);
    at_ += out.size();
    if (at_ < text_->size()) return true;
    out += tail_;
    return false;
  }

 private:
  const std::shared_ptr<const std::string> text_;
  const std::string tail_;
  const http::BudgetCharge charge_;
  size_t at_ = 0;
};

}  // namespace

void AppendLabels(const promql::Labels& labels, std::string& out) {
  AppendLabelsWith(labels, "", "", out);
}

void AppendLabelsWith(const promql::Labels& labels, std::string_view name, std::string_view value,
                      std::string& out) {
  out += '{';
  const auto append = [&out](std::string_view label, std::string_view of_label) {
    if (out.back() != '{') out += ',';
    AppendJsonString(label, out);
    out += ':';
    AppendJsonString(of_label, out);
  };
  bool is_there = name.empty();
  for (const auto& [label, of_label] : labels.all()) {
    if (!is_there && label >= name) {
      append(name, value);
      is_there = true;
    }
    if (label != name) append(label, of_label);
  }
  if (!is_there) append(name, value);
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

std::shared_ptr<const std::string> WriteWhole(const promql::QueryResult& result) {
  if (promql::BytesOf(result) > kMostWholeBytes) return nullptr;
  auto text = std::make_shared<std::string>();
  ResultWriter writer(result, result.series.size());
  while (writer.Append(*text)) {
    if (text->size() > kMostWholeBytes) return nullptr;
  }
  text->shrink_to_fit();
  return text;
}

void AnswerQueryResult(query::KeptAnswer answer, ResultDetails details, http::BudgetCharge charge,
                       http::HttpResponse& response) {
  response.headers.push_back({"Content-Type", "application/json"});
  if (answer.text == nullptr) {
    const size_t all = answer.result->series.size();
    const size_t series = details.limit == 0 ? all : std::min<size_t>(all, details.limit);
    response.stream = std::make_shared<ResultStream>(std::move(answer.result), series,
                                                     std::move(details), std::move(charge));
    return;
  }
  std::string tail;
  AppendTail(*answer.result, details, false, tail);
  if (answer.text->size() > kMostBodyBytes) {
    response.stream =
        std::make_shared<TextStream>(std::move(answer.text), std::move(tail), std::move(charge));
    return;
  }
  response.body.reserve(answer.text->size() + tail.size());
  response.body.append(*answer.text).append(tail);
}

}  // namespace rollcall::api
