#include "model/fleet.h"

namespace rollcall {

const Figure* SizeFigure(const Fleet& fleet) {
  for (const Figure& figure : fleet.figures) {
    if (!figure.peak_name.empty()) return &figure;
  }
  return nullptr;
}

}  // namespace rollcall
