#include "api/records_handler.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "api/record_json.h"
#include "base/log.h"
#include "base/text.h"
#include "parse/record_fields.h"
#include "records/record_walk.h"

namespace rollcall::api {
namespace {

constexpr std::chrono::seconds kLongestWindow = std::chrono::days(30);
constexpr uint64_t kSecondsOfDay = 24 * 60 * 60;
constexpr uint64_t kWorstSeverity = 4;
constexpr size_t kMaxBuild = 256;

constexpr const char* kJsonLines = "application/x-ndjson";

// A piece of a stream, and how large an answer is before it becomes one.
constexpr size_t kRecordsPieceBytes = 256 * 1024;
constexpr size_t kMaxWholeBytes = 4 * 1024 * 1024;

struct AskedRecords {
  records::RecordFilter filter;
  size_t limit = kDefaultRecords;
};

class Parameters {
 public:
  explicit Parameters(const http::ApiRequest& request) : request_(request) {}

  // The parameter's number; what is too large for 64 bits counts as the largest one.
  std::optional<uint64_t> Number(const char* name) {
    const auto text = request_.Param(name);
    if (!text) return std::nullopt;
    const bool digits = !text->empty() && std::all_of(text->begin(), text->end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) Refuse(name, *text, "is not a number");
    return ParseDigits(*text, UINT64_MAX).value_or(UINT64_MAX);
  }
  std::optional<std::string> Text(const char* name, size_t most_characters, bool may_be_empty,
                                  bool strip_quotes) {
    auto text = request_.Param(name);
    if (!text) return std::nullopt;
    if (strip_quotes) *text = WithoutQuotes(*text);
    if (text->empty() && !may_be_empty) Refuse(name, *text, "is empty");
    if (CountCharacters(*text) > most_characters) {
      Refuse(name, *text, "has more than " + std::to_string(most_characters) + " characters");
    }
    return text;
  }
  void Refuse(const char* name, const std::string& value, const std::string& rule) {
    if (!status_.ok()) return;
    status_ =
        Status::InvalidArgument(std::string(name) + ": " + QuoteForMessage(value) + " " + rule);
  }
  const Status& status() const { return status_; }

 private:
  const http::ApiRequest& request_;
  Status status_;
};

Result<AskedRecords> Read(const http::ApiRequest& request, UnixSeconds now) {
  Parameters parameters(request);
  AskedRecords asked;
  records::RecordFilter& filter = asked.filter;
  filter.classification =
      parameters.Text("classification", kMaxClassification, false, false).value_or("");
  filter.is_exact = true;
  if (const auto severity = parameters.Number("severity")) {
    if (*severity == 0 || *severity > kWorstSeverity) {
      parameters.Refuse("severity", std::to_string(*severity), "is not 1, 2, 3 or 4");
    }
    filter.severity = static_cast<uint8_t>(*severity);
  }
  filter.machine_id = parameters.Text("machine_id", kMaxMachineId, false, false).value_or("");
  filter.build = parameters.Text("build", kMaxBuild, false, true).value_or("");
  const auto longest = static_cast<uint64_t>(kLongestWindow.count());
  uint64_t window = longest;
  const auto days = parameters.Number("created_in_days");
  const auto seconds = parameters.Number("created_in_sec");
  if (days) {
    window = std::min(*days, longest / kSecondsOfDay) * kSecondsOfDay;
  } else if (seconds) {
    window = std::min(*seconds, longest);
  }
  filter.received_after = now - std::chrono::seconds(window);
  if (const auto captured = parameters.Number("ts_capture")) {
    // Times end long before.
    constexpr uint64_t kNever = uint64_t{1} << 40;
    filter.captured_from = UnixSeconds(std::chrono::seconds(std::min(*captured, kNever) + 1));
  }
  if (const auto from_id = parameters.Number("from_id")) filter.below = RecordId{*from_id};
  if (const auto limit = parameters.Number("limit")) {
    if (*limit > kMaxRecords) {
      parameters.Refuse("limit", std::to_string(*limit),
                        "is more than " + std::to_string(kMaxRecords));
    }
    asked.limit = *limit;
  }
  if (!parameters.status().ok()) return parameters.status();
  return asked;
}

// The answer's body, a piece at a time.
class RecordsBody final : public http::BodyStream {
 public:
  RecordsBody(const storage::Records& records, AskedRecords asked, bool as_lines)
      : walk_(records, std::move(asked.filter)), left_(asked.limit), as_lines_(as_lines) {}

  Result<bool> Next(std::string& out) override {
    if (!first_.empty()) {
      out = std::exchange(first_, {});
      return true;
    }
    if (!has_begun_ && !as_lines_) out += "{\"records\":[";
    while (left_ > 0 && out.size() < kRecordsPieceBytes) {
      Result<std::optional<Record>> record = walk_.Next();
      if (!record.ok()) {
        log::Error("GET /api/records: {}", record.status().message());
        return record.status();
      }
      if (!record->has_value()) {
        left_ = 0;
        break;
      }
      if (has_begun_ && !as_lines_) out += ',';
      has_begun_ = true;
      AppendRecordJson(**record, out);
      if (as_lines_) out += '\n';
      --left_;
    }
    has_begun_ = true;
    if (left_ == 0 && !as_lines_) out += "]}\n";
    return left_ > 0;
  }
  // Puts a piece back, which is then the next.
  void PutBack(std::string piece) { first_ = std::move(piece); }

 private:
  records::RecordWalk walk_;
  size_t left_;
  const bool as_lines_;
  bool has_begun_ = false;
  std::string first_;
};

bool AsksForLines(const http::ApiRequest& request) {
  const auto accept = request.Header("Accept");
  return accept && AsciiLower(*accept).find(kJsonLines) != std::string::npos;
}

void Refuse(int status, const std::string& message, http::HttpResponse& response) {
  response = http::HttpResponse();
  response.status = status;
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = MessageJson(message);
}

}  // namespace

http::ApiHandler RecordsHandler(const storage::Records& records, const Clock& clock) {
  return [&records, &clock](const http::ApiRequest& request, http::HttpResponse& response) {
    Result<AskedRecords> asked = Read(request, clock.Now());
    if (!asked.ok()) return Refuse(400, asked.status().message(), response);
    const bool as_lines = AsksForLines(request);
    response.headers.push_back({"Content-Type", as_lines ? kJsonLines : "application/json"});
    const auto body = std::make_shared<RecordsBody>(records, std::move(asked).value(), as_lines);
    // A usual page is sent as a whole; only what is large is made while it is sent.
    std::string whole;
    for (;;) {
      std::string piece;
      const Result<bool> more = body->Next(piece);
      if (!more.ok()) return Refuse(503, "the store cannot be read", response);
      whole += piece;
      if (!*more) {
        response.body = std::move(whole);
        return;
      }
      if (whole.size() >= kMaxWholeBytes) break;
    }
    body->PutBack(std::move(whole));
    response.stream = body;
  };
}

}  // namespace rollcall::api
