#include "records/crash_rows.h"

#include <charconv>
#include <string_view>

#include "parse/crash_report.h"
#include "records/captured_blocks.h"
#include "records/word_counts.h"

namespace rollcall::records {

using storage::BlockBits;
using storage::ColumnView;
using storage::RecordColumn;

Status VisitCrashes(const storage::RecordScan& block, WordTest& crashes, UnixSeconds after,
                    UnixSeconds to, const std::function<Status(const CrashRow&)>& visit) {
  return VisitCaptured(block, crashes, after + std::chrono::seconds(1), to,
                       [&](const storage::RecordScan& scan, const BlockBits& slots,
                           const ColumnView& captures, const ColumnView&) -> Status {
                         ColumnView stacks;
                         ColumnView builds;
                         ColumnView machines;
                         ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kStack, stacks));
                         ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kBuild, builds));
                         ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kMachine, machines));
                         Status visited;
                         slots.ForEach([&](size_t slot) {
                           if (!visited.ok()) return;
                           visited = visit({scan.IdOf(slot), stacks[slot], builds[slot],
                                            machines[slot], CaptureAt(captures, slot)});
                         });
                         return visited;
                       });
}

Status ForEachCrash(const Source& source, UnixSeconds after, UnixSeconds to,
                    const std::function<Status(const CrashRow&)>& visit) {
  WordTest crashes(source, IsCrashClass);
  Status status;
  storage::RecordScan scan = source.Scan();
  while (NextBlock(source, scan, status)) {
    ROLLCALL_RETURN_IF_ERROR(VisitCrashes(scan, crashes, after, to, visit));
  }
  return status;
}

std::optional<uint32_t> BuildNumber(std::string_view build) {
  uint32_t number = 0;
  if (!IsWholeBuild(build)) return std::nullopt;
  const auto read = std::from_chars(build.data(), build.data() + build.size(), number);
  return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

Result<std::optional<uint32_t>> BuildNumbers::Of(uint64_t ref) {
  if (const auto* const recent = recent_.Find(ref)) return *recent;
  const auto known = numbers_.find(ref);
  if (known != numbers_.end()) {
    recent_.Keep(ref, known->second);
    return known->second;
  }
  const Result<std::string_view> text = texts_.Of(ref);
  if (!text.ok()) return text.status();
  std::optional<uint32_t>& number = numbers_[ref];
  number = BuildNumber(*text);
  if (number && (*number < least_ || *number > most_)) number.reset();
  recent_.Keep(ref, number);
  return number;
}

}  // namespace rollcall::records
