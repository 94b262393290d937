// A badge for a README: an SVG image with a label on the left and a message on the right. Pure
// function; any thread.
#pragma once

#include <string>
#include <string_view>

#include "api/svg_text.h"

namespace rollcall::api {

// Returns the image. Escapes both texts. Its title makes it accessible to screen readers; its
// colors are readable on light and dark pages.
std::string BadgeSvg(std::string_view label, std::string_view message,
                     Theme theme = Theme::kOfReader);

}  // namespace rollcall::api
