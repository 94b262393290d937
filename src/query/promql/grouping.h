// The groups of an aggregation: which element belongs to which, and what labels a group has. Owned
// by one aggregation's consumer; one thread.
#pragma once

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "query/promql/ast.h"
#include "query/promql/labels.h"
#include "query/promql/vectors.h"

namespace rollcall::promql {

class Grouping {
 public:
  // `keeps_name`: whether elements have their metric's name, so that `by (__name__)` sees it.
  // `aggregation` must outlive the grouping.
  Grouping(const Aggregation& aggregation, bool keeps_name)
      : aggregation_(aggregation), keeps_name_(keeps_name) {}

  // Returns the number of the element's group; numbers count from 0 as groups come.
  size_t NumberOf(const Labels& labels) {
    key_.clear();
    ForEach(labels,
            [&](std::string_view name, std::string_view value) { AppendToKey(name, value, key_); });
    return Number(key_, [&] { return LabelsOf(labels); });
  }
  // Returns the number of the group that has just these labels.
  size_t NumberOfGroup(const Labels& group) {
    return Number(KeyOf(group), [&] { return group; });
  }
  Labels LabelsOf(const Labels& labels) const {
    Labels group;
    ForEach(labels, [&](std::string_view name, std::string_view value) { group.Set(name, value); });
    return group;
  }

  // By their numbers.
  const std::vector<Labels>& groups() const { return groups_; }

 private:
  template <typename Visit>
  void ForEach(const Labels& labels, const Visit& visit) const {
    for (const auto& [name, value] : labels.all()) {
      const bool is_name = name == kMetricName;
      if (is_name && (!keeps_name_ || aggregation_.without)) continue;
      const bool is_named = std::find(aggregation_.grouping.begin(), aggregation_.grouping.end(),
                                      name) != aggregation_.grouping.end();
      if (is_named != aggregation_.without) visit(name, value);
    }
  }

  template <typename Make>
  size_t Number(const std::string& key, const Make& labels) {
    const auto [found, is_new] = numbers_.try_emplace(key, groups_.size());
    if (is_new) groups_.push_back(labels());
    return found->second;
  }

  const Aggregation& aggregation_;
  const bool keeps_name_;
  std::string key_;
  std::unordered_map<std::string, size_t> numbers_;
  std::vector<Labels> groups_;
};

}  // namespace rollcall::promql
