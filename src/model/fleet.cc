#include "model/fleet.h"

#include <algorithm>

#include "base/hash.h"

namespace rollcall {

uint64_t CountingRule(const Fleet& fleet) {
  std::string text = fleet.counted_metric;
  for (const Figure& figure : fleet.figures) {
    for (const std::string* const part : {&figure.metric, &figure.label, &figure.label_value}) {
      text += '\0' + *part;
    }
  }
  return std::max<uint64_t>(HashBytes(text, 0).low, 1);
}

const Figure* SizeFigure(const Fleet& fleet) {
  for (const Figure& figure : fleet.figures) {
    if (!figure.peak_name.empty()) return &figure;
  }
  return nullptr;
}

}  // namespace rollcall
