#include "query/promql/labels.h"

#include <algorithm>

#include "query/promql/text.h"

namespace rollcall::promql {
namespace {

bool NameIsLess(const Labels::Label& label, std::string_view name) { return label.first < name; }

}  // namespace

Labels::Labels(std::vector<Label> labels) : labels_(std::move(labels)) {
  std::stable_sort(labels_.begin(), labels_.end(),
                   [](const Label& a, const Label& b) { return a.first < b.first; });
  size_t kept = 0;
  for (size_t i = 0; i < labels_.size(); ++i) {
    const bool is_last = i + 1 == labels_.size() || labels_[i + 1].first != labels_[i].first;
    if (!is_last || labels_[i].second.empty()) continue;
    if (kept != i) labels_[kept] = std::move(labels_[i]);
    ++kept;
  }
  labels_.resize(kept);
}

std::string_view Labels::Get(std::string_view name) const {
  const auto at = std::lower_bound(labels_.begin(), labels_.end(), name, NameIsLess);
  if (at == labels_.end() || at->first != name) return {};
  return at->second;
}

void Labels::Set(std::string_view name, std::string_view value) {
  const auto at = std::lower_bound(labels_.begin(), labels_.end(), name, NameIsLess);
  const bool is_there = at != labels_.end() && at->first == name;
  if (value.empty()) {
    if (is_there) labels_.erase(at);
  } else if (is_there) {
    at->second = value;
  } else {
    labels_.emplace(at, name, value);
  }
}

std::string Labels::ToString() const {
  const std::string_view name = Get(kMetricName);
  const bool is_plain = IsPlainMetricName(name);
  std::string inside;
  if (!name.empty() && !is_plain) inside = Quote(name);
  for (const auto& [label, value] : labels_) {
    if (label == kMetricName) continue;
    if (!inside.empty()) inside += ", ";
    inside += WriteLabelName(label) + '=' + Quote(value);
  }
  std::string text(is_plain ? name : "");
  if (!inside.empty() || text.empty()) text += '{' + inside + '}';
  return text;
}

}  // namespace rollcall::promql
