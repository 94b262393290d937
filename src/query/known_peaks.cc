#include "query/known_peaks.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "model/totals.h"
#include "query/matched_sources.h"
#include "query/peaks_walk.h"
#include "storage/keys.h"
#include "storage/peaks_scanner.h"
#include "storage/retention.h"
#include "storage/row_codec.h"
#include "storage/totals_ledger.h"

namespace rollcall::query {
namespace {

using promql::AggregateOp;
using promql::Aggregation;
using promql::Column;
using promql::Labels;

// Of a column, its labels and its value, about.
constexpr uint64_t kColumnBytes = 400;

// The metric that a selector is of; nullptr where it names none, or several may match.
const std::string* MetricIn(const promql::VectorSelector& selector) {
  for (const promql::Matcher& matcher : selector.matchers) {
    if (matcher.label() == promql::kMetricName && matcher.op() == promql::MatchOp::kEqual) {
      return &matcher.value();
    }
  }
  return nullptr;
}

bool Contains(const std::vector<std::string>& labels, const std::string& label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

bool OneOfEachGroup(AggregateOp op) {
  return op == AggregateOp::kCount || op == AggregateOp::kGroup || op == AggregateOp::kSum ||
         op == AggregateOp::kMax || op == AggregateOp::kMin || op == AggregateOp::kAvg;
}

}  // namespace

Result<KnownPeaks::Known> KnownPeaks::Find(const promql::Expr& expr, int64_t at_ms) {
  if (const auto maxima = MaximaIn(expr, at_ms, now_)) return FindMaxima(*maxima);
  const auto* aggregation = std::get_if<Aggregation>(&Bare(expr).node);
  if (aggregation == nullptr || !totals_ || aggregation->without) return Known();
  if (const auto maxima = MaximaIn(*aggregation->expr, at_ms, now_)) {
    return FindTotals(*aggregation, *maxima);
  }
  const auto* inner = std::get_if<Aggregation>(&Bare(*aggregation->expr).node);
  if (inner == nullptr || inner->without || inner->grouping.size() != 1 ||
      !OneOfEachGroup(inner->op) || aggregation->op != AggregateOp::kCount ||
      !aggregation->grouping.empty()) {
    return Known();
  }
  const auto maxima = MaximaIn(*inner->expr, at_ms, now_);
  return maxima ? FindSources(*inner, *maxima) : Known();
}

Result<storage::Snapshot> KnownPeaks::Kept(const storage::WindowKey& window) const {
  const auto record = storage::TotalsLedger::ReadWindow(store_, window, snapshot_);
  if (!record.ok()) return record.status();
  if (record->has_value()) return snapshot_;
  return totals_(window);
}

Result<KnownPeaks::Known> KnownPeaks::FindTotals(const Aggregation& aggregation,
                                                 const WindowMaxima& maxima) {
  const bool is_sum = aggregation.op == AggregateOp::kSum;
  const std::string* const metric = MetricIn(*maxima.selector);
  if ((!is_sum && aggregation.op != AggregateOp::kCount) || metric == nullptr) return Known();
  std::map<Labels, Totals> groups;
  for (const Fleet* const fleet : fleets_) {
    // Totals are over all sources.
    if (Contains(aggregation.grouping, fleet->id_label) ||
        !AcceptsAllSources(maxima.selector->matchers, fleet->id_label)) {
      return Known();
    }
    const storage::WindowKey window{maxima.window.last, fleet->ref};
    const auto snapshot = Kept(window);
    if (!snapshot.ok()) return snapshot.status();
    const auto wanted = index_.Find(maxima.selector->matchers, fleet->id_label);
    if (!wanted.ok()) return wanted.status();
    const auto ref = index_.MetricNamed(*metric);
    if (!ref.ok()) return ref.status();
    if (ref->value == 0) continue;
    const storage::KeyRange range = storage::RangeOf(EncodeTotalsPrefix(window, *ref));
    storage::Scan scan =
        store_.NewScan(storage::Table::kTotals, range.begin, range.end, &*snapshot);
    for (; scan.Valid(); scan.Next()) {
      ROLLCALL_RETURN_IF_ERROR(budget_.Check());
      const auto key = storage::DecodeTotalsKey(scan.key());
      if (!key) return Status::DataLoss("read totals: a key is damaged");
      const uint32_t number = (*wanted)->numbers.Find(key->label_set.value);
      if (key->label_set.value == 0 || number == RefNumbers::kNone) continue;
      TotalsRow row;
      ROLLCALL_RETURN_IF_ERROR(storage::DecodeTotals(scan.value(), row));
      const Totals& totals = row[maxima.window.span];
      if (totals.sources == 0) continue;
      Labels group;
      for (const std::string& label : aggregation.grouping) {
        if (label == promql::kMetricName) continue;
        group.Set(label, (*wanted)->labels[number].Get(label));
      }
      groups[group] += totals;
    }
    ROLLCALL_RETURN_IF_ERROR(scan.status());
  }
  promql::Vector vector;
  for (const auto& [labels, totals] : groups) {
    vector.push_back(
        {labels, {is_sum ? totals.sum.ToDouble() : static_cast<double>(totals.sources)}});
  }
  return Known(std::move(vector));
}

Result<KnownPeaks::Known> KnownPeaks::FindSources(const Aggregation& inner,
                                                  const WindowMaxima& maxima) {
  const std::string* const metric = MetricIn(*maxima.selector);
  if (metric == nullptr || maxima.selector->matchers.size() != 1) return Known();
  const auto ref = index_.MetricNamed(*metric);
  if (!ref.ok()) return ref.status();
  promql::Vector vector;
  for (const Fleet* const fleet : fleets_) {
    if (ref->value == 0) break;
    const storage::WindowKey window{maxima.window.last, fleet->ref};
    const auto snapshot = Kept(window);
    if (!snapshot.ok()) return snapshot.status();
    const auto row =
        store_.Get(storage::Table::kTotals,
                   storage::EncodeKey(TotalsKey{window.last, fleet->ref, *ref, {}}), &*snapshot);
    if (!row.ok()) return row.status();
    if (!row->has_value()) continue;
    TotalsRow totals;
    ROLLCALL_RETURN_IF_ERROR(storage::DecodeTotals(**row, totals));
    const int64_t sources = totals[maxima.window.span].sources;
    if (sources == 0) continue;
    // Sources of two fleets may have one id.
    if (!vector.empty() || inner.grouping.front() != fleet->id_label) return Known();
    vector.push_back({Labels(), {static_cast<double>(sources)}});
  }
  return Known(std::move(vector));
}

Result<KnownPeaks::Known> KnownPeaks::FindMaxima(const WindowMaxima& maxima) {
  const auto& matchers = maxima.selector->matchers;
  for (const Fleet* const fleet : fleets_) {
    const Result<Month> whole = storage::FirstWholeMonth(store_, fleet->ref);
    if (!whole.ok()) return whole.status();
    if (maxima.window.first() < *whole) return Known();
  }
  const auto sources = MatchSources(store_, snapshot_, fleets_, matchers, budget_);
  if (!sources.ok()) return sources.status();
  promql::Vector vector;
  for (size_t f = 0; f < fleets_.size(); ++f) {
    if ((*sources)[f].empty()) continue;
    const auto wanted = index_.Find(matchers, fleets_[f]->id_label);
    if (!wanted.ok()) return wanted.status();
    if ((*wanted)->refs.empty()) continue;
    ROLLCALL_RETURN_IF_ERROR(AddMaxima(*fleets_[f], maxima, (*sources)[f], **wanted, vector));
  }
  return Known(std::move(vector));
}

Status KnownPeaks::AddMaxima(const Fleet& fleet, const WindowMaxima& maxima,
                             std::span<const MatchedSource> sources, const WantedLabelSets& wanted,
                             promql::Vector& vector) {
  const auto months =
      MonthsWithPeaks(store_, snapshot_, fleet.ref, maxima.window.first(), maxima.window.last);
  if (!months.ok()) return months.status();
  std::unordered_map<uint32_t, double> peaks;  // of the current source, by label set
  const auto on_row = [&](const MatchedSource&, Month, std::string_view row) {
    const bool whole = storage::ScanPeaks(
        row, [](uint32_t) { return true; },
        [&](MetricRef metric) { return wanted.metrics.Find(metric.value) != RefNumbers::kNone; },
        [&](LabelSetRef label_set, double peak) {
          const uint32_t number = wanted.numbers.Find(label_set.value);
          if (number == RefNumbers::kNone) return true;
          const auto [at, is_new] = peaks.try_emplace(number, peak);
          if (!is_new) at->second = std::max(at->second, peak);
          return true;
        });
    return whole ? Status::Ok() : Status::DataLoss("not a whole row");
  };
  const auto on_source = [&](const MatchedSource& source) -> Result<bool> {
    ROLLCALL_RETURN_IF_ERROR(budget_.TakeSeries(peaks.size()));
    ROLLCALL_RETURN_IF_ERROR(budget_.TakeSamples(peaks.size()));
    ROLLCALL_RETURN_IF_ERROR(budget_.TakeMemory(peaks.size() * kColumnBytes));
    const std::map<uint32_t, double> in_order(peaks.begin(), peaks.end());
    for (const auto& [number, peak] : in_order) {
      Column& column = vector.emplace_back(Column{wanted.labels[number], {peak}});
      column.labels.Remove(promql::kMetricName);
      column.labels.Set(fleet.id_label, source.id);
    }
    peaks.clear();
    return true;
  };
  return WalkPeaks(store_, snapshot_, fleet.ref, *months, sources, budget_, on_row, on_source);
}

}  // namespace rollcall::query
