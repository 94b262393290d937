// What of a record's payload is kept once for all records that have the same, so that views need no
// payload: of a crash its stack, of a machine check its status. Pure function; any thread.
#pragma once

#include <string>

#include "model/record.h"

namespace rollcall::records {

// Returns PackCrashStack of a crash, MachineCheckStatus of a machine check, and nothing for all
// other records and where the payload does not have it. For storage::Records::SetStackOf.
std::string StackOf(const Record& record);

}  // namespace rollcall::records
