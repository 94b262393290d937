// What is read from payloads of crashes and machine checks, on any bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "parse/crash_report.h"
#include "parse/function_name.h"
#include "parse/machine_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rollcall;
  const std::string_view payload(reinterpret_cast<const char*>(data), size);
  const CrashReport report = ReadCrashReport(payload);
  if (report.frames.size() > kMaxCrashFrames) std::abort();
  std::vector<FrameKind> kinds;
  for (const CrashFrame& frame : report.frames) {
    kinds.push_back(KindOf(frame.function));
    ReadableFunction(frame.function);
  }
  if (FindGuilty(kinds).has_value() == report.frames.empty()) std::abort();
  const std::string stack = PackCrashStack(report);
  if (PackCrashStack(UnpackCrashStack(stack)) != stack) std::abort();
  UnpackCrashStack(payload);
  ReadableFunction(payload);
  MachineCheckStatus(payload);
  return 0;
}
