#include "model/breakdown_sums.h"

#include <algorithm>
#include <tuple>

namespace rollcall {

void BreakdownSums::Add(std::string_view name, int64_t sources, ExactSum sum) {
  if (name.empty()) return;
  if (name.size() > kMostNameBytes) return AddRest(1, sum);
  OfName& of_name = names_[std::string(name)];
  of_name.sources += sources;
  of_name.sum += sum;
}

void BreakdownSums::AddRest(int64_t values, ExactSum sum) {
  rest_values_ += values;
  rest_ += sum;
}

void BreakdownSums::Finish(const std::vector<std::string>& known_names, BreakdownTotals& totals,
                           BreakdownRest& rest) const {
  totals.clear();
  for (const std::string& name : known_names) {
    const auto at = names_.find(name);
    totals[name] = at == names_.end() ? 0 : at->second.sum.ToInt64();
  }
  std::vector<const std::pair<const std::string, OfName>*> others;
  for (const auto& entry : names_) {
    if (!totals.contains(entry.first)) others.push_back(&entry);
  }
  const size_t room = kMostNames - std::min(kMostNames, totals.size());
  const auto middle = others.begin() + static_cast<ptrdiff_t>(std::min(room, others.size()));
  std::nth_element(others.begin(), middle, others.end(), [](const auto* a, const auto* b) {
    return std::tuple(b->second.sources, b->second.sum.units(), std::string_view(a->first)) <
           std::tuple(a->second.sources, a->second.sum.units(), std::string_view(b->first));
  });
  for (auto at = others.begin(); at != middle; ++at) {
    totals[(*at)->first] = (*at)->second.sum.ToInt64();
  }
  ExactSum sum = rest_;
  for (auto at = middle; at != others.end(); ++at) sum += (*at)->second.sum;
  rest = {rest_values_ + (others.end() - middle), sum.ToInt64()};
}

}  // namespace rollcall
