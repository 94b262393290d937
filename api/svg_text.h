// Text in SVG images: escaped, measured, numbers for people. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::api {

// As content or in a quoted attribute. What XML cannot hold (controls, bytes that are no UTF-8) is
// left out.
std::string EscapeXml(std::string_view text);

// How wide a text is in Verdana, which DejaVu Sans was made to match, in pixels at a font size.
// Beyond ASCII an estimate.
double TextWidth(std::string_view text, double font_pixels);

// "1,295".
std::string GroupDigits(int64_t number);

// At most two decimals: "12.5".
std::string Pixels(double value);

}  // namespace rollcall::api
