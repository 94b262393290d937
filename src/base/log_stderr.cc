#include "base/log_stderr.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <mutex>
#include <string_view>

namespace rollcall::log {
namespace {

class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (line.size() > kMaxLineBytes) {
      constexpr std::string_view kCut = "...\n";
      line.resize(kMaxLineBytes - kCut.size());
      line.append(kCut.data(), kCut.data() + kCut.size());
    }
    for (size_t i = 0; i + 1 < line.size(); ++i) {
      if (line[i] == '\n' || line[i] == '\r') line[i] = ' ';
    }
    while (write(STDERR_FILENO, line.data(), line.size()) < 0 && errno == EINTR) {
    }
  }
  void flush_() override {}
};

}  // namespace

void WriteToStderr(const std::string& level) {
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("rollcall", std::make_shared<StderrSink>()));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  SetLevel(level);
}

void SetLevel(const std::string& level) { spdlog::set_level(spdlog::level::from_str(level)); }

}  // namespace rollcall::log
