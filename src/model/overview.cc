#include "model/overview.h"

#include <algorithm>

namespace rollcall {

bool HasData(const PeriodCounts& counts) {
  return counts.sources != 0 || std::any_of(counts.figures.begin(), counts.figures.end(),
                                            [](const FigureCount& f) { return f.total != 0; });
}

Overview Overview::Begin(Month month, UnixSeconds now) {
  Overview overview;
  overview.month = month;
  overview.is_final = month < Month::Of(now);
  overview.last_day = std::min(month.LastDay(), std::max(month.FirstDay(), Day::Of(now)));
  return overview;
}

void Overview::SetAverages() {
  for (PeriodCounts& period : periods) {
    for (FigureCount& figure : period.figures) {
      figure.average = AverageToOneDecimal(figure.total, period.sources);
    }
  }
}

double AverageToOneDecimal(int64_t value, int64_t count) {
  if (count <= 0) return 0;
  const __int128 tenths_doubled = static_cast<__int128>(value) * 20;
  const __int128 half = value < 0 ? -count : count;
  const __int128 tenths = (tenths_doubled + half) / (static_cast<__int128>(count) * 2);
  return static_cast<double>(tenths) / 10.0;
}

}  // namespace rollcall
