#include <chrono>
#include <cmath>
#include <limits>

#include "query/promql/math_functions.h"

namespace rollcall::promql {
namespace {

namespace chrono = std::chrono;

struct Date {
  chrono::sys_days day;
  chrono::year_month_day parts;
  int64_t second_of_day = 0;
};

template <typename Take>
double Of(double unix_seconds, const Take& take) {
  // About the year 30000; chrono's calendar ends with 32767.
  constexpr double kMost = 9e11;
  if (!(std::abs(unix_seconds) < kMost)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const chrono::sys_seconds time{chrono::seconds(static_cast<int64_t>(unix_seconds))};
  const chrono::sys_days day = chrono::floor<chrono::days>(time);
  return static_cast<double>(take(Date{day, day, (time - day).count()}));
}

double DayOfMonth(double t) {
  return Of(t, [](const Date& d) { return static_cast<unsigned>(d.parts.day()); });
}

double DayOfWeek(double t) {
  return Of(t, [](const Date& d) { return chrono::weekday(d.day).c_encoding(); });
}

double DayOfYear(double t) {
  return Of(t, [](const Date& d) {
    return (d.day - chrono::sys_days(d.parts.year() / chrono::January / 1)).count() + 1;
  });
}

double DaysInMonth(double t) {
  return Of(t, [](const Date& d) {
    const chrono::year_month_day last = d.parts.year() / d.parts.month() / chrono::last;
    return static_cast<unsigned>(last.day());
  });
}

double Hour(double t) {
  return Of(t, [](const Date& d) { return d.second_of_day / 3600; });
}

double Minute(double t) {
  return Of(t, [](const Date& d) { return d.second_of_day / 60 % 60; });
}

double MonthOf(double t) {
  return Of(t, [](const Date& d) { return static_cast<unsigned>(d.parts.month()); });
}

double Year(double t) {
  return Of(t, [](const Date& d) { return static_cast<int>(d.parts.year()); });
}

}  // namespace

DateFunction DateFunctionOf(FunctionId id) {
  switch (id) {
    case FunctionId::kDayOfMonth:
      return DayOfMonth;
    case FunctionId::kDayOfWeek:
      return DayOfWeek;
    case FunctionId::kDayOfYear:
      return DayOfYear;
    case FunctionId::kDaysInMonth:
      return DaysInMonth;
    case FunctionId::kHour:
      return Hour;
    case FunctionId::kMinute:
      return Minute;
    case FunctionId::kMonth:
      return MonthOf;
    case FunctionId::kYear:
      return Year;
    default:
      return nullptr;
  }
}

}  // namespace rollcall::promql
