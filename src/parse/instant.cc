#include "parse/instant.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "base/text.h"

namespace rollcall {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kEndOf9999 = 253'402'300'800;  // unix seconds, exclusive

// Takes exactly `digits` digits off the front.
std::optional<int> TakeNumber(std::string_view& text, size_t digits) {
  int number = 0;
  if (text.size() < digits) return std::nullopt;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool Take(std::string_view& text, char c) {
  const bool there = text.starts_with(c);
  if (there) text.remove_prefix(1);
  return there;
}

// What stands behind a point, as milliseconds; nullopt where there is no digit.
std::optional<int64_t> TakeFraction(std::string_view& text) {
  int64_t fraction = 0;
  int64_t unit = 100;
  size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    fraction += (text[digits] - '0') * unit;
    unit /= 10;
  }
  text.remove_prefix(digits);
  return digits == 0 ? std::nullopt : std::optional(fraction);
}

std::optional<UnixMilliseconds> ParseUnix(std::string_view text) {
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || seconds < 0 || seconds >= kEndOf9999) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  int64_t fraction = 0;
  if (Take(text, '.')) {
    const auto taken = TakeFraction(text);
    if (!taken) return std::nullopt;
    fraction = *taken;
  }
  if (!text.empty()) return std::nullopt;
  return UnixMilliseconds(milliseconds(seconds * 1000 + fraction));
}

// "Z", "+02:00".
std::optional<std::chrono::minutes> ParseOffset(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  const bool west = text.starts_with('-');
  if (!west && !text.starts_with('+')) return std::nullopt;
  text.remove_prefix(1);
  const auto hours = TakeNumber(text, 2);
  if (!hours || *hours > 23 || !Take(text, ':')) return std::nullopt;
  const auto minutes = TakeNumber(text, 2);
  if (!minutes || *minutes > 59 || !text.empty()) return std::nullopt;
  const std::chrono::minutes offset(*hours * 60 + *minutes);
  return west ? -offset : offset;
}

std::optional<milliseconds> ParseTimeOfDay(std::string_view text) {
  const auto hour = TakeNumber(text, 2);
  if (!hour || *hour > 23 || !Take(text, ':')) return std::nullopt;
  const auto minute = TakeNumber(text, 2);
  if (!minute || *minute > 59 || !Take(text, ':')) return std::nullopt;
  const auto second = TakeNumber(text, 2);
  if (!second || *second > 59) return std::nullopt;
  int64_t fraction = 0;
  if (Take(text, '.')) {
    const auto taken = TakeFraction(text);
    if (!taken) return std::nullopt;
    fraction = *taken;
  }
  const auto offset = ParseOffset(text);
  if (!offset) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
         milliseconds(fraction) - *offset;
}

std::optional<UnixMilliseconds> ParseCalendar(std::string_view text) {
  int month = 1;
  int day = 1;
  const auto year = TakeNumber(text, 4);
  if (!year) return std::nullopt;
  if (Take(text, '-')) {
    const auto taken = TakeNumber(text, 2);
    if (!taken) return std::nullopt;
    month = *taken;
    if (Take(text, '-')) {
      const auto of_month = TakeNumber(text, 2);
      if (!of_month) return std::nullopt;
      day = *of_month;
      if (!text.empty()) {
        if (!Take(text, 'T') && !Take(text, 't')) return std::nullopt;
        if (text.empty()) return std::nullopt;
      }
    }
  }
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  UnixMilliseconds at = std::chrono::sys_days(date);
  if (!text.empty()) {
    const auto time = ParseTimeOfDay(text);
    if (!time) return std::nullopt;
    at += *time;
  }
  return at;
}

}  // namespace

Result<UnixMilliseconds> ParseInstant(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto at = digits >= 5 ? ParseUnix(text) : ParseCalendar(text);
  if (!at || at->time_since_epoch().count() < 0) {
    return Status::InvalidArgument(QuoteForMessage(text) + " is not " +
                                   std::string(kAllowedInstants));
  }
  return *at;
}

}  // namespace rollcall
