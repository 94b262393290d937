// The codec of the periods column family. A period has a head, a row for each metric, one for
// each label of a metric, and one for each figure's distribution. Pure functions; storage/FORMAT.md
// defines the bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "model/distribution.h"
#include "model/fleet.h"
#include "model/ids.h"
#include "model/period.h"
#include "model/source_set.h"
#include "model/tally.h"
#include "storage/keys.h"

namespace rollcall::storage {

struct PeriodKey {
  Period period;
  FleetRef fleet;

  auto operator<=>(const PeriodKey&) const = default;
};

// Returns the common prefix of a period's keys, which is also the key of its head.
std::string EncodeKey(const PeriodKey& key);
// Returns the range of all its rows, the head included.
inline KeyRange RangeOf(const PeriodKey& key) { return RangeOf(EncodeKey(key)); }
// Decodes the period that a head's or another row's key begins with; nullopt where it is too short.
std::optional<PeriodKey> DecodePeriodKey(std::string_view bytes);

// The rest of a row's key, after the period's prefix: a metric, or a metric and one of its labels.
struct TallyKey {
  MetricRef metric;
  std::string_view label;  // empty: the metric itself
};
std::string EncodeKey(const TallyKey& key);
// Stands for a metric in the keys of rows about sizes: how large the sources are that reported the
// fleet's counted metric, as a whole and by its labels. No metric has this ref.
inline constexpr MetricRef kSourceSizes{0};
// Stands for a metric in the keys of the columns of a day (storage/day_columns.h), which are the
// last rows of a period. No metric has this ref.
inline constexpr MetricRef kDayColumns{UINT32_MAX};
std::optional<TallyKey> DecodeTallyKey(std::string_view bytes);
// The same of a figure's distribution, which is told from a label of kSourceSizes by a zero byte:
// no label's name has one.
std::string EncodeDistributionKey(const Figure& figure);
bool IsDistribution(const TallyKey& key);

struct PeriodHead {
  UnixSeconds computed_at{};
  SourceSet sources;  // that reported the counted metric; only for months and 30 days

  bool operator==(const PeriodHead&) const = default;
};

std::string EncodePeriodHead(const PeriodHead& head);
std::string EncodeTally(const Totals& tally);
std::string EncodeTally(const LabelTally& tally);
std::string EncodeTally(const FigureDistribution& tally);
// DataLoss where the bytes are not what the encoders write; the result is then unspecified.
Status DecodePeriodHead(std::string_view bytes, PeriodHead& head);
Status DecodeTally(std::string_view bytes, Totals& tally);
Status DecodeTally(std::string_view bytes, LabelTally& tally);
Status DecodeTally(std::string_view bytes, FigureDistribution& tally);

}  // namespace rollcall::storage
