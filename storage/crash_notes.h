// What operators say of crashes: the list of frames that are never guilty, and notes of frames that
// are. All of it is in memory too. Owned by Stores; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "model/crash_frame.h"
#include "storage/store.h"

namespace rollcall::storage {

// All inclusive.
inline constexpr size_t kMostFilteredFrames = 10'000;
inline constexpr size_t kMostGuiltyNotes = 10'000;
inline constexpr size_t kMostFrameNameBytes = 4'096;  // of a function, and of a module
inline constexpr size_t kMostCommentBytes = 4'096;

class CrashNotes {
 public:
  // Leaves out rows that are damaged, and says so in the log. Unavailable: as reads of the store.
  static Result<std::unique_ptr<CrashNotes>> Open(Store& store);

  // Checks a list against the bounds and what can be stored: no frame without a function, none
  // twice and no line breaks. InvalidArgument.
  static Status Check(const std::vector<CrashFrameName>& frames);

  // Returns the frames that are never guilty, in order.
  std::vector<CrashFrameName> filter() const;
  std::map<CrashFrameName, GuiltyNote> notes() const;
  // Returns a number that grows with each change of either.
  uint64_t version() const;

  // Puts another list in the place of the one that is there, durably. InvalidArgument: as Check.
  // Unavailable: the store cannot be written; nothing has changed.
  Status SetFilter(const std::vector<CrashFrameName>& frames);
  // Sets the note of a frame, durably; an empty one goes. InvalidArgument: over a bound, or as
  // Check; Unavailable: as SetFilter.
  Status SetNote(const CrashFrameName& frame, const GuiltyNote& note);

 private:
  explicit CrashNotes(Store& store) : store_(store) {}
  Status Load();

  Store& store_;
  mutable Mutex mutex_;
  std::vector<CrashFrameName> filter_ GUARDED_BY(mutex_);  // sorted
  std::map<CrashFrameName, GuiltyNote> notes_ GUARDED_BY(mutex_);
  uint64_t version_ GUARDED_BY(mutex_) = 0;
};

// Returns whether a row of the table can be read.
bool IsCrashNote(std::string_view key, std::string_view value);

}  // namespace rollcall::storage
