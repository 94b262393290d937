// The numbers of a closed month as they are kept in a file `YYYY-MM.json`, in the fields that
// api/README.md, "Contract", gives; their names come from the fleet:
//
//   {"month","collected_at","clusters","total_nodes","total_tenants","apps"}
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/month_snapshot.h"

namespace rollcall {

// Bounds of a file, inclusive.
inline constexpr size_t kMaxMonthSnapshotJsonBytes = 1024 * 1024;
inline constexpr int kMaxMonthSnapshotJsonDepth = 4;

std::string MonthSnapshotJson(const Fleet& fleet, const MonthSnapshot& snapshot);

// InvalidArgument names the field that is not there or not what it should be. Further fields are
// passed over. Pure; any bytes may come.
Result<MonthSnapshot> ParseMonthSnapshotJson(const Fleet& fleet, std::string_view json);

}  // namespace rollcall
