#include "base/log_stderr.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string_view>

namespace rollcall::log {
namespace {

constexpr std::string_view kCut = "...";

void WriteLine(std::string_view line) {
  while (write(STDERR_FILENO, line.data(), line.size()) < 0 && errno == EINTR) {
  }
}

class TextSink final : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (line.size() > kMaxLineBytes) {
      line.resize(kMaxLineBytes - kCut.size() - 1);
      line.append(kCut.data(), kCut.data() + kCut.size());
      line.push_back('\n');
    }
    for (size_t i = 0; i + 1 < line.size(); ++i) {
      if (line[i] == '\n' || line[i] == '\r') line[i] = ' ';
    }
    WriteLine({line.data(), line.size()});
  }
  void flush_() override {}
};

bool IsBetween(std::string_view text, size_t at, unsigned least, unsigned most) {
  return at < text.size() && static_cast<uint8_t>(text[at]) >= least &&
         static_cast<uint8_t>(text[at]) <= most;
}

// Returns the bytes of the UTF-8 character that the text begins with; 0: it begins with none.
size_t CharacterAt(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return IsBetween(text, 1, 0x80, 0xBF) ? 2 : 0;
  const unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  const size_t bytes = lead >= 0xE0 && lead <= 0xEF ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
  if (bytes == 0 || !IsBetween(text, 1, least, most)) return 0;
  for (size_t i = 2; i < bytes; ++i) {
    if (!IsBetween(text, i, 0x80, 0xBF)) return 0;
  }
  return bytes;
}

// Appends a text as it stands within the quotes of JSON, cut where the line would become too long.
void AppendJson(std::string_view text, std::string& line) {
  constexpr size_t kMostOfOne = 6;  // \u001f
  constexpr size_t kEnd = 3;        // "}, and the line break
  while (!text.empty()) {
    if (line.size() + kMostOfOne + kCut.size() + kEnd > kMaxLineBytes) {
      line += kCut;
      return;
    }
    const size_t bytes = CharacterAt(text);
    const char c = text[0];
    if (bytes == 0) {
      line += '?';
    } else if (c == '"' || c == '\\') {
      line.append(1, '\\').append(1, c);
    } else if (static_cast<uint8_t>(c) < ' ') {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
      line += code;
    } else {
      line += text.substr(0, bytes);
    }
    text.remove_prefix(std::max<size_t>(bytes, 1));
  }
}

class JsonSink final : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    // All but the message, which the pattern leaves out.
    spdlog::memory_buf_t head;
    formatter_->format(message, head);
    std::string line(head.data(), head.size());
    AppendJson({message.payload.data(), message.payload.size()}, line);
    WriteLine(line + "\"}\n");
  }
  void flush_() override {}
};

}  // namespace

void WriteToStderr(const std::string& level, Format format) {
  constexpr auto kUtc = spdlog::pattern_time_type::utc;
  if (format == Format::kText) {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("rollcall", std::make_shared<TextSink>()));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", kUtc);
  } else {
    auto sink = std::make_shared<JsonSink>();
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("rollcall", sink));
    spdlog::default_logger()->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":")", kUtc, ""));
  }
  SetLevel(level);
}

void SetLevel(const std::string& level) { spdlog::set_level(spdlog::level::from_str(level)); }

}  // namespace rollcall::log
