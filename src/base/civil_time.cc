#include "base/civil_time.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace rollcall {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::array<const char*, 12> kMonthNames = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

year_month_day CivilOf(Day d) { return year_month_day(sys_days(days(d.number))); }

// Takes `width` digits off the front of `text`; nullopt if there are fewer, or their number is
// over `most`.
std::optional<unsigned> TakeNumber(std::string_view& text, size_t width, unsigned most) {
  if (text.size() < width) return std::nullopt;
  unsigned number = 0;
  for (const char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  if (number > most) return std::nullopt;
  text.remove_prefix(width);
  return number;
}

bool Take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// Takes "2026-03-07".
std::optional<sys_days> TakeDate(std::string_view& text) {
  const auto year = TakeNumber(text, 4, 9999);
  if (!year || !Take(text, '-')) return std::nullopt;
  const auto month = TakeNumber(text, 2, 12);
  if (!month || !Take(text, '-')) return std::nullopt;
  const auto day = TakeNumber(text, 2, 31);
  if (!day) return std::nullopt;
  const year_month_day civil(std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                             std::chrono::day(*day));
  if (!civil.ok()) return std::nullopt;
  return sys_days(civil);
}

// Takes "12:00:05" and "12:00:05.25".
std::optional<milliseconds> TakeTimeOfDay(std::string_view& text) {
  const auto hour = TakeNumber(text, 2, 23);
  if (!hour || !Take(text, ':')) return std::nullopt;
  const auto minute = TakeNumber(text, 2, 59);
  if (!minute || !Take(text, ':')) return std::nullopt;
  const auto second = TakeNumber(text, 2, 59);
  if (!second) return std::nullopt;
  milliseconds time =
      std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  if (Take(text, '.')) {
    const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0) return std::nullopt;
    int unit = 100;
    for (size_t i = 0; i < digits; ++i, unit /= 10) time += milliseconds((text[i] - '0') * unit);
    text.remove_prefix(digits);
  }
  return time;
}

// Takes "Z" and "+02:00".
std::optional<std::chrono::minutes> TakeOffset(std::string_view& text) {
  if (Take(text, 'Z') || Take(text, 'z')) return std::chrono::minutes(0);
  const bool west = text.starts_with('-');
  if (!west && !text.starts_with('+')) return std::nullopt;
  text.remove_prefix(1);
  const auto hours = TakeNumber(text, 2, 23);
  if (!hours || !Take(text, ':')) return std::nullopt;
  const auto minutes = TakeNumber(text, 2, 59);
  if (!minutes) return std::nullopt;
  const std::chrono::minutes offset(*hours * 60 + *minutes);
  return west ? -offset : offset;
}

std::string FormatDate(const year_month_day& civil) {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(civil.year()),
                static_cast<unsigned>(civil.month()), static_cast<unsigned>(civil.day()));
  return text;
}

}  // namespace

Day Day::Of(UnixSeconds t) {
  const auto since = std::chrono::floor<days>(t).time_since_epoch().count();
  return {since < 0 ? 0U : static_cast<uint32_t>(since)};
}

UnixSeconds Day::Start() const { return UnixSeconds(sys_days(days(number))); }

std::optional<Day> Day::Parse(std::string_view text) {
  const auto date = TakeDate(text);
  if (!date || !text.empty() || *date < sys_days(days(0))) return std::nullopt;
  return Day{static_cast<uint32_t>(date->time_since_epoch().count())};
}

std::string Day::ToString() const { return FormatDate(CivilOf(*this)); }

Month Month::FromYearMonth(int year, unsigned month) {
  return {static_cast<uint32_t>(year) * 12 + (month - 1)};
}

Month Month::Of(Day d) {
  const year_month_day civil = CivilOf(d);
  return FromYearMonth(static_cast<int>(civil.year()), static_cast<unsigned>(civil.month()));
}

Month Month::Of(UnixSeconds t) { return Of(Day::Of(t)); }

std::optional<Month> Month::Parse(std::string_view text) {
  const auto year = TakeNumber(text, 4, 9999);
  if (!year || !Take(text, '-')) return std::nullopt;
  const auto month = TakeNumber(text, 2, 12);
  if (!month || *month == 0 || !text.empty()) return std::nullopt;
  return FromYearMonth(static_cast<int>(*year), *month);
}

Day Month::FirstDay() const {
  const sys_days first = std::chrono::year(year()) / std::chrono::month(month()) / 1;
  const auto since = first.time_since_epoch().count();
  return {since < 0 ? 0U : static_cast<uint32_t>(since)};
}

Day Month::LastDay() const { return {Plus(1).FirstDay().number - 1}; }

std::string Month::ToString() const {
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u", year(), month());
  return text;
}

std::string Month::Label() const {
  return std::string(kMonthNames[month() - 1]) + " " + std::to_string(year());
}

std::string FormatRfc3339(UnixSeconds t) {
  const auto day = std::max(std::chrono::floor<days>(t), sys_days(days(0)));
  const std::chrono::hh_mm_ss time(std::max(t - day, std::chrono::seconds(0)));
  char text[64];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02dZ", static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return FormatDate(year_month_day(day)) + text;
}

std::optional<UnixMilliseconds> ParseRfc3339(std::string_view text) {
  const auto date = TakeDate(text);
  if (!date || !(Take(text, 'T') || Take(text, 't'))) return std::nullopt;
  const auto time = TakeTimeOfDay(text);
  if (!time) return std::nullopt;
  const auto offset = TakeOffset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return *date + *time - *offset;
}

}  // namespace rollcall
