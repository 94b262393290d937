// Which frame is guilty of each distinct stack, under one list of frames that are never guilty. A
// stack is read once. Another list is another table. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "model/crash_frame.h"
#include "parse/crash_report.h"
#include "records/source.h"

namespace rollcall::records {

// The frames that are never guilty: an operator's list. Immutable; any thread.
class FrameFilter {
 public:
  FrameFilter() = default;
  explicit FrameFilter(const std::vector<CrashFrameName>& frames);

  // Returns whether the frame is on the list, under its name as it was sent or as people read it.
  bool Has(const CrashFrame& frame) const;

 private:
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> functions_;  // by module
};

// Returns what each frame counts as under a list.
std::vector<FrameKind> KindsOf(const CrashReport& report, const FrameFilter& filter);

class GuiltyTable {
 public:
  // A guilty frame's number in this table. 0: none, as of a crash without a backtrace.
  using Guilty = uint32_t;
  // The most frames that are told apart; stacks of further ones are those of kOtherFrames.
  static constexpr size_t kMostGuilties = 10'000;
  static const CrashFrameName kOtherFrames;

  explicit GuiltyTable(FrameFilter filter) : filter_(std::move(filter)) {}

  // Returns the guilty frame of a StackRef. DataLoss, Unavailable: as reads of the store.
  Result<Guilty> Of(const Source& source, uint64_t stack);
  // Returns the name of a guilty frame; valid as long as the table.
  const CrashFrameName& NameOf(Guilty guilty) const;
  const FrameFilter& filter() const { return filter_; }

 private:
  static constexpr Guilty kNotRead = UINT32_MAX;

  Guilty Intern(CrashFrameName name) REQUIRES(mutex_);

  const FrameFilter filter_;
  mutable Mutex mutex_;
  std::vector<Guilty> guilty_ GUARDED_BY(mutex_);  // by stack
  std::map<CrashFrameName, Guilty> numbers_ GUARDED_BY(mutex_) = {{CrashFrameName{}, 0}};
  std::vector<const CrashFrameName*> names_ GUARDED_BY(mutex_) = {&numbers_.begin()->first};
};

// Returns the frame that is guilty of a stack, by its readable name; "", "" where it has no frames.
CrashFrameName GuiltyOf(const CrashReport& stack, const FrameFilter& filter);

}  // namespace rollcall::records
