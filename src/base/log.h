// The log of this process: a line for each call; log_stderr.h says where it goes. Thread-safe;
// never fails. Formats are fmt's and checked when compiled. spdlog, whose templates take longer to
// compile than most files that have something to say, is included by log.cc and log_stderr.cc.
#pragma once

#include <fmt/core.h>

namespace rollcall::log {

enum class Level { kDebug, kInfo, kWarn, kError };

void Write(Level level, fmt::string_view format, fmt::format_args args);

template <typename... Args>
void At(Level level, fmt::format_string<Args...> format, Args&&... args) {
  Write(level, format, fmt::make_format_args(args...));
}
template <typename... Args>
void Debug(fmt::format_string<Args...> format, Args&&... args) {
  Write(Level::kDebug, format, fmt::make_format_args(args...));
}
template <typename... Args>
void Info(fmt::format_string<Args...> format, Args&&... args) {
  Write(Level::kInfo, format, fmt::make_format_args(args...));
}
template <typename... Args>
void Warn(fmt::format_string<Args...> format, Args&&... args) {
  Write(Level::kWarn, format, fmt::make_format_args(args...));
}
template <typename... Args>
void Error(fmt::format_string<Args...> format, Args&&... args) {
  Write(Level::kError, format, fmt::make_format_args(args...));
}

}  // namespace rollcall::log
