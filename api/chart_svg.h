// A bar chart of a figure's trend, as an SVG image for pages without script. Pure function;
// any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/svg_text.h"

namespace rollcall::api {

struct ChartBar {
  std::string label;             // under the bar: "Mar 2026"
  std::optional<int64_t> value;  // nullopt: not known
  bool final = true;             // false: may still change, drawn lighter
};

// Returns the image. Escapes all texts. The image's title and description state what it shows.
// Draws negative values as 0.
std::string ChartSvg(const std::string& title, const std::vector<ChartBar>& bars,
                     Theme theme = Theme::kOfReader);

}  // namespace rollcall::api
