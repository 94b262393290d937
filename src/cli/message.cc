#include "cli/message.h"

#include <unistd.h>

#include <cerrno>

#include "cli/options.h"

namespace rollcall::cli {

void Say(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(STDERR_FILENO, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // nobody reads it
    text.remove_prefix(static_cast<size_t>(n));
  }
}

std::string Count(uint64_t n, std::string_view noun) {
  return std::to_string(n).append(" ").append(noun).append(n == 1 ? "" : "s");
}

std::string RefusalOf(std::string_view server, int status, std::string_view body) {
  constexpr size_t kShownBytes = 200;
  std::string text = std::string(server) + " answered " + std::to_string(status);
  if (status == 404 || status == 405) {
    return text + ": this is not the private listener of a rollcall; --server wants that one (" +
           MoveOptions().server + " where --private-listen-addr says nothing else)";
  }
  const std::string_view line = body.substr(0, body.find('\n'));
  return text.append(": ").append(line.substr(0, kShownBytes));
}

}  // namespace rollcall::cli
