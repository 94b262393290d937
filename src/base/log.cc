#include "base/log.h"

#include <spdlog/spdlog.h>

namespace rollcall::log {
namespace {

// Makes spdlog's loggers before main, where there is one thread: whichever thread logs first would
// make them otherwise, in code that the thread sanitizer does not see.
[[maybe_unused]] const spdlog::logger* const kMadeBeforeMain = spdlog::default_logger_raw();

spdlog::level::level_enum Spdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      break;
  }
  return spdlog::level::err;
}

}  // namespace

void Write(Level level, fmt::string_view format, fmt::format_args args) {
  const spdlog::level::level_enum spdlog_level = Spdlog(level);
  if (!spdlog::should_log(spdlog_level)) return;
  spdlog::default_logger_raw()->log(spdlog_level, fmt::vformat(format, args));
}

}  // namespace rollcall::log
