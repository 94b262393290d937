// Text in SVG images: escaping, its width, and numbers as people read them. Pure functions;
// any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::api {

// The colors of an image: those of the theme that its reader's system is set to, or of a theme that
// the URL names.
enum class Theme { kOfReader, kLight, kDark };
// The values of the parameter `theme`, in the order of Theme.
inline constexpr std::string_view kThemes[] = {"auto", "light", "dark"};

// Returns `text` escaped for use as content or in a quoted attribute. Leaves out what XML cannot
// contain (control characters, invalid UTF-8).
std::string EscapeXml(std::string_view text);

// Returns the width of a text in pixels, set in Verdana or in DejaVu Sans, which has the same
// widths. An estimate where the text is not ASCII.
double TextWidth(std::string_view text, double font_pixels);

// Returns the number with grouped digits: "1,295".
std::string GroupDigits(int64_t number);

// The same below 10^12, and a short form from there on: "1.2T", "9.2e18".
std::string ShortNumber(int64_t number);

// Returns the value with at most two decimals: "12.5".
std::string Pixels(double value);

}  // namespace rollcall::api
