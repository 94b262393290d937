#include "records/crash_rows.h"

#include <charconv>
#include <string_view>

#include "parse/crash_report.h"
#include "records/word_counts.h"

namespace rollcall::records {

using storage::BlockBits;
using storage::ColumnView;
using storage::RecordColumn;

Status ForEachCrash(const Source& source, UnixSeconds after, UnixSeconds to,
                    const std::function<Status(const CrashRow&)>& visit) {
  WordTest crashes(source, IsCrashClass);
  Status status;
  storage::RecordScan scan = source.Scan();
  while (NextBlock(source, scan, status)) {
    if (scan.head().last_capture <= after || scan.head().first_capture > to) continue;
    BlockBits slots = scan.present();
    ColumnView classes;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kClassification, classes));
    ROLLCALL_RETURN_IF_ERROR(crashes.Keep(classes, slots));
    if (!slots.Any()) continue;
    ColumnView stacks;
    ColumnView builds;
    ColumnView machines;
    ColumnView captures;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kStack, stacks));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kBuild, builds));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kMachine, machines));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kCapture, captures));
    Status visited;
    slots.ForEach([&](size_t slot) {
      const UnixSeconds capture{std::chrono::seconds(captures[slot])};
      if (!visited.ok() || capture <= after || capture > to) return;
      visited = visit({scan.IdOf(slot), stacks[slot], builds[slot], machines[slot], capture});
    });
    ROLLCALL_RETURN_IF_ERROR(visited);
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
  const auto known = numbers_.find(ref);
  if (known != numbers_.end()) return known->second;
  const Result<std::string_view> text = texts_.Of(ref);
  if (!text.ok()) return text.status();
  std::optional<uint32_t>& number = numbers_[ref];
  number = BuildNumber(*text);
  if (number && (*number < least_ || *number > most_)) number.reset();
  return number;
}

}  // namespace rollcall::records
