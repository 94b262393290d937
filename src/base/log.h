// The log of the process. Each call writes one line; log_stderr.h says where to. Thread-safe; never
// fails. Format strings are fmt's and checked at compile time. Only log.cc and log_stderr.cc
// include spdlog, whose templates take longer to compile than most files that log.
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
