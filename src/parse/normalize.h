// From labels as they were sent to labels that a canonical label set may hold. Pure function.
#pragma once

#include <vector>

#include "model/label_set.h"

namespace rollcall {

// Sorts the labels by name. Of several with one name the last counts; then those with an empty
// value go, an empty value being no label.
void NormalizeLabels(std::vector<Label>& labels);

}  // namespace rollcall
