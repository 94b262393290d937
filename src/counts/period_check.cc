#include "counts/period_check.h"

#include "counts/period_scan.h"
#include "model/label_set.h"
#include "storage/day_columns.h"

namespace rollcall::counts {
namespace {

using storage::Table;
using storage::TallyKey;

std::string Text(const Totals& tally) {
  return std::to_string(tally.sources) + " sources sum " + std::to_string(tally.sum.ToInt64()) +
         " per report " + std::to_string(tally.report_sum.ToInt64());
}

std::string Text(const LabelTally& tally) {
  std::string text = std::to_string(tally.values.size()) + " values";
  ValueTally all = tally.rest;
  for (const ValueTally& value : tally.values) Add(value, all);
  return text + " of " + std::to_string(all.sources) + " sources sum " +
         std::to_string(all.sum.ToInt64());
}

std::string Text(const Distribution& one) {
  return std::to_string(one.sources) + " sources sum " + std::to_string(one.sum.ToInt64());
}

std::string Text(const FigureDistribution& tally) {
  return std::to_string(tally.counted) + " sources; by peak " + Text(tally.peak) + ", by latest " +
         (tally.latest ? Text(*tally.latest) : "not known");
}

template <typename Tally>
std::string TextOf(const std::string& row) {
  Tally tally;
  return storage::DecodeTally(row, tally).ok() ? Text(tally) : "what cannot be read";
}

std::string TextOf(const TallyKey& key, const std::string& row) {
  if (storage::IsDistribution(key)) return TextOf<FigureDistribution>(row);
  return key.label.empty() ? TextOf<Totals>(row) : TextOf<LabelTally>(row);
}

class PeriodComparison {
 public:
  PeriodComparison(storage::Stores& stores, const storage::PeriodKey& key,
                   const storage::Snapshot& snapshot,
                   const std::function<void(const std::string&)>& differ)
      : stores_(stores), key_(key), snapshot_(snapshot), differ_(differ) {}

  Result<uint64_t> Run(const Fleet& fleet) {
    auto counted = ScanPeriod(stores_, fleet, key_.period, snapshot_, Columns::kAddThoseOfADay);
    if (!counted.ok()) return counted.status();
    counted_ = std::move(*counted);
    ROLLCALL_RETURN_IF_ERROR(ReadStored());
    const bool has_sizes = stored_.contains(EncodeKey(TallyKey{storage::kSourceSizes, {}}));
    for (const auto& [suffix, row] : stored_) {
      const auto key = storage::DecodeTallyKey(suffix);
      if (!key) return Status::DataLoss("decode tally key: not a key");
      if (!IsCompared(*key)) continue;
      ++rows_;
      const auto at = counted_.rows.find(suffix);
      if (at == counted_.rows.end()) {
        if (!storage::IsDistribution(*key)) Differ(*key, TextOf(*key, row), "nothing");
      } else if (!IsSame(*key, row, at->second)) {
        Differ(*key, TextOf(*key, row), TextOf(*key, at->second));
      }
    }
    for (const auto& [suffix, row] : counted_.rows) {
      const TallyKey key = *storage::DecodeTallyKey(suffix);
      if (stored_.contains(suffix) || !IsCompared(key) || storage::IsDistribution(key)) continue;
      if (key.metric == storage::kSourceSizes && !has_sizes) continue;
      Differ(key, "nothing", TextOf(key, row));
    }
    ROLLCALL_RETURN_IF_ERROR(CompareColumns());
    return rows_;
  }

 private:
  Status ReadStored() {
    const storage::KeyRange range = storage::RangeOf(key_);
    storage::Scan scan =
        stores_.store().NewScan(Table::kPeriods, range.begin, ColumnsOf(key_).begin, &snapshot_);
    for (; scan.Valid(); scan.Next()) {
      if (scan.key() != range.begin) {
        stored_.emplace(scan.key().substr(range.begin.size()), scan.value());
        continue;
      }
      storage::PeriodHead head;
      ROLLCALL_RETURN_IF_ERROR(storage::DecodePeriodHead(scan.value(), head));
      ++rows_;
      if (head.sources == counted_.sources) continue;
      differ_(Name() + ": kept " + std::to_string(head.sources.size()) + " sources; reports say " +
              std::to_string(counted_.sources.size()));
    }
    return scan.status();
  }

  // Side by side: they are many.
  Status CompareColumns() {
    const storage::KeyRange range = ColumnsOf(key_);
    const size_t prefix = EncodeKey(key_).size();
    storage::Scan scan =
        stores_.store().NewScan(Table::kPeriods, range.begin, range.end, &snapshot_);
    if (!scan.Valid()) return scan.status();
    auto counted = counted_.columns.begin();
    const auto end = counted_.columns.end();
    while (scan.Valid() || counted != end) {
      if (!scan.Valid()) ROLLCALL_RETURN_IF_ERROR(scan.status());
      const std::string_view stored = scan.Valid() ? scan.key().substr(prefix) : "";
      const bool is_stored = scan.Valid() && (counted == end || stored <= counted->first);
      const bool is_counted = counted != end && (!scan.Valid() || counted->first <= stored);
      if (is_stored) ++rows_;
      if (!is_stored || !is_counted || scan.value() != counted->second) {
        DifferInColumn(is_stored ? stored : counted->first, is_stored ? scan.value().size() : 0,
                       is_counted ? counted->second.size() : 0);
      }
      if (is_counted) ++counted;
      if (is_stored) scan.Next();
    }
    return scan.status();
  }

  void DifferInColumn(std::string_view suffix, size_t kept, size_t counted) {
    const auto key = storage::DecodeColumnKey(suffix);
    std::string name = "a key of " + std::to_string(suffix.size()) + " bytes";
    if (key) {
      const uint32_t first = key->block * storage::kSourcesPerColumn;
      name = (key->metric.value == 0 ? "streams" : NameOf(key->metric)) + " of sources " +
             std::to_string(first) + " to " +
             std::to_string(first + storage::kSourcesPerColumn - 1);
    }
    const auto text = [](size_t bytes) {
      return bytes == 0 ? std::string("nothing") : std::to_string(bytes) + " bytes";
    };
    differ_("columns of " + key_.period.ToString() + ", " + name + ": kept " + text(kept) +
            "; reports say " + (kept == counted ? "others" : text(counted)));
  }

  std::string NameOf(MetricRef metric) const {
    const auto text = stores_.labels().TextOf({metric.value}, &snapshot_);
    return text.ok() ? *text : "metric " + std::to_string(metric.value);
  }

  bool IsCompared(const TallyKey& key) const {
    const bool is_label = !key.label.empty() && !storage::IsDistribution(key);
    return !is_label || key_.period.is_day() || key_.period.is_window();
  }

  static bool IsSame(const TallyKey& key, const std::string& stored, const std::string& counted) {
    if (stored == counted || !storage::IsDistribution(key)) return stored == counted;
    FigureDistribution was;
    FigureDistribution is;
    if (!storage::DecodeTally(stored, was).ok() || !storage::DecodeTally(counted, is).ok()) {
      return false;
    }
    if (!is.latest) was.latest.reset();
    return was == is;
  }

  std::string Name() const { return "tallies of " + key_.period.ToString(); }

  void Differ(const TallyKey& key, const std::string& kept, const std::string& counted) {
    std::string name;
    if (storage::IsDistribution(key)) {
      name = "distribution of " + FormatLabelSet(key.label.substr(1));
    } else if (key.metric == storage::kSourceSizes) {
      name = "sizes";
    } else {
      name = NameOf(key.metric);
    }
    if (!key.label.empty() && !storage::IsDistribution(key))
      name += " by " + std::string(key.label);
    differ_(Name() + ", " + name + ": kept " + kept + "; reports say " + counted);
  }

  storage::Stores& stores_;
  const storage::PeriodKey& key_;
  const storage::Snapshot& snapshot_;
  const std::function<void(const std::string&)>& differ_;
  ScannedPeriod counted_;
  storage::TallyRows stored_;
  uint64_t rows_ = 0;
};

}  // namespace

Result<uint64_t> ComparePeriod(storage::Stores& stores, const Fleet& fleet,
                               const storage::PeriodKey& key, const storage::Snapshot& snapshot,
                               const std::function<void(const std::string&)>& differ) {
  return PeriodComparison(stores, key, snapshot, differ).Run(fleet);
}

}  // namespace rollcall::counts
