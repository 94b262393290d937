// A crash report as the Clear Linux probes write it: what crashed, and the backtrace of the thread
// that crashed. Pure functions over any bytes; what they return views the payload.
//
//   Process: /usr/bin/app
//   PID: 812
//   Signal: 11
//
//   Backtrace (TID 812):
//   #0 memcpy() - [libc.so.6] - memmove.c:120
//   #1 ??? - [app]
//   #2 (no symbols)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

// What is kept of a report; all inclusive. A longer text is cut, and frames that are deeper down
// are left out: they are those of a recursion.
inline constexpr size_t kMaxCrashFrames = 256;
inline constexpr size_t kMaxCrashTextBytes = 1024;

struct CrashFrame {
  std::string_view function;  // as it stands there: "main()", "???", "? do_one", "(no symbols)"
  std::string_view module;    // empty where there are no symbols
  std::string_view source;    // "main.c:12"; empty where it is not known

  bool operator==(const CrashFrame&) const = default;
};

struct CrashReport {
  std::string_view process;
  std::string_view pid;
  std::string_view signal;
  // Of the first backtrace, which is that of the thread that crashed; it ends at the first line
  // that is no frame.
  std::vector<CrashFrame> frames;
};

// Returns whether records of that classification have such a payload.
bool IsCrashClass(std::string_view classification);

// Returns what stands in a payload; what is missing is empty.
CrashReport ReadCrashReport(std::string_view payload);

// Returns a report without its PID and its sources, as bytes: crashes with the same bytes are the
// same to every list of filtered frames. Empty where it has no frames.
std::string PackCrashStack(const CrashReport& report);
// Returns what PackCrashStack packed. Views `bytes`. Of other bytes: anything, within the bounds.
CrashReport UnpackCrashStack(std::string_view bytes);

// What a frame counts as in the search for the guilty one.
enum class FrameKind : uint8_t {
  kSymbol,    // its function is known
  kGuess,     // "? do_one": a guess of the kernel
  kNoSymbol,  // "???", "(no symbols)"
  kFiltered,  // on the operator's list of frames that are never guilty
};

// Returns the kind of a frame with that function that is not on the list.
FrameKind KindOf(std::string_view function);

// Returns the index of the guilty frame: the first with a symbol, where the first guess does not
// count as one; else the first without a symbol; else the last filtered one. nullopt where there
// are no frames.
std::optional<size_t> FindGuilty(std::span<const FrameKind> frames);

}  // namespace rollcall
