#include "base/civil_time.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace rollcall {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::array<const char*, 12> kMonthNames = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

year_month_day CivilOf(Day d) {
  return year_month_day(sys_days(days(d.number)));
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
  if (text.size() != 7 || text[4] != '-') return std::nullopt;
  int digits = 0;
  for (const size_t i : {0U, 1U, 2U, 3U, 5U, 6U}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    digits = digits * 10 + (text[i] - '0');
  }
  const int month = digits % 100;
  if (month < 1 || month > 12) return std::nullopt;
  return FromYearMonth(digits / 100, static_cast<unsigned>(month));
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
                static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return FormatDate(year_month_day(day)) + text;
}

}  // namespace rollcall
