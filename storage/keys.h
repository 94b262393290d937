// Keys of the column families. Big-endian, days and months first: old rows go in one range delete,
// a window is a few sequential scans. storage/FORMAT.md lists them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/civil_time.h"
#include "base/hash.h"
#include "model/ids.h"
#include "model/totals.h"

namespace rollcall::storage {

struct ChunkKey {
  Day day;
  FleetRef fleet;
  SourceRef source;
  auto operator<=>(const ChunkKey&) const = default;
};

struct PeaksKey {
  Month month;
  FleetRef fleet;
  SourceRef source;
  auto operator<=>(const PeaksKey&) const = default;
};

struct WindowKey {
  Month last;
  FleetRef fleet;
  auto operator<=>(const WindowKey&) const = default;
};

std::string EncodeKey(const ChunkKey& key);
std::string EncodeKey(const PeaksKey& key);
std::string EncodeKey(const WindowKey& key);
std::string EncodeKey(const TotalsKey& key);
std::string EncodeKey(LabelSetRef ref);
std::string EncodeKey(SourceRef ref);
std::string EncodeKey(const Hash128& hash);
std::string EncodeSourceKey(FleetRef fleet, std::string_view id);

// The common start of all keys of a day or a month: the lower bound of a range that ends where the
// next day or month begins.
std::string EncodePrefix(uint32_t day_or_month);
std::string EncodePrefix(uint32_t day_or_month, FleetRef fleet);
std::string EncodeTotalsPrefix(const WindowKey& window, MetricRef metric);

// The keys that begin with a prefix: from `begin` to before `end`, which is empty where nothing
// comes after them.
struct KeyRange {
  std::string begin;
  std::string end;
};
KeyRange RangeOf(std::string prefix);
// Of a fleet's rows of one day or month.
KeyRange RangeOf(uint32_t day_or_month, FleetRef fleet);
KeyRange RangeOf(const WindowKey& window);
// Of a fleet's sources, by id.
KeyRange RangeOfSources(FleetRef fleet);

// nullopt: not such a key.
std::optional<ChunkKey> DecodeChunkKey(std::string_view bytes);
std::optional<PeaksKey> DecodePeaksKey(std::string_view bytes);
std::optional<WindowKey> DecodeWindowKey(std::string_view bytes);
std::optional<TotalsKey> DecodeTotalsKey(std::string_view bytes);

}  // namespace rollcall::storage
