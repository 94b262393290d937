// Text in SVG images: escaped, measured, numbers for people. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::api {

// The page an image is made for: the one that its reader's system is set to, or one that the
// address names.
enum class Theme { kOfReader, kLight, kDark };
// In that order, as the parameter `theme` has them.
inline constexpr std::string_view kThemes[] = {"auto", "light", "dark"};

// As content or in a quoted attribute. What XML cannot hold (controls, bytes that are no UTF-8) is
// left out.
std::string EscapeXml(std::string_view text);

// How wide a text is in Verdana, which DejaVu Sans was made to match, in pixels at a font size.
// Beyond ASCII an estimate.
double TextWidth(std::string_view text, double font_pixels);

// "1,295".
std::string GroupDigits(int64_t number);

// The same, and from a million millions on in short: "1.2T", "9.2e18".
std::string ShortNumber(int64_t number);

// At most two decimals: "12.5".
std::string Pixels(double value);

}  // namespace rollcall::api
