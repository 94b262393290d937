#include "storage/keys.h"

#include "storage/coding.h"

namespace rollcall::storage {
namespace {

// Chunks and peaks have keys of one shape: a day or month, the fleet, the source.
std::string EncodeReportKey(uint32_t day_or_month, FleetRef fleet, SourceRef source) {
  std::string out = EncodePrefix(day_or_month, fleet);
  PutBigEndian32(source.value, out);
  return out;
}

// The key that `read` reads; nullopt where bytes are missing or left over.
template <typename Key, typename Read>
std::optional<Key> Decode(std::string_view bytes, Read read) {
  Reader reader(bytes);
  const Key key = read(reader);
  if (!reader.ok() || !reader.AtEnd()) return std::nullopt;
  return key;
}

}  // namespace

std::string EncodePrefix(uint32_t day_or_month) {
  std::string out;
  PutBigEndian32(day_or_month, out);
  return out;
}

std::string EncodePrefix(uint32_t day_or_month, FleetRef fleet) {
  std::string out = EncodePrefix(day_or_month);
  PutBigEndian16(fleet.value, out);
  return out;
}

std::string EncodeKey(const ChunkKey& key) {
  return EncodeReportKey(key.day.number, key.fleet, key.source);
}

std::string EncodeKey(const PeaksKey& key) {
  return EncodeReportKey(key.month.number, key.fleet, key.source);
}

std::string EncodeKey(const WindowKey& key) { return EncodePrefix(key.last.number, key.fleet); }

std::string EncodeTotalsPrefix(const WindowKey& window, MetricRef metric) {
  std::string out = EncodeKey(window);
  PutBigEndian32(metric.value, out);
  return out;
}

std::string EncodeKey(const TotalsKey& key) {
  std::string out = EncodeTotalsPrefix({key.last, key.fleet}, key.metric);
  PutBigEndian32(key.label_set.value, out);
  return out;
}

std::string EncodeKey(LabelSetRef ref) { return EncodePrefix(ref.value); }

std::string EncodeKey(SourceRef ref) { return EncodePrefix(ref.value); }

std::string EncodeKey(const Hash128& hash) {
  std::string out;
  PutBigEndian64(hash.high, out);
  PutBigEndian64(hash.low, out);
  return out;
}

std::string EncodeSourceKey(FleetRef fleet, std::string_view id) {
  std::string out;
  PutBigEndian16(fleet.value, out);
  out += id;
  return out;
}

KeyRange RangeOf(std::string prefix) {
  std::string end = prefix;
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xFF) end.pop_back();
  if (!end.empty()) ++end.back();
  return {std::move(prefix), std::move(end)};
}

KeyRange RangeOf(uint32_t day_or_month, FleetRef fleet) {
  return RangeOf(EncodePrefix(day_or_month, fleet));
}

KeyRange RangeOf(const WindowKey& window) { return RangeOf(EncodeKey(window)); }

KeyRange RangeOfSources(FleetRef fleet) { return RangeOf(EncodeSourceKey(fleet, "")); }

std::optional<ChunkKey> DecodeChunkKey(std::string_view bytes) {
  return Decode<ChunkKey>(bytes, [](Reader& r) {
    return ChunkKey{{r.BigEndian32()}, {r.BigEndian16()}, {r.BigEndian32()}};
  });
}

std::optional<PeaksKey> DecodePeaksKey(std::string_view bytes) {
  return Decode<PeaksKey>(bytes, [](Reader& r) {
    return PeaksKey{{r.BigEndian32()}, {r.BigEndian16()}, {r.BigEndian32()}};
  });
}

std::optional<WindowKey> DecodeWindowKey(std::string_view bytes) {
  return Decode<WindowKey>(bytes, [](Reader& r) {
    return WindowKey{{r.BigEndian32()}, {r.BigEndian16()}};
  });
}

std::optional<TotalsKey> DecodeTotalsKey(std::string_view bytes) {
  return Decode<TotalsKey>(bytes, [](Reader& r) {
    return TotalsKey{{r.BigEndian32()}, {r.BigEndian16()}, {r.BigEndian32()}, {r.BigEndian32()}};
  });
}

}  // namespace rollcall::storage
