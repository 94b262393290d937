#include "api/period_params.h"

#include <nlohmann/json.hpp>

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

// By Span.
constexpr Period::Kind kKinds[] = {Period::Kind::kMonth, Period::Kind::kQuarter,
                                   Period::Kind::kYear};

}  // namespace

AskedPeriod ReadPeriod(const Clock& clock, DataParams& params) {
  const bool last_30_days = params.WantsLast30Days({"month", "periods"});
  AskedPeriod asked;
  asked.month = params.OfMonth("month");
  if (asked.month && *asked.month > Month::Of(clock.Now())) {
    params.Refuse("month: it has not begun");
  }
  asked.kind = kKinds[static_cast<size_t>(params.OfSpan())];
  if (last_30_days) asked.kind = Period::Kind::k30Days;
  return asked;
}

Result<Period> ResolvePeriod(const DataServices& services, const Fleet& fleet,
                             const AskedPeriod& asked) {
  const Day today = Day::Of(services.clock.Now());
  if (asked.kind == Period::Kind::k30Days) return Period::Last30(today);
  if (asked.month) return Period{asked.kind, asked.month->number};
  const auto latest = services.overviews.LatestMonthWithReports(fleet.ref, Month::Of(today));
  if (!latest.ok()) return latest.status();
  return Period{asked.kind, latest->value_or(Month::Of(today)).number};
}

void AddPeriodJson(Period period, Json& json) {
  const bool is_window = period.is_window();
  json["period"] = is_window ? Json() : Json(kLast30Days);
  json["month"] = is_window ? Json(period.last_month().ToString()) : Json();
  json["periods"] = is_window ? Json(period.months()) : Json();
  json["start"] = period.first_day().ToString();
  json["end"] = period.last_day().ToString();
}

}  // namespace rollcall::api
