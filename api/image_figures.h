// The figures that images show, by the names in their paths. Pure functions.
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
  const Figure* figure = nullptr;  // null: the sources that are counted
  bool is_peak = false;            // the honest figure
};

// "sources" and the fleet's own name for it first.
std::vector<ImageFigure> ImageFiguresOf(const Fleet& fleet);

// The figure that a path such as /badge/clusters.svg names; nullopt: there is none.
std::optional<ImageFigure> FindImageFigure(const Fleet& fleet, std::string_view path);

// The names with ".svg", for those who asked for another.
std::vector<std::string> ImageNames(const Fleet& fleet);

}  // namespace rollcall::api
