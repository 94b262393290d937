// The step from labels as sent to labels that a canonical label set may hold. Pure function.
#pragma once

#include <vector>

#include "model/label_set.h"

namespace rollcall {

// Sorts the labels by name. If several have the same name, keeps the last; then drops those with an
// empty value, since an empty value means no label.
void NormalizeLabels(std::vector<Label>& labels);

}  // namespace rollcall
