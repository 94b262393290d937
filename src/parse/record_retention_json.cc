#include "parse/record_retention_json.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "parse/json_reader.h"
#include "parse/json_walk.h"
#include "parse/record_fields.h"

namespace rollcall {
namespace {

using Event = JsonReader::Event;

constexpr uint64_t kMostDays = 100 * 365;
constexpr uint64_t kHighestSeverity = 4;

Status Wrong(const std::string& place, const std::string& rule) {
  return Status::InvalidArgument(place + ": " + rule);
}

class RetentionParser {
 public:
  Result<RecordRetention> Run(std::string_view json) {
    reader_.Begin(json);
    const Event first = reader_.Next();
    if (first == Event::kError) return reader_.status();
    if (first != Event::kBeginObject) return Status::InvalidArgument("it is not an object");
    ROLLCALL_RETURN_IF_ERROR(ForEachMember(
        reader_, [this](const std::string& name, Event event) { return Take(name, event); }));
    if (reader_.Next() == Event::kError) return reader_.status();
    return std::move(retention_);
  }

 private:
  Status Take(const std::string& name, Event event) {
    if (name == "keep_days") return TakeDays("/keep_days", event, retention_.keep_days);
    const bool severity = name == "severity";
    if (!severity && name != "classification") {
      return Wrong("/" + Shown(name), "not known; allowed: keep_days, severity, classification");
    }
    if (event != Event::kBeginObject) return Wrong("/" + name, "not an object");
    return ForEachMember(reader_, [&](const std::string& filter, Event days) {
      return severity ? TakeSeverity(filter, days) : TakeClass(filter, days);
    });
  }

  Status TakeSeverity(const std::string& text, Event event) {
    const std::string place = "/severity/" + Shown(text);
    const auto severity = ParseDigits(text, kHighestSeverity);
    if (!severity || *severity == 0) return Wrong(place, "not 1, 2, 3 or 4");
    RecordRetention::OfSeverity& rule = retention_.severities.emplace_back();
    rule.severity = static_cast<uint8_t>(*severity);
    return TakeDays(place, event, rule.days);
  }

  Status TakeClass(const std::string& pattern, Event event) {
    const std::string place = "/classification/" + Shown(pattern);
    const size_t star = pattern.find('*');
    if (pattern.empty() || (star != std::string::npos && star + 1 != pattern.size())) {
      return Wrong(place, "not a classification, or its beginning with a star at the end");
    }
    RecordRetention::OfClass& rule = retention_.classes.emplace_back();
    rule.pattern = pattern;
    return TakeDays(place, event, rule.days);
  }

  Status TakeDays(const std::string& place, Event event, uint32_t& days) {
    const auto number =
        event == Event::kNumber ? ParseDigits(reader_.token(), kMostDays) : std::nullopt;
    if (!number) {
      return Wrong(place, "not a whole number of days from 0 to " + std::to_string(kMostDays));
    }
    days = static_cast<uint32_t>(*number);
    return Status::Ok();
  }

  // A name for a message: one line, in printable ASCII.
  static std::string Shown(const std::string& name) {
    const bool plain =
        name.size() <= kMaxClassification &&
        std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
    return plain ? name : QuoteForMessage(name);
  }

  JsonReader reader_;
  RecordRetention retention_;
};

}  // namespace

Result<RecordRetention> ParseRecordRetention(std::string_view json) {
  return RetentionParser().Run(json);
}

bool MatchesClass(std::string_view pattern, std::string_view classification) {
  if (!pattern.ends_with('*')) return pattern == classification;
  return classification.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace rollcall
