// The labels of a series or of an element of a result. A plain value.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::promql {

// The label that holds a metric's name.
inline constexpr std::string_view kMetricName = "__name__";

// Sorted by name, each name once. A label with an empty value is as good as a missing one and never
// stands here.
class Labels {
 public:
  using Label = std::pair<std::string, std::string>;

  Labels() = default;
  // In any order; of a name that stands more than once, the last value counts.
  explicit Labels(std::vector<Label> labels);

  // Returns "" where the label is missing. Valid as long as the labels are not changed.
  std::string_view Get(std::string_view name) const;
  // An empty value removes the label.
  void Set(std::string_view name, std::string_view value);
  void Remove(std::string_view name) { Set(name, {}); }

  // In the order of their names.
  const std::vector<Label>& all() const { return labels_; }
  bool empty() const { return labels_.empty(); }

  // As PromQL writes them: `name{a="b"}`, `{a="b"}`, `{}`.
  std::string ToString() const;

  friend auto operator<=>(const Labels&, const Labels&) = default;

 private:
  std::vector<Label> labels_;
};

}  // namespace rollcall::promql
