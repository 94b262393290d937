#include "records/week.h"

#include <cstdio>

namespace rollcall::records {

std::string Week::ToString() const {
  // Its Thursday says which year it is of.
  const Day thursday{number * kDays};
  const int year = Month::Of(thursday).year();
  const uint32_t first_day = Month::FromYearMonth(year, 1).FirstDay().number;
  char text[32];
  std::snprintf(text, sizeof text, "%04d-W%02u", year, (thursday.number - first_day) / kDays + 1);
  return text;
}

}  // namespace rollcall::records
