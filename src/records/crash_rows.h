// The crashes among the records of a moment, block by block, by columns alone. Used by the
// functions that make views of crashes; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/status.h"
#include "model/record.h"
#include "records/recent_refs.h"
#include "records/source.h"
#include "records/word_texts.h"

namespace rollcall::records {

struct CrashRow {
  RecordId id;
  uint64_t stack = 0;
  uint64_t build = 0;  // a WordRef
  uint64_t machine = 0;
  UnixSeconds capture{};
};

// Calls visit(row) for each crash of the scan's block that was captured up to `to`, inclusive, and
// after `after`. `crashes` is the test for IsCrashClass. DataLoss, Unavailable: as reads of the
// store, or what visit returns.
Status VisitCrashes(const storage::RecordScan& scan, WordTest& crashes, UnixSeconds after,
                    UnixSeconds to, const std::function<Status(const CrashRow&)>& visit);
// The same for all blocks.
Status ForEachCrash(const Source& source, UnixSeconds after, UnixSeconds to,
                    const std::function<Status(const CrashRow&)>& visit);

// Returns the number that a build is; nullopt where it is none, or larger than 32 bits.
std::optional<uint32_t> BuildNumber(std::string_view build);

// The builds of crashes: numbers from `least` to `most`, both inclusive, each text read once.
class BuildNumbers {
 public:
  BuildNumbers(const Source& source, uint32_t least, uint32_t most)
      : texts_(source), least_(least), most_(most) {}

  // Returns the number of a WordRef; nullopt where it is none, or out of the bounds.
  Result<std::optional<uint32_t>> Of(uint64_t ref);

 private:
  WordTexts texts_;
  const uint32_t least_;
  const uint32_t most_;
  std::unordered_map<uint64_t, std::optional<uint32_t>> numbers_;
  RecentRefs<std::optional<uint32_t>> recent_;
};

}  // namespace rollcall::records
