// The keys of the column families. Numbers are big-endian, and days and months come first: so old
// rows go in one range delete, and a window is a few sequential scans. Pure functions;
// storage/FORMAT.md lists the keys.
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

// Return the common prefix of all keys of a day or a month, of a fleet's rows of it, or of a
// metric's totals. The keys of several days or months go from the prefix of the first to that of
// the one after the last.
std::string EncodePrefix(uint32_t day_or_month);
std::string EncodePrefix(uint32_t day_or_month, FleetRef fleet);
std::string EncodeTotalsPrefix(const WindowKey& window, MetricRef metric);

// The range of keys with a prefix: from `begin` (inclusive) to `end` (exclusive), which is empty
// where the range ends with the table.
struct KeyRange {
  std::string begin;
  std::string end;
};
KeyRange RangeOf(std::string prefix);
// The range of a fleet's rows of one day or month.
KeyRange RangeOf(uint32_t day_or_month, FleetRef fleet);
KeyRange RangeOf(const WindowKey& window);
// The range of a fleet's sources; they sort by id.
KeyRange RangeOfSources(FleetRef fleet);

// Return nullopt where the bytes are not such a key.
std::optional<ChunkKey> DecodeChunkKey(std::string_view bytes);
std::optional<PeaksKey> DecodePeaksKey(std::string_view bytes);
std::optional<WindowKey> DecodeWindowKey(std::string_view bytes);
std::optional<TotalsKey> DecodeTotalsKey(std::string_view bytes);

}  // namespace rollcall::storage
