#include "cli/server_url.h"

namespace rollcall::cli {
namespace {

void AppendEncoded(std::string_view text, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) < 4;
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

}  // namespace

std::string RequestUrl(std::string_view base, std::string_view path,
                       const UrlParameters& parameters) {
  while (base.ends_with('/')) base.remove_suffix(1);
  std::string url(base);
  url += path;
  char sign = '?';
  for (const auto& [name, value] : parameters) {
    url += std::exchange(sign, '&');
    AppendEncoded(name, url);
    url += '=';
    AppendEncoded(value, url);
  }
  return url;
}

}  // namespace rollcall::cli
