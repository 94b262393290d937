// The numbers of a closed month as a file `YYYY-MM.json` holds them, in the fields that
// api/README.md, "Contract", lists; their names come from the fleet. Pure functions.
//
//   {"month","collected_at","clusters","total_nodes","total_tenants","apps"}
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/month_snapshot.h"

namespace rollcall {

// Bounds on a file, both inclusive.
inline constexpr size_t kMaxMonthSnapshotJsonBytes = 1024 * 1024;
inline constexpr int kMaxMonthSnapshotJsonDepth = 4;

std::string MonthSnapshotJson(const Fleet& fleet, const MonthSnapshot& snapshot);

// Reads what MonthSnapshotJson writes, and ignores other fields. InvalidArgument: the message names
// the field that is missing or not what it should be. Pure; accepts any bytes.
Result<MonthSnapshot> ParseMonthSnapshotJson(const Fleet& fleet, std::string_view json);

}  // namespace rollcall
