#include "records/record_stack.h"

#include "parse/crash_report.h"
#include "parse/machine_check.h"
#include "records/machine_checks.h"

namespace rollcall::records {

std::string StackOf(const Record& record) {
  if (IsCrashClass(record.classification)) return PackCrashStack(ReadCrashReport(record.payload));
  if (IsMachineCheckClass(record.classification)) {
    return MachineCheckStatus(record.payload).value_or("");
  }
  return {};
}

}  // namespace rollcall::records
