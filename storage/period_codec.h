// Keys and rows of the periods column family as bytes. storage/FORMAT.md defines them.
//
// A period has a head, a row for each metric, and one for each label of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
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

// The common start of a period's keys, which is the key of its head.
std::string EncodeKey(const PeriodKey& key);
// Of all its rows.
inline KeyRange RangeOf(const PeriodKey& key) { return RangeOf(EncodeKey(key)); }
// nullopt: shorter than a head's key.
std::optional<PeriodKey> DecodePeriodKey(std::string_view bytes);

// What follows the period's part of a key: of a metric's row, or of that of one of its labels.
struct TallyKey {
  MetricRef metric;
  std::string_view label;  // empty: of the metric itself
};
std::string EncodeKey(const TallyKey& key);
// Stands for a metric in keys: its rows say how large the sources are that reported the fleet's
// counted metric, as a whole and by its labels. No metric has this ref.
inline constexpr MetricRef kSourceSizes{0};
std::optional<TallyKey> DecodeTallyKey(std::string_view bytes);

struct PeriodHead {
  UnixSeconds computed_at{};
  SourceSet sources;  // that reported the fleet's counted metric; of a month and of 30 days

  bool operator==(const PeriodHead&) const = default;
};

std::string EncodePeriodHead(const PeriodHead& head);
std::string EncodeTally(const Totals& tally);
std::string EncodeTally(const LabelTally& tally);
// DataLoss where the bytes are not what the encoders write; the result is then unspecified.
Status DecodePeriodHead(std::string_view bytes, PeriodHead& head);
Status DecodeTally(std::string_view bytes, Totals& tally);
Status DecodeTally(std::string_view bytes, LabelTally& tally);

}  // namespace rollcall::storage
