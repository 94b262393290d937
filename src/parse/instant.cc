#include "parse/instant.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/civil_time.h"
#include "base/text.h"

namespace rollcall {
namespace {

constexpr size_t kMaxUnixDigits = 12;                // the last second of 9999 has as many
constexpr int64_t kEndOf9999 = 253'402'300'800'000;  // Unix milliseconds, exclusive

bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

// "1772323201", "1772323201.25".
std::optional<UnixMilliseconds> ParseUnix(std::string_view text) {
  const size_t point = std::min(text.find('.'), text.size());
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  if (!IsNumber(text.substr(0, point)) || point > kMaxUnixDigits) return std::nullopt;
  if (point < text.size() && !IsNumber(fraction)) return std::nullopt;
  const std::string milliseconds =
      std::string(text.substr(0, point)) + (std::string(fraction) + "000").substr(0, 3);
  const int64_t at = std::stoll(milliseconds);
  if (at >= kEndOf9999) return std::nullopt;
  return UnixMilliseconds(std::chrono::milliseconds(at));
}

std::optional<UnixMilliseconds> ParseCalendar(std::string_view text) {
  if (text.size() == 4) {
    const auto january = Month::Parse(std::string(text) + "-01");
    if (january && january->year() >= 1970) return january->Start();
  } else if (const auto month = Month::Parse(text)) {
    if (month->year() >= 1970) return month->Start();
  } else if (const auto day = Day::Parse(text)) {
    return day->Start();
  } else if (const auto at = ParseRfc3339(text)) {
    if (at->time_since_epoch().count() >= 0) return at;
  }
  return std::nullopt;
}

}  // namespace

Result<UnixMilliseconds> ParseInstant(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto at = digits >= 5 ? ParseUnix(text) : ParseCalendar(text);
  if (!at) {
    return Status::InvalidArgument(QuoteForMessage(text) + " is not " +
                                   std::string(kAllowedInstants));
  }
  return *at;
}

}  // namespace rollcall
