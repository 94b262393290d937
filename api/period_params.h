// What the handlers of numbers of one period share: the parameters that name it, the month, or the
// 3 or 12 months that end with it, or the last 30 days, and its names in JSON. Any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>

#include "api/data_params.h"
#include "api/data_services.h"
#include "model/period.h"

namespace rollcall::api {

struct AskedPeriod {
  Period::Kind kind = Period::Kind::kMonth;  // or kQuarter, kYear, k30Days
  std::optional<Month> month;                // nullopt: the latest with reports; never of 30 days
};

// Reads `period`, `month` and `periods`. Refuses a month that has not begun.
AskedPeriod ReadPeriod(const Clock& clock, DataParams& params);
// Returns the period that is meant, of 30 days those that end today. Fails where the store cannot
// be read.
Result<Period> ResolvePeriod(const DataServices& services, const Fleet& fleet,
                             const AskedPeriod& asked);

// Adds "period", "month", "periods", "start" and "end".
void AddPeriodJson(Period period, nlohmann::ordered_json& json);

}  // namespace rollcall::api
