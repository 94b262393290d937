#include "base/log.h"

#include <spdlog/spdlog.h>

namespace rollcall::log {
namespace {

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
