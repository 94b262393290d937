#include "api/svg_text.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "parse/utf8.h"

namespace rollcall::api {
namespace {

// Advance widths of Verdana, thousandths of the font size, from ' ' to '~'.
constexpr std::array<uint16_t, 95> kWidths = {
    352,  394, 459, 818, 636, 1076, 727, 269, 454, 454, 636, 818, 364, 454, 364, 454,  //  !"#…/
    636,  636, 636, 636, 636, 636,  636, 636, 636, 636, 454, 454, 818, 818, 818, 545,  // 0…9:;<=>?
    1000, 684, 686, 698, 771, 632,  575, 775, 751, 421, 455, 693, 557, 843, 748, 787,  // @A…O
    603,  787, 695, 684, 616, 732,  684, 989, 685, 615, 685, 454, 454, 454, 818, 636,  // P…Z[\]^_
    636,  601, 623, 521, 623, 596,  352, 623, 633, 274, 344, 592, 274, 973, 633, 607,  // `a…o
    623,  623, 427, 521, 394, 633,  592, 818, 592, 592, 525, 635, 454, 635, 818};      // p…z{|}~

constexpr unsigned kNarrow = 650;  // other alphabets
constexpr unsigned kWide = 1000;   // ideographs, symbols, emoji: from the third block of UTF-8
constexpr unsigned char kThreeBytes = 0xE0;

}  // namespace

std::string EscapeXml(std::string_view text) {
  std::string out;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    const auto byte = static_cast<unsigned char>(*at);
    if (byte >= 0x80) {
      const char* const next = SkipUtf8Sequence(at, end);
      if (next == nullptr) {
        ++at;
        continue;
      }
      const std::string_view sequence(at, static_cast<size_t>(next - at));
      // U+FFFE and U+FFFF are no characters of XML.
      if (sequence != "\xEF\xBF\xBE" && sequence != "\xEF\xBF\xBF") out += sequence;
      at = next;
      continue;
    }
    ++at;
    switch (byte) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (byte >= 0x20 && byte != 0x7f) out += static_cast<char>(byte);
    }
  }
  return out;
}

double TextWidth(std::string_view text, double font_pixels) {
  unsigned thousandths = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= ' ' && byte <= '~') {
      thousandths += kWidths[byte - ' '];
    } else if (byte >= kThreeBytes) {
      thousandths += kWide;
    } else if (byte >= 0xC0) {
      thousandths += kNarrow;
    }
  }
  return thousandths * font_pixels / 1000;
}

std::string GroupDigits(int64_t number) {
  const std::string digits = std::to_string(number);
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    const bool after_digit = i > 0 && digits[i - 1] != '-';
    if (after_digit && (digits.size() - i) % 3 == 0) out.push_back(',');
    out.push_back(digits[i]);
  }
  return out;
}

std::string ShortNumber(int64_t number) {
  constexpr double kTera = 1e12;
  constexpr double kPeta = 1e15;
  const auto value = static_cast<double>(number);
  const double size = std::abs(value);
  if (size < kTera) return GroupDigits(number);
  char text[32];
  if (size < kPeta) {
    std::snprintf(text, sizeof text, "%.4gT", value / kTera);
    return text;
  }
  std::snprintf(text, sizeof text, "%.1e", value);
  std::string out = text;
  out.erase(out.find('+'), 1);
  const size_t zero = out.find(".0e");
  if (zero != std::string::npos) out.erase(zero, 2);
  return out;
}

std::string Pixels(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  std::string out = text;
  out.resize(out.find_last_not_of('0') + 1);
  if (out.ends_with('.')) out.pop_back();
  return out;
}

}  // namespace rollcall::api
