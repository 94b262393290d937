#include "parse/crash_report.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace rollcall {
namespace {

constexpr std::array<std::string_view, 4> kCrashClasses{
    "org.clearlinux/crash/clr", "org.clearlinux/kernel/bug", "org.clearlinux/kernel/stackoverflow",
    "org.clearlinux/kernel/warning"};
constexpr std::string_view kNoSymbols = "(no symbols)";
constexpr std::string_view kUnknown = "???";
constexpr std::string_view kGuess = "? ";
constexpr std::string_view kModuleBegins = " - [";
constexpr std::string_view kSourceBegins = " - ";

std::string_view Cut(std::string_view text) { return text.substr(0, kMaxCrashTextBytes); }

// Removes the first line, and returns it without its end.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool TakePrefix(std::string_view prefix, std::string_view& text) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<CrashFrame> ReadFrame(std::string_view line) {
  if (!TakePrefix("#", line)) return std::nullopt;
  const size_t digits =
      static_cast<size_t>(std::find_if_not(line.begin(), line.end(), IsAsciiDigit) - line.begin());
  line.remove_prefix(digits);
  if (digits == 0 || !TakePrefix(" ", line)) return std::nullopt;
  if (line == kNoSymbols) return CrashFrame{kNoSymbols, {}, {}};
  // A function may have anything in its name, a module has no bracket: the last one counts.
  const size_t closing = line.rfind(']');
  if (closing == std::string_view::npos) return std::nullopt;
  const size_t opening = line.substr(0, closing).rfind(kModuleBegins);
  if (opening == std::string_view::npos || opening == 0) return std::nullopt;
  CrashFrame frame;
  frame.function = Cut(line.substr(0, opening));
  std::string_view rest = line.substr(opening + kModuleBegins.size());
  const size_t module_end = rest.find(']');
  frame.module = Cut(rest.substr(0, module_end));
  rest.remove_prefix(module_end + 1);
  if (!TakePrefix(kSourceBegins, rest)) TakePrefix(" ", rest);
  frame.source = Cut(rest);
  return frame;
}

void ReadHeaderLine(std::string_view line, CrashReport& report) {
  if (TakePrefix("Process: ", line)) {
    report.process = Cut(line);
  } else if (TakePrefix("PID: ", line)) {
    report.pid = Cut(line);
  } else if (TakePrefix("Signal: ", line)) {
    report.signal = Cut(line);
  }
}

}  // namespace

bool IsCrashClass(std::string_view classification) {
  return std::find(kCrashClasses.begin(), kCrashClasses.end(), classification) !=
         kCrashClasses.end();
}

CrashReport ReadCrashReport(std::string_view payload) {
  CrashReport report;
  bool began = false;
  while (!payload.empty()) {
    const std::string_view line = TakeLine(payload);
    if (const std::optional<CrashFrame> frame = ReadFrame(line)) {
      began = true;
      if (report.frames.size() == kMaxCrashFrames) break;
      report.frames.push_back(*frame);
    } else if (began) {
      break;
    } else if (line.starts_with("Backtrace (TID ")) {
      began = true;
    } else {
      ReadHeaderLine(line, report);
    }
  }
  return report;
}

std::string PackCrashStack(const CrashReport& report) {
  std::string bytes;
  if (report.frames.empty()) return bytes;
  // No line of a payload has an end of a line in it.
  const auto put = [&](std::string_view text) {
    bytes += text;
    bytes += '\n';
  };
  put(report.process);
  put(report.signal);
  for (const CrashFrame& frame : report.frames) {
    put(frame.function);
    put(frame.module);
  }
  return bytes;
}

CrashReport UnpackCrashStack(std::string_view bytes) {
  const auto take = [&] {
    const size_t end = bytes.find('\n');
    const std::string_view text = Cut(bytes.substr(0, end));
    bytes = end == std::string_view::npos ? std::string_view() : bytes.substr(end + 1);
    return text;
  };
  CrashReport report;
  report.process = take();
  report.signal = take();
  while (!bytes.empty() && report.frames.size() < kMaxCrashFrames) {
    CrashFrame& frame = report.frames.emplace_back();
    frame.function = take();
    frame.module = take();
  }
  return report;
}

FrameKind KindOf(std::string_view function) {
  if (function == kUnknown || function == kNoSymbols) return FrameKind::kNoSymbol;
  return function.starts_with(kGuess) ? FrameKind::kGuess : FrameKind::kSymbol;
}

std::optional<size_t> FindGuilty(std::span<const FrameKind> frames) {
  std::optional<size_t> without_symbol;
  std::optional<size_t> filtered;
  bool guessed = false;
  for (size_t i = 0; i < frames.size(); ++i) {
    const FrameKind kind = frames[i];
    if (kind == FrameKind::kFiltered) {
      filtered = i;
      continue;
    }
    if (kind == FrameKind::kSymbol || (kind == FrameKind::kGuess && guessed)) return i;
    guessed = guessed || kind == FrameKind::kGuess;
    if (!without_symbol) without_symbol = i;
  }
  return without_symbol ? without_symbol : filtered;
}

}  // namespace rollcall
