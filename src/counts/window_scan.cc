#include "counts/window_scan.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/background.h"
#include "base/run_on_threads.h"
#include "counts/peaks_cursor.h"
#include "counts/source_maxima.h"
#include "counts/stopped.h"
#include "storage/coding.h"

namespace rollcall::counts {
namespace {

using storage::Table;

// Below this many sources a thread costs more than it saves.
constexpr uint32_t kSourcesPerPart = 1'000;

// By how many months before the window's last one: the narrowest span that reaches there.
constexpr std::array<size_t, kMaxWindowMonths> kNarrowest = [] {
  std::array<size_t, kMaxWindowMonths> spans{};
  for (int back = 0; back < kMaxWindowMonths; ++back) {
    size_t span = 0;
    while (back >= MonthsOf(kSpans[span])) ++span;
    spans[static_cast<size_t>(back)] = span;
  }
  return spans;
}();

Status ScanPart(const storage::Store& store, const storage::WindowKey& window,
                const SourceRange& part, const storage::Snapshot& snapshot,
                const std::stop_token& stop, SourceMaxima& maxima) {
  auto cursor = PeaksCursor::Open(store, window, kMaxWindowMonths, part, snapshot);
  if (!cursor.ok()) return cursor.status();
  while (cursor->Valid()) {
    for (const PeaksCursor::Row& row : cursor->rows()) {
      if (!maxima.AddRow(row.bytes, kNarrowest[static_cast<size_t>(row.back)])) {
        return Status::DataLoss("decode peaks of source " + std::to_string(cursor->source().value) +
                                ": not a whole row");
      }
    }
    maxima.CloseSource();
    MakeWay();
    ROLLCALL_RETURN_IF_ERROR(StatusOf(stop));
    ROLLCALL_RETURN_IF_ERROR(cursor->Next());
  }
  return Status::Ok();
}

// Refs are given in order, so equal ranges of them are about equal work.
Result<std::vector<SourceRange>> Divide(const storage::Store& store) {
  const auto last = store.LastKeyBefore(Table::kSourceIds, "");
  if (!last.ok()) return last.status();
  const uint32_t sources = last->has_value() ? storage::Reader(**last).BigEndian32() : 0;
  const uint32_t parts = std::clamp(sources / kSourcesPerPart, 1U, ThreadsForWork());
  std::vector<SourceRange> divided(parts);
  for (uint32_t i = 1; i < parts; ++i) {
    divided[i].first.value = static_cast<uint32_t>(uint64_t{sources} * i / parts);
    divided[i - 1].last.value = divided[i].first.value - 1;
  }
  return divided;
}

}  // namespace

Result<TotalsMap> ScanWindows(const storage::Store& store, const storage::WindowKey& window,
                              const storage::Snapshot& snapshot, std::stop_token stop) {
  const auto parts = Divide(store);
  if (!parts.ok()) return parts.status();
  std::vector<SourceMaxima> maxima(parts->size());
  std::vector<Status> statuses(parts->size());
  RunOnThreads(parts->size(), [&](size_t part) {
    statuses[part] = ScanPart(store, window, (*parts)[part], snapshot, stop, maxima[part]);
  });
  TotalsMap totals;
  for (size_t part = 0; part < parts->size(); ++part) {
    ROLLCALL_RETURN_IF_ERROR(statuses[part]);
    maxima[part].AddTo(window, totals);
  }
  return totals;
}

}  // namespace rollcall::counts
