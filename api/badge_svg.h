// A badge for a README: a label on the left, a message on the right. Pure function.
#pragma once

#include <string>
#include <string_view>

#include "api/svg_text.h"

namespace rollcall::api {

// Both are escaped here. Accessible by its title; readable on light and dark pages.
std::string BadgeSvg(std::string_view label, std::string_view message,
                     Theme theme = Theme::kOfReader);

}  // namespace rollcall::api
