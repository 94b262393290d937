#include "storage/period_rows.h"

#include "storage/day_columns.h"

namespace rollcall::storage {

Result<std::optional<PeriodRows>> PeriodRows::Read(const Store& store, const PeriodKey& key) {
  Snapshot snapshot = store.TakeSnapshot();
  const auto stored = store.Get(Table::kPeriods, EncodeKey(key), &snapshot);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return std::optional<PeriodRows>();
  PeriodHead head;
  ROLLCALL_RETURN_IF_ERROR(DecodePeriodHead(**stored, head));
  return std::optional(PeriodRows(store, std::move(snapshot), key, std::move(head)));
}

Result<std::optional<std::string>> PeriodRows::Row(const std::string& suffix) const {
  if (!rows_) return store_->Get(Table::kPeriods, EncodeKey(key_) + suffix, &snapshot_);
  const auto found = rows_->find(suffix);
  return found == rows_->end() ? std::optional<std::string>() : std::optional(found->second);
}

Result<Totals> PeriodRows::Metric(MetricRef metric) const {
  Totals tally;
  const auto row = Row(EncodeKey(TallyKey{metric, {}}));
  if (!row.ok()) return row.status();
  if (row->has_value()) ROLLCALL_RETURN_IF_ERROR(DecodeTally(**row, tally));
  return tally;
}

Result<std::optional<LabelTally>> PeriodRows::Label(MetricRef metric,
                                                    std::string_view label) const {
  const auto row = Row(EncodeKey(TallyKey{metric, label}));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<LabelTally>();
  LabelTally tally;
  ROLLCALL_RETURN_IF_ERROR(DecodeTally(**row, tally));
  return std::optional(std::move(tally));
}

Result<std::optional<FigureDistribution>> PeriodRows::DistributionOf(const Figure& figure) const {
  const auto row = Row(EncodeDistributionKey(figure));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<FigureDistribution>();
  FigureDistribution distribution;
  ROLLCALL_RETURN_IF_ERROR(DecodeTally(**row, distribution));
  return std::optional(std::move(distribution));
}

Result<bool> PeriodRows::HasSizes() const {
  const auto row = Row(EncodeKey(TallyKey{kSourceSizes, {}}));
  if (!row.ok()) return row.status();
  return row->has_value();
}

Result<std::vector<PeriodRows::Listed>> PeriodRows::List() const {
  std::vector<Listed> metrics;
  const auto add = [&](std::string_view suffix, std::string_view value) -> Status {
    const auto key = DecodeTallyKey(suffix);
    if (!key) return Status::DataLoss("decode tally key: not a key");
    if (key->metric == kSourceSizes) return Status::Ok();
    if (key->label.empty()) {
      Totals tally;
      ROLLCALL_RETURN_IF_ERROR(DecodeTally(value, tally));
      metrics.push_back({key->metric, tally.sources, {}});
    } else if (!metrics.empty() && metrics.back().metric == key->metric) {
      metrics.back().labels.emplace_back(key->label);
    }
    return Status::Ok();
  };
  if (rows_) {
    for (const auto& [suffix, value] : *rows_) ROLLCALL_RETURN_IF_ERROR(add(suffix, value));
    return metrics;
  }
  const KeyRange range = RangeOf(key_);
  Scan scan =
      store_->NewScan(Table::kPeriods, range.begin, range.begin + FirstColumnKey(), &snapshot_);
  for (; scan.Valid(); scan.Next()) {
    if (scan.key() == range.begin) continue;
    ROLLCALL_RETURN_IF_ERROR(add(scan.key().substr(range.begin.size()), scan.value()));
  }
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  return metrics;
}

Result<bool> PeriodRows::HasColumns() const {
  const KeyRange range = ColumnsOf(key_);
  const Scan scan = store_->NewScan(Table::kPeriods, range.begin, range.end, &snapshot_);
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  return scan.Valid();
}

}  // namespace rollcall::storage
