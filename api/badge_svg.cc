#include "api/badge_svg.h"

#include <cmath>

namespace rollcall::api {
namespace {

constexpr double kBadgeFontPixels = 11;
constexpr double kMargin = 6;  // on either side of each text

std::string Text(std::string_view text, double left, double width) {
  return "<text x=\"" + Pixels(left) + "\" y=\"14\" textLength=\"" + Pixels(width) + "\">" +
         EscapeXml(text) + "</text>";
}

}  // namespace

std::string BadgeSvg(std::string_view label, std::string_view message, Theme theme) {
  // The usual colours stand out from light and from dark pages; those for dark ones are calmer.
  const bool is_dark = theme == Theme::kDark;
  const double label_width = TextWidth(label, kBadgeFontPixels);
  const double message_width = TextWidth(message, kBadgeFontPixels);
  const double split = std::ceil(label_width + 2 * kMargin);
  const double width = split + std::ceil(message_width + 2 * kMargin);
  const std::string name = EscapeXml(std::string(label) + ": " + std::string(message));
  const std::string full = Pixels(width);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + full +
         "\" height=\"20\" viewBox=\"0 0 " + full + " 20\" role=\"img\" aria-label=\"" + name +
         "\"><title>" + name + "</title><clipPath id=\"c\"><rect width=\"" + full +
         "\" height=\"20\" rx=\"3\"/></clipPath><g clip-path=\"url(#c)\"><rect width=\"" +
         Pixels(split) + "\" height=\"20\" fill=\"" + (is_dark ? "#30363d" : "#484f58") +
         "\"/><rect x=\"" + Pixels(split) + "\" width=\"" + Pixels(width - split) +
         "\" height=\"20\" fill=\"" + (is_dark ? "#1a5fb4" : "#0b6bcb") + "\"/></g><g fill=\"" +
         (is_dark ? "#e6edf3" : "#fff") +
         "\" "
         "font-family=\"Verdana,DejaVu Sans,Geneva,sans-serif\" font-size=\"11\" "
         "aria-hidden=\"true\">" +
         Text(label, kMargin, label_width) + Text(message, split + kMargin, message_width) +
         "</g></svg>\n";
}

}  // namespace rollcall::api
