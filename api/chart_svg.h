// The trend of a figure as a bar chart, for pages without script. Pure function.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/svg_text.h"

namespace rollcall::api {

struct ChartBar {
  std::string label;             // under the bar: "Mar 2026"
  std::optional<int64_t> value;  // nullopt: nothing is known
  bool final = true;             // else drawn lighter
};

// Texts are escaped here. Title and description say what is drawn. Negative values are drawn as 0.
std::string ChartSvg(const std::string& title, const std::vector<ChartBar>& bars,
                     Theme theme = Theme::kOfReader);

}  // namespace rollcall::api
