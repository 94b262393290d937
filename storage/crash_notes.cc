#include "storage/crash_notes.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "storage/transaction.h"

namespace rollcall::storage {
namespace {

// The first byte of a key.
constexpr char kFiltered = 1;
constexpr char kNote = 2;
constexpr char kShown = 0;
constexpr char kHidden = 1;
constexpr char kEndOfFunction = '\n';

std::string KeyOf(char kind, const CrashFrameName& frame) {
  return std::string(1, kind) + frame.function + kEndOfFunction + frame.module;
}

std::optional<CrashFrameName> FrameOf(std::string_view key) {
  const size_t end = key.find(kEndOfFunction);
  if (end == std::string_view::npos || end < 2) return std::nullopt;
  return CrashFrameName{std::string(key.substr(1, end - 1)), std::string(key.substr(end + 1))};
}

Status CheckName(const CrashFrameName& frame) {
  if (frame.function.empty()) return Status::InvalidArgument("a frame has no function");
  for (const std::string* const text : {&frame.function, &frame.module}) {
    if (text->size() > kMostFrameNameBytes) {
      return Status::InvalidArgument("a frame's name has " + std::to_string(text->size()) +
                                     " bytes, at most " + std::to_string(kMostFrameNameBytes));
    }
    if (text->find_first_of("\r\n") != std::string::npos) {
      return Status::InvalidArgument("a frame's name has a line break");
    }
  }
  return Status::Ok();
}

}  // namespace

Result<std::unique_ptr<CrashNotes>> CrashNotes::Open(Store& store) {
  std::unique_ptr<CrashNotes> notes(new CrashNotes(store));
  ROLLCALL_RETURN_IF_ERROR(notes->Load());
  return notes;
}

Status CrashNotes::Load() {
  const MutexLock lock(mutex_);
  uint64_t damaged = 0;
  Scan scan = store_.NewScan(Table::kCrashNotes, "", "");
  for (; scan.Valid(); scan.Next()) {
    const std::string_view value = scan.value();
    if (!IsCrashNote(scan.key(), value)) {
      ++damaged;
    } else if (scan.key().front() == kFiltered) {
      filter_.push_back(*FrameOf(scan.key()));
    } else {
      notes_[*FrameOf(scan.key())] = {std::string(value.substr(1)), value.front() == kHidden};
    }
  }
  std::sort(filter_.begin(), filter_.end());
  if (damaged > 0) log::Warn("notes of crashes: {} damaged rows are left out", damaged);
  // What cannot be read is told by `verify`; it is no reason not to start.
  return scan.status().code() == Code::kDataLoss ? Status::Ok() : scan.status();
}

Status CrashNotes::Check(const std::vector<CrashFrameName>& frames) {
  if (frames.size() > kMostFilteredFrames) {
    return Status::InvalidArgument("a list of " + std::to_string(frames.size()) +
                                   " frames, at most " + std::to_string(kMostFilteredFrames));
  }
  for (const CrashFrameName& frame : frames) ROLLCALL_RETURN_IF_ERROR(CheckName(frame));
  std::vector<CrashFrameName> sorted = frames;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice == sorted.end()) return Status::Ok();
  return Status::InvalidArgument("the frame " + twice->function + " [" + twice->module +
                                 "] is there twice");
}

std::vector<CrashFrameName> CrashNotes::filter() const {
  const MutexLock lock(mutex_);
  return filter_;
}

std::map<CrashFrameName, GuiltyNote> CrashNotes::notes() const {
  const MutexLock lock(mutex_);
  return notes_;
}

uint64_t CrashNotes::version() const {
  const MutexLock lock(mutex_);
  return version_;
}

Status CrashNotes::SetFilter(const std::vector<CrashFrameName>& frames) {
  ROLLCALL_RETURN_IF_ERROR(Check(frames));
  std::vector<CrashFrameName> sorted = frames;
  std::sort(sorted.begin(), sorted.end());
  Transaction transaction(store_);  // one at a time, so nobody else changes the list meanwhile
  transaction.DeleteRange(Table::kCrashNotes, std::string(1, kFiltered), std::string(1, kNote));
  for (const CrashFrameName& frame : sorted) {
    transaction.Put(Table::kCrashNotes, KeyOf(kFiltered, frame), "");
  }
  ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  const MutexLock lock(mutex_);
  filter_ = std::move(sorted);
  ++version_;
  return Status::Ok();
}

Status CrashNotes::SetNote(const CrashFrameName& frame, const GuiltyNote& note) {
  ROLLCALL_RETURN_IF_ERROR(CheckName(frame));
  if (note.comment.size() > kMostCommentBytes) {
    return Status::InvalidArgument("a comment of " + std::to_string(note.comment.size()) +
                                   " bytes, at most " + std::to_string(kMostCommentBytes));
  }
  Transaction transaction(store_);
  const std::map<CrashFrameName, GuiltyNote> known = notes();
  if (!known.contains(frame) && known.size() >= kMostGuiltyNotes) {
    return Status::InvalidArgument("there are " + std::to_string(known.size()) +
                                   " notes already, at most " + std::to_string(kMostGuiltyNotes));
  }
  const bool is_empty = note == GuiltyNote();
  const std::string key = KeyOf(kNote, frame);
  if (is_empty) {
    transaction.Delete(Table::kCrashNotes, key);
  } else {
    transaction.Put(Table::kCrashNotes, key, (note.hidden ? kHidden : kShown) + note.comment);
  }
  ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  const MutexLock lock(mutex_);
  if (is_empty) {
    notes_.erase(frame);
  } else {
    notes_[frame] = note;
  }
  ++version_;
  return Status::Ok();
}

bool IsCrashNote(std::string_view key, std::string_view value) {
  if (!FrameOf(key)) return false;
  if (key.front() == kFiltered) return value.empty();
  return key.front() == kNote && !value.empty() && value.front() >= kShown &&
         value.front() <= kHidden;
}

}  // namespace rollcall::storage
