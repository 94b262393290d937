#include "api/compared_figures.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rollcall::api {
namespace {

using Wide = __int128;

constexpr Wide kLeast = std::numeric_limits<int64_t>::min();
constexpr Wide kMost = std::numeric_limits<int64_t>::max();

std::vector<std::pair<std::string, FigureNumber>> Named(const Fleet& fleet,
                                                        const PeriodCounts& counts) {
  std::vector<std::pair<std::string, FigureNumber>> named;
  named.push_back({fleet.counted_name, {counts.sources, false}});
  for (size_t i = 0; i < fleet.figures.size(); ++i) {
    const Figure& figure = fleet.figures[i];
    const FigureCount& count = counts.figures[i];
    named.push_back({figure.total_name, {count.total, false}});
    named.push_back({figure.average_name, {std::llround(count.average * 10), true}});
    if (!figure.peak_name.empty()) {
      named.push_back({figure.peak_name, {count.report_total.value_or(0), false}});
    }
  }
  return named;
}

}  // namespace

std::optional<FigureNumber> ComparedFigure::Change() const {
  if (!before || !is_comparable) return std::nullopt;
  const Wide change = Wide{value.units} - before->units;
  return FigureNumber{static_cast<int64_t>(std::clamp(change, kLeast, kMost)), value.in_tenths};
}

std::optional<FigureNumber> ComparedFigure::Percent() const {
  if (!before || !is_comparable || before->units == 0) return std::nullopt;
  const Wide change = Wide{value.units} - before->units;
  const Wide whole = before->units < 0 ? -Wide{before->units} : Wide{before->units};
  // Half away from zero.
  const Wide doubled = change * 2'000 + (change < 0 ? -whole : whole);
  const Wide tenths = doubled / (whole * 2);
  if (tenths < kLeast || tenths > kMost) return std::nullopt;
  return FigureNumber{static_cast<int64_t>(tenths), true};
}

std::vector<ComparedFigure> CompareFigures(const Fleet& fleet,
                                           const counts::ComparedPeriod& period) {
  std::vector<ComparedFigure> figures;
  for (auto& [name, value] : Named(fleet, period.counts)) {
    figures.push_back({std::move(name), value, std::nullopt, period.is_comparable()});
  }
  if (period.before) {
    const auto before = Named(fleet, *period.before);
    for (size_t i = 0; i < figures.size(); ++i) figures[i].before = before[i].second;
  }
  return figures;
}

}  // namespace rollcall::api
