#include "counts/overview.h"

#include "base/log.h"
#include "model/label_set.h"

namespace rollcall::counts {
namespace {

using storage::Table;

}  // namespace

Result<std::optional<Month>> OverviewReader::LatestMonthWithReports(FleetRef fleet,
                                                                    Month month) const {
  const storage::Store& store = stores_.store();
  for (uint32_t end = month.number + 1;;) {
    const auto key = store.LastKeyBefore(Table::kPeaks, storage::EncodePrefix(end));
    if (!key.ok()) return key.status();
    if (!key->has_value()) return std::optional<Month>();
    const auto peaks = storage::DecodePeaksKey(**key);
    if (!peaks) return Status::DataLoss("decode peaks key: not a key");
    const storage::KeyRange range = storage::RangeOf(peaks->month.number, fleet);
    const storage::Scan of_fleet = store.NewScan(Table::kPeaks, range.begin, range.end);
    if (of_fleet.Valid()) return std::optional(peaks->month);
    ROLLCALL_RETURN_IF_ERROR(of_fleet.status());
    end = peaks->month.number;
  }
}

Result<std::optional<Overview>> OverviewReader::Read(const Fleet& fleet, Month month) {
  const Moment moment{stores_.store().sequence(), clock_.Now(), known_names_()};
  if (auto given = FindGiven(moment, fleet.ref, month)) return given;
  auto overview = ReadLatest(fleet, month);
  if (overview.ok() && overview->has_value()) Keep(moment, fleet.ref, month, **overview);
  return overview;
}

std::optional<Overview> OverviewReader::FindGiven(const Moment& moment, FleetRef fleet,
                                                  Month month) {
  const std::lock_guard lock(mutex_);
  if (moment != moment_) {
    if (moment.sequence < moment_.sequence) return std::nullopt;  // others were quicker
    moment_ = moment;
    given_.clear();
  }
  const auto at = given_.find({fleet, month});
  return at == given_.end() ? std::nullopt : std::optional(at->second);
}

void OverviewReader::Keep(const Moment& moment, FleetRef fleet, Month month,
                          const Overview& overview) {
  const std::lock_guard lock(mutex_);
  if (moment == moment_) given_.insert_or_assign({fleet, month}, overview);
}

Result<std::optional<Overview>> OverviewReader::ReadLatest(const Fleet& fleet, Month month) {
  while (true) {
    const auto latest = LatestMonthWithReports(fleet.ref, month);
    if (!latest.ok()) return latest.status();
    if (!latest->has_value()) return std::optional<Overview>();
    Result<Overview> overview = ReadMonth(fleet, **latest);
    if (!overview.ok()) return overview.status();
    if (HasData((*overview)[Span::kMonth])) return std::optional(std::move(*overview));
    if ((*latest)->number == 0) return std::optional<Overview>();
    month = (*latest)->Plus(-1);
  }
}

Result<TotalsRow> OverviewReader::ReadMetric(const storage::WindowKey& window,
                                             const std::string& metric,
                                             const storage::Snapshot& snapshot) const {
  TotalsRow row;
  const auto ref = stores_.labels().FindMetric(metric, &snapshot);
  if (!ref.ok()) return ref.status();
  if (ref->value == 0) return row;
  const TotalsKey key{window.last, window.fleet, *ref, LabelSetRef{}};
  const auto stored = stores_.store().Get(Table::kTotals, storage::EncodeKey(key), &snapshot);
  if (!stored.ok()) return stored.status();
  if (stored->has_value()) ROLLCALL_RETURN_IF_ERROR(storage::DecodeTotals(**stored, row));
  return row;
}

Status OverviewReader::VisitLabelSets(
    const storage::WindowKey& window, const std::string& metric, const storage::Snapshot& snapshot,
    const std::function<void(const std::string&, const TotalsRow&)>& visit) const {
  const auto ref = stores_.labels().FindMetric(metric, &snapshot);
  if (!ref.ok()) return ref.status();
  if (ref->value == 0) return Status::Ok();
  const storage::KeyRange range = storage::RangeOf(EncodeTotalsPrefix(window, *ref));
  storage::Scan scan = stores_.store().NewScan(Table::kTotals, range.begin, range.end, &snapshot);
  for (; scan.Valid(); scan.Next()) {
    const auto key = storage::DecodeTotalsKey(scan.key());
    if (!key) return Status::DataLoss("decode totals key: not a key");
    if (key->label_set.value == 0) continue;
    TotalsRow row;
    ROLLCALL_RETURN_IF_ERROR(storage::DecodeTotals(scan.value(), row));
    const auto text = stores_.labels().TextOf(key->label_set, &snapshot);
    if (!text.ok()) return text.status();
    visit(*text, row);
  }
  return scan.status();
}

Result<Overview> OverviewReader::ReadMonth(const Fleet& fleet, Month month) {
  const storage::WindowKey window{month, fleet.ref};
  const Result<KeptTotals> kept = windows_.Ensure(window);
  if (!kept.ok()) return kept.status();
  const UnixSeconds now = clock_.Now();

  Overview overview = Overview::Begin(month, now);
  const auto counted = ReadMetric(window, fleet.counted_metric, kept->snapshot);
  if (!counted.ok()) return counted.status();
  for (const Span span : kSpans) {
    overview[span].sources = (*counted)[span].sources;
  }
  for (const Figure& figure : fleet.figures) {
    TotalsRow totals;
    if (figure.label.empty()) {
      const auto row = ReadMetric(window, figure.metric, kept->snapshot);
      if (!row.ok()) return row.status();
      totals = *row;
    } else {
      ROLLCALL_RETURN_IF_ERROR(VisitLabelSets(window, figure.metric, kept->snapshot,
                                              [&](const std::string& text, const TotalsRow& row) {
                                                if (LabelValue(text, figure.label) ==
                                                    figure.label_value)
                                                  totals += row;
                                              }));
    }
    for (const Span span : kSpans) {
      FigureCount count;
      count.total = totals[span].sum.ToInt64();
      if (figure.label.empty()) count.report_total = totals[span].report_sum.ToInt64();
      overview[span].figures.push_back(count);
    }
  }
  overview.SetAverages();

  storage::WindowRecord record = kept->record;
  if (!record.final) {
    record = {overview.is_final, now, known_names_()};
    if (overview.is_final) {
      // On a disk that cannot be written the numbers are as good; the next reader tries again.
      if (const Status status = stores_.totals().MarkFinal(window, record); !status.ok()) {
        log::Warn("overview of {}: {}", month.ToString(), status.message());
      }
    }
  }
  overview.generated_at = record.computed_at;
  for (const Breakdown& breakdown : fleet.breakdowns) {
    std::map<std::string, ExactSum> sums;
    for (const std::string& name : record.app_names) sums[name];
    ROLLCALL_RETURN_IF_ERROR(VisitLabelSets(window, breakdown.metric, kept->snapshot,
                                            [&](const std::string& text, const TotalsRow& row) {
                                              const std::string_view value =
                                                  LabelValue(text, breakdown.label);
                                              const Totals& of_month = row[Span::kMonth];
                                              if (!value.empty() && of_month.sources > 0)
                                                sums[std::string(value)] += of_month.sum;
                                            }));
    auto& totals = overview.breakdowns.emplace_back();
    for (const auto& [name, sum] : sums) totals[name] = sum.ToInt64();
  }
  return overview;
}

}  // namespace rollcall::counts
