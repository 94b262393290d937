#include "api/image_figures.h"

namespace rollcall::api {
namespace {

constexpr std::string_view kSuffix = ".svg";

}  // namespace

std::vector<ImageFigure> ImageFiguresOf(const Fleet& fleet) {
  std::vector<ImageFigure> figures{{"sources", fleet.counted_unit, nullptr, false},
                                   {fleet.counted_name, fleet.counted_unit, nullptr, false}};
  for (const Figure& figure : fleet.figures) {
    // One name, one number: the honest one where there is one, and the other under its own name.
    const bool has_peak = !figure.peak_name.empty();
    figures.push_back({figure.name, figure.unit, &figure, has_peak});
    if (!has_peak) continue;
    figures.push_back({figure.peak_name, figure.unit, &figure, true});
    figures.push_back({figure.total_name, figure.unit, &figure, false});
  }
  return figures;
}

std::optional<ImageFigure> FindImageFigure(const Fleet& fleet, std::string_view path) {
  const std::string_view file = path.substr(path.rfind('/') + 1);
  if (!file.ends_with(kSuffix)) return std::nullopt;
  const std::string_view name = file.substr(0, file.size() - kSuffix.size());
  for (ImageFigure& figure : ImageFiguresOf(fleet)) {
    if (figure.name == name) return std::move(figure);
  }
  return std::nullopt;
}

std::vector<std::string> ImageNames(const Fleet& fleet) {
  std::vector<std::string> names;
  for (const ImageFigure& figure : ImageFiguresOf(fleet)) {
    names.push_back(figure.name + std::string(kSuffix));
  }
  return names;
}

}  // namespace rollcall::api
