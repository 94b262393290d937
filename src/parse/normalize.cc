#include "parse/normalize.h"

#include <algorithm>

namespace rollcall {
namespace {

// Up to here a sort in place beats one that needs a buffer.
constexpr size_t kFewLabels = 16;

bool ByName(const Label& a, const Label& b) { return a.name < b.name; }

// Both sorts are stable, so that the last one sent stays last among its equals.
void SortByName(std::vector<Label>& labels) {
  if (labels.size() > kFewLabels) {
    std::stable_sort(labels.begin(), labels.end(), ByName);
    return;
  }
  for (size_t i = 1; i < labels.size(); ++i) {
    const Label label = labels[i];
    size_t to = i;
    for (; to > 0 && ByName(label, labels[to - 1]); --to) labels[to] = labels[to - 1];
    labels[to] = label;
  }
}

}  // namespace

void NormalizeLabels(std::vector<Label>& labels) {
  SortByName(labels);
  size_t kept = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    const bool repeated = i + 1 < labels.size() && labels[i + 1].name == labels[i].name;
    if (repeated || labels[i].value.empty()) continue;
    labels[kept++] = labels[i];
  }
  labels.resize(kept);
}

}  // namespace rollcall
