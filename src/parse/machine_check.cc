#include "parse/machine_check.h"

#include "base/text.h"

namespace rollcall {
namespace {

constexpr std::string_view kStatus = "STATUS";
constexpr std::string_view kEnd = "MCGSTATUS";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr size_t kDigits = 8;
// Of what stands between the two words: a number, however it is written.
constexpr size_t kMostBytesBetween = 64;

// Returns the last `kDigits` of the last number in `text` that has as many.
std::string_view LastDigits(std::string_view text) {
  while (true) {
    const size_t last = text.find_last_of(kHexDigits);
    if (last == std::string_view::npos) return {};
    text = text.substr(0, last + 1);
    const size_t before = text.find_last_not_of(kHexDigits);
    const size_t first = before == std::string_view::npos ? 0 : before + 1;
    if (text.size() - first >= kDigits) return text.substr(text.size() - kDigits);
    text = text.substr(0, first);
  }
}

}  // namespace

std::optional<std::string> MachineCheckStatus(std::string_view payload) {
  for (size_t end = payload.find(kEnd); end != std::string_view::npos;
       end = payload.find(kEnd, end + kEnd.size())) {
    const size_t from = end > kMostBytesBetween ? end - kMostBytesBetween : 0;
    std::string_view before = payload.substr(from, end - from);
    const size_t word = before.rfind(kStatus);
    if (word == std::string_view::npos) continue;
    const std::string_view digits = LastDigits(before.substr(word + kStatus.size()));
    if (!digits.empty()) return AsciiLower(digits);
  }
  return std::nullopt;
}

}  // namespace rollcall
