#include "counts/overview.h"

#include <set>

#include "base/log.h"
#include "counts/stopped.h"
#include "model/breakdown_sums.h"
#include "model/label_set.h"

namespace rollcall::counts {
namespace {

using storage::Table;

// Bounds the memory of a metric with any number of them.
constexpr size_t kLabelSetsAtOnce = 16'384;

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

std::vector<std::string> OverviewReader::NamesOf(const Breakdown& breakdown) const {
  return breakdown.has_name_list ? name_list_() : breakdown.known_names;
}

Result<std::optional<Overview>> OverviewReader::Read(const Fleet& fleet, Month month,
                                                     std::stop_token stop) {
  const Moment moment{stores_.store().sequence(), clock_.Now(), name_list_()};
  if (auto given = FindGiven(moment, fleet, month)) return given;
  auto overview = ReadLatest(fleet, month, stop);
  if (overview.ok() && overview->has_value()) Keep(moment, fleet, month, **overview);
  return overview;
}

std::optional<Overview> OverviewReader::FindGiven(const Moment& moment, const Fleet& fleet,
                                                  Month month) {
  const MutexLock lock(mutex_);
  if (moment != moment_) {
    if (moment.sequence < moment_.sequence) return std::nullopt;  // others were quicker
    moment_ = moment;
    given_.clear();
  }
  const auto at = given_.find({&fleet, month});
  return at == given_.end() ? std::nullopt : std::optional(at->second);
}

void OverviewReader::Keep(const Moment& moment, const Fleet& fleet, Month month,
                          const Overview& overview) {
  const MutexLock lock(mutex_);
  if (moment == moment_) given_.insert_or_assign({&fleet, month}, overview);
}

Result<std::optional<Overview>> OverviewReader::ReadLatest(const Fleet& fleet, Month month,
                                                           const std::stop_token& stop) {
  while (true) {
    const auto latest = LatestMonthWithReports(fleet.ref, month);
    if (!latest.ok()) return latest.status();
    if (!latest->has_value()) return std::optional<Overview>();
    Result<Overview> overview = ReadMonth(fleet, **latest, stop);
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
    const std::stop_token& stop,
    const std::function<void(std::string_view, const TotalsRow&)>& visit) const {
  const auto ref = stores_.labels().FindMetric(metric, &snapshot);
  if (!ref.ok()) return ref.status();
  if (ref->value == 0) return Status::Ok();
  const storage::KeyRange range = storage::RangeOf(EncodeTotalsPrefix(window, *ref));
  storage::Scan scan = stores_.store().NewScan(Table::kTotals, range.begin, range.end, &snapshot);
  std::vector<LabelSetRef> refs;
  std::vector<TotalsRow> rows;
  const auto visit_gathered = [&] {
    const Status status =
        stores_.labels().VisitTexts(refs, &snapshot, [&](size_t i, std::string_view text) {
          visit(text, rows[i]);
          return Status::Ok();
        });
    refs.clear();
    rows.clear();
    return status.ok() ? StatusOf(stop) : status;
  };
  for (; scan.Valid(); scan.Next()) {
    const auto key = storage::DecodeTotalsKey(scan.key());
    if (!key) return Status::DataLoss("decode totals key: not a key");
    if (key->label_set.value == 0) continue;
    refs.push_back(key->label_set);
    ROLLCALL_RETURN_IF_ERROR(storage::DecodeTotals(scan.value(), rows.emplace_back()));
    if (refs.size() == kLabelSetsAtOnce) ROLLCALL_RETURN_IF_ERROR(visit_gathered());
  }
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  return visit_gathered();
}

struct OverviewReader::LabelSums {
  std::vector<TotalsRow> figures;         // as Fleet::figures; of those of a label's value
  std::vector<BreakdownSums> breakdowns;  // as Fleet::breakdowns
};

// Each metric once, whatever it is wanted for.
Status OverviewReader::ReadLabelSets(const Fleet& fleet, const storage::WindowKey& window,
                                     const storage::Snapshot& snapshot, const std::stop_token& stop,
                                     LabelSums& sums) const {
  sums.figures.resize(fleet.figures.size());
  sums.breakdowns.resize(fleet.breakdowns.size());
  std::set<std::string> metrics;
  for (const Figure& figure : fleet.figures) {
    if (!figure.label.empty()) metrics.insert(figure.metric);
  }
  for (const Breakdown& breakdown : fleet.breakdowns) metrics.insert(breakdown.metric);
  for (const std::string& metric : metrics) {
    ROLLCALL_RETURN_IF_ERROR(VisitLabelSets(
        window, metric, snapshot, stop, [&](std::string_view text, const TotalsRow& row) {
          for (size_t i = 0; i < fleet.figures.size(); ++i) {
            const Figure& figure = fleet.figures[i];
            if (figure.metric == metric && !figure.label.empty() &&
                LabelValue(text, figure.label) == figure.label_value) {
              sums.figures[i] += row;
            }
          }
          const Totals& of_month = row[Span::kMonth];
          if (of_month.sources == 0) return;
          for (size_t i = 0; i < fleet.breakdowns.size(); ++i) {
            const Breakdown& breakdown = fleet.breakdowns[i];
            if (breakdown.metric != metric) continue;
            sums.breakdowns[i].Add(LabelValue(text, breakdown.label), of_month.sources,
                                   of_month.sum);
          }
        }));
  }
  return Status::Ok();
}

Result<Overview> OverviewReader::ReadMonth(const Fleet& fleet, Month month,
                                           const std::stop_token& stop) {
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
  LabelSums sums;
  ROLLCALL_RETURN_IF_ERROR(ReadLabelSets(fleet, window, kept->snapshot, stop, sums));
  for (size_t i = 0; i < fleet.figures.size(); ++i) {
    const Figure& figure = fleet.figures[i];
    TotalsRow totals = sums.figures[i];
    if (figure.label.empty()) {
      const auto row = ReadMetric(window, figure.metric, kept->snapshot);
      if (!row.ok()) return row.status();
      totals = *row;
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
    record = {overview.is_final, now, name_list_()};
    // What stays as it is given is settled by the store's time, not by one reading of the clock.
    if (overview.is_final && stores_.time().Now() >= month.Plus(1).Start()) {
      // On a disk that cannot be written the numbers are as good; the next reader tries again.
      if (const Status status = stores_.totals().MarkFinal(window, record); !status.ok()) {
        log::Warn("overview of {}: {}", month.ToString(), status.message());
      }
    }
  }
  overview.generated_at = record.computed_at;
  for (size_t i = 0; i < fleet.breakdowns.size(); ++i) {
    const Breakdown& breakdown = fleet.breakdowns[i];
    sums.breakdowns[i].Finish(breakdown.has_name_list ? record.app_names : breakdown.known_names,
                              overview.breakdowns.emplace_back(), overview.rests.emplace_back());
  }
  return overview;
}

Status OverviewReader::Prepare(const Fleet& fleet, std::chrono::milliseconds budget,
                               std::stop_token stop) {
  const auto deadline = std::chrono::steady_clock::now() + budget;
  int64_t missing = 0;
  bool go_on = true;
  Month before = Month::Of(clock_.Now());
  while (before.number > 0 && !stop.stop_requested()) {
    const auto month = LatestMonthWithReports(fleet.ref, before.Plus(-1));
    if (!month.ok()) return month.status();
    if (!month->has_value()) break;
    before = **month;
    const storage::WindowKey window{before, fleet.ref};
    const auto record =
        storage::TotalsLedger::ReadWindow(stores_.store(), window, stores_.store().TakeSnapshot());
    if (!record.ok()) return record.status();
    if (record->has_value() && (*record)->final) continue;
    ++missing;
    go_on = go_on && std::chrono::steady_clock::now() < deadline;
    if (!go_on) continue;
    const Result<bool> prepared = windows_.Prepare(window);
    if (!prepared.ok()) return prepared.status();
    // Somebody imports into it: the rest has time.
    go_on = *prepared;
    if (!go_on) continue;
    const Result<Overview> overview = ReadMonth(fleet, before, stop);
    if (!overview.ok()) return overview.status();
    --missing;
  }
  registry_
      .GetGauge("rollcall_overviews_missing",
                "Closed months whose overview is still to be computed: who asks for one waits",
                {{"fleet", fleet.name}})
      .Set(missing);
  return Status::Ok();
}

}  // namespace rollcall::counts
