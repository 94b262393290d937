// The figures that badges and charts show, by the names in their paths. Plain values and pure
// functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/fleet.h"

namespace rollcall::api {

struct ImageFigure {
  std::string name;
  std::string unit;                // in words
  const Figure* figure = nullptr;  // null: the number of sources
  bool is_peak = false;            // show the peak within one report (FigureCount::report_total)
};

// Returns the fleet's figures; "sources" and the fleet's own name for them come first.
std::vector<ImageFigure> ImageFiguresOf(const Fleet& fleet);

// Returns the figure that a path such as /badge/users.svg names; nullopt where there is none.
std::optional<ImageFigure> FindImageFigure(const Fleet& fleet, std::string_view path);

// Returns the names with ".svg", for the answer to a request for an unknown one.
std::vector<std::string> ImageNames(const Fleet& fleet);

}  // namespace rollcall::api
