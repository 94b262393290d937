// The trend of a figure as a bar chart, for pages without script. Pure function.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::api {

struct ChartBar {
  std::string label;             // under the bar: "Mar 2026"
  std::optional<int64_t> value;  // nullopt: nothing is known
  bool final = true;             // else drawn lighter
};

// Texts are escaped here. Light or dark as the reader's system is; title and description say what
// is drawn. Negative values are drawn as 0.
std::string ChartSvg(const std::string& title, const std::vector<ChartBar>& bars);

}  // namespace rollcall::api
