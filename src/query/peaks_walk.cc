#include "query/peaks_walk.h"

#include "storage/keys.h"

namespace rollcall::query {
namespace {

constexpr uint32_t kMostSteps = 16;  // from row to row before a seek is cheaper
constexpr size_t kSourcesPerCheck = 64;

// The rows of one month.
struct Rows {
  Month month;
  storage::Scan scan;

  // Goes to the source's row. Returns whether there is one.
  Result<bool> GoTo(FleetRef fleet, SourceRef source) {
    for (uint32_t steps = 0; scan.Valid(); ++steps) {
      const auto key = storage::DecodePeaksKey(scan.key());
      if (!key) return Status::DataLoss("read peaks: a key is damaged");
      if (key->source >= source) return key->source == source;
      if (steps < kMostSteps) {
        scan.Next();
      } else {
        scan.Seek(EncodeKey(storage::PeaksKey{month, fleet, source}));
      }
    }
    ROLLCALL_RETURN_IF_ERROR(scan.status());
    return false;
  }
};

}  // namespace

Result<std::vector<Month>> MonthsWithPeaks(const storage::Store& store,
                                           const storage::Snapshot& snapshot, FleetRef fleet,
                                           Month first, Month last) {
  std::vector<Month> months;
  storage::Scan scan =
      store.NewScan(storage::Table::kPeaks, storage::EncodePrefix(first.number, fleet),
                    storage::EncodePrefix(last.number + 1), &snapshot);
  Month month = first;
  while (scan.Valid() && month <= last) {
    const auto key = storage::DecodePeaksKey(scan.key());
    if (!key) return Status::DataLoss("read peaks: a key is damaged");
    if (key->month > month) {
      month = key->month;
    } else {
      if (key->fleet == fleet) months.push_back(month);
      month = month.Plus(1);
    }
    scan.Seek(storage::EncodePrefix(month.number, fleet));
  }
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  return months;
}

Status WalkPeaks(const storage::Store& store, const storage::Snapshot& snapshot, FleetRef fleet,
                 std::span<const Month> months, std::span<const MatchedSource> sources,
                 promql::Budget& budget,
                 const std::function<Status(const MatchedSource&, Month, std::string_view)>& on_row,
                 const std::function<Result<bool>(const MatchedSource&)>& on_source) {
  if (sources.empty()) return Status::Ok();
  std::vector<Rows> rows;
  for (const Month month : months) {
    const std::string first = EncodeKey(storage::PeaksKey{month, fleet, sources.front().ref});
    std::string end = EncodeKey(storage::PeaksKey{month, fleet, sources.back().ref});
    end += '\0';  // the last source's row too
    rows.push_back(
        {month, store.NewScan(storage::Table::kPeaks, first, std::move(end), &snapshot)});
  }
  for (size_t i = 0; i < sources.size(); ++i) {
    if (i % kSourcesPerCheck == 0) ROLLCALL_RETURN_IF_ERROR(budget.Check());
    for (Rows& of_month : rows) {
      const Result<bool> found = of_month.GoTo(fleet, sources[i].ref);
      if (!found.ok()) return found.status();
      if (!*found) continue;
      const Status taken = on_row(sources[i], of_month.month, of_month.scan.value());
      if (!taken.ok()) {
        return taken.WithContext("peaks of " + of_month.month.ToString() + " of source " +
                                 sources[i].id);
      }
    }
    const Result<bool> go_on = on_source(sources[i]);
    if (!go_on.ok()) return go_on.status();
    if (!*go_on) break;
  }
  return Status::Ok();
}

}  // namespace rollcall::query
