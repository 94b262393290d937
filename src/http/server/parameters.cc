#include "http/server/parameters.h"

#include <algorithm>

#include "base/hex.h"
#include "base/text.h"

namespace rollcall::http {
namespace {

std::string FormDecode(std::string_view text) {
  std::string blanks(text);
  std::replace(blanks.begin(), blanks.end(), '+', ' ');
  return PercentDecode(blanks);
}

}  // namespace

std::string PercentDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && text.size() - i > 2) {
      const int high = HexDigit(AsciiLower(text[i + 1]));
      const int low = HexDigit(AsciiLower(text[i + 2]));
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
    }
    out.push_back(text[i]);
  }
  return out;
}

void Parameters::Add(std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.empty()) continue;
    const size_t equals = std::min(item.find('='), item.size());
    items_.emplace_back(FormDecode(item.substr(0, equals)),
                        FormDecode(item.substr(std::min(equals + 1, item.size()))));
  }
}

std::optional<std::string> Parameters::First(std::string_view name) const {
  const auto found = std::find_if(items_.begin(), items_.end(),
                                  [&](const auto& item) { return item.first == name; });
  return found == items_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> Parameters::AllOf(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : items_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

}  // namespace rollcall::http
