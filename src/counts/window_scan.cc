#include "counts/window_scan.h"

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "counts/source_maxima.h"
#include "storage/coding.h"

namespace rollcall::counts {
namespace {

using storage::Table;

// Below this many sources a thread costs more than it saves.
constexpr uint32_t kSourcesPerPart = 1'000;
constexpr uint32_t kMostParts = 4;

// One month's rows, in order of the sources.
struct MonthRows {
  storage::Scan scan;
  size_t span;                   // the narrowest that reaches this month
  uint32_t source = UINT32_MAX;  // of the row at hand; the maximum at the end

  Status Read() {
    if (!scan.Valid()) {
      source = UINT32_MAX;
      return scan.status();
    }
    const auto key = storage::DecodePeaksKey(scan.key());
    if (!key) return Status::DataLoss("decode peaks key: not a key");
    source = key->source.value;
    return Status::Ok();
  }
};

// The sources that one thread reads.
struct Part {
  uint32_t first = 0;          // inclusive
  uint32_t last = UINT32_MAX;  // inclusive
};

Result<std::vector<MonthRows>> OpenMonths(const storage::Store& store,
                                          const storage::WindowKey& window, const Part& part,
                                          const storage::Snapshot& snapshot) {
  std::vector<MonthRows> months;
  for (int back = 0; back < kMaxWindowMonths; ++back) {
    if (window.last.number < static_cast<uint32_t>(back)) break;
    const Month month = window.last.Plus(-back);
    size_t span = 0;
    while (back >= MonthsOf(kSpans[span])) ++span;
    std::string begin = EncodeKey(storage::PeaksKey{month, window.fleet, {part.first}});
    std::string end = EncodeKey(storage::PeaksKey{month, window.fleet, {part.last}});
    end += '\0';  // the last source's row too
    months.push_back(
        {store.NewScan(Table::kPeaks, std::move(begin), std::move(end), &snapshot), span});
    ROLLCALL_RETURN_IF_ERROR(months.back().Read());
    if (months.back().source == UINT32_MAX) months.pop_back();
  }
  return months;
}

Status ScanPart(const storage::Store& store, const storage::WindowKey& window, const Part& part,
                const storage::Snapshot& snapshot, SourceMaxima& maxima) {
  auto months = OpenMonths(store, window, part, snapshot);
  if (!months.ok()) return months.status();
  while (true) {
    uint32_t source = UINT32_MAX;
    for (const MonthRows& month : *months) source = std::min(source, month.source);
    if (source == UINT32_MAX) return Status::Ok();
    for (MonthRows& month : *months) {
      if (month.source != source) continue;
      if (!maxima.AddRow(month.scan.value(), month.span)) {
        return Status::DataLoss("decode peaks of source " + std::to_string(source) +
                                ": not a whole row");
      }
      month.scan.Next();
      ROLLCALL_RETURN_IF_ERROR(month.Read());
    }
    maxima.CloseSource();
  }
}

// Refs are given in order, so equal ranges of them are about equal work.
Result<std::vector<Part>> Divide(const storage::Store& store) {
  const auto last = store.LastKeyBefore(Table::kSourceIds, "");
  if (!last.ok()) return last.status();
  const uint32_t sources = last->has_value() ? storage::Reader(**last).BigEndian32() : 0;
  const uint32_t parts = std::clamp(
      std::min(std::thread::hardware_concurrency(), sources / kSourcesPerPart), 1U, kMostParts);
  std::vector<Part> divided(parts);
  for (uint32_t i = 1; i < parts; ++i) {
    divided[i].first = static_cast<uint32_t>(uint64_t{sources} * i / parts);
    divided[i - 1].last = divided[i].first - 1;
  }
  return divided;
}

}  // namespace

Result<TotalsMap> ScanWindows(const storage::Store& store, const storage::WindowKey& window,
                              const storage::Snapshot& snapshot) {
  const auto parts = Divide(store);
  if (!parts.ok()) return parts.status();
  std::vector<SourceMaxima> maxima(parts->size());
  std::vector<Status> statuses(parts->size());
  const auto scan = [&](size_t part) {
    statuses[part] = ScanPart(store, window, (*parts)[part], snapshot, maxima[part]);
  };
  {
    std::vector<std::jthread> others;
    for (size_t part = 1; part < parts->size(); ++part) others.emplace_back(scan, part);
    scan(0);
  }
  TotalsMap totals;
  for (size_t part = 0; part < parts->size(); ++part) {
    ROLLCALL_RETURN_IF_ERROR(statuses[part]);
    maxima[part].AddTo(window, totals);
  }
  return totals;
}

}  // namespace rollcall::counts
