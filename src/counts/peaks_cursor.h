// A cursor over the peaks rows of some consecutive months: one source after another, and all rows
// of each. It must not outlive the store. One thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/keys.h"
#include "storage/store.h"

namespace rollcall::counts {

// Both inclusive.
struct SourceRange {
  SourceRef first{0};
  SourceRef last{UINT32_MAX};
};

class PeaksCursor {
 public:
  struct Row {
    int back = 0;  // how many months before the last one; 0 for that itself
    std::string_view bytes;
  };

  // Returns a cursor at the first source of the fleet that has a row in `last.last` or one of the
  // `months` - 1 months before it. DataLoss, Unavailable: the store cannot be read.
  static Result<PeaksCursor> Open(const storage::Store& store, const storage::WindowKey& last,
                                  int months, const SourceRange& sources,
                                  const storage::Snapshot& snapshot);

  bool Valid() const { return source_.value != kNone; }
  SourceRef source() const { return source_; }
  // The current source's rows, the newest first. Valid until Next.
  const std::vector<Row>& rows() const { return rows_; }
  // Goes to the next source. Fails as Open does.
  Status Next();

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct MonthRows {
    storage::Scan scan;
    int back = 0;
    uint32_t source = kNone;  // of the current row; kNone at the end

    Status Read();
  };

  PeaksCursor() = default;
  void Gather();

  std::vector<MonthRows> months_;
  SourceRef source_{kNone};
  std::vector<Row> rows_;
};

}  // namespace rollcall::counts
