#include "storage/period_codec.h"

#include "model/label_set.h"
#include "storage/coding.h"

namespace rollcall::storage {
namespace {

// 1 byte of the kind, 4 of the last month or day, 2 of the fleet.
constexpr size_t kPeriodKeyBytes = 7;

// Flags of a figure's distribution.
constexpr uint64_t kHasLatest = 1;

Status Damaged(const char* what, std::string_view bytes) {
  return Status::DataLoss(std::string("decode ") + what + ": not a whole row in " +
                          std::to_string(bytes.size()) + " bytes");
}

void PutCounts(const ValueTally& value, std::string& out) {
  PutVarint(static_cast<uint64_t>(value.sources), out);
  PutVarint(static_cast<uint64_t>(value.nonzero), out);
  PutSigned128(value.sum.units(), out);
}

void TakeCounts(Reader& reader, ValueTally& value) {
  value.sources = static_cast<int64_t>(reader.Varint32());
  value.nonzero = static_cast<int64_t>(reader.Varint32());
  value.sum = ExactSum::FromUnits(reader.Signed128());
}

void PutDistribution(const Distribution& distribution, std::string& out) {
  PutVarint(static_cast<uint64_t>(distribution.sources), out);
  if (distribution.sources == 0) return;
  PutSigned128(distribution.sum.units(), out);
  PutValue(distribution.least, out);
  for (const double number : distribution.percentiles) PutValue(number, out);
  PutValue(distribution.most, out);
  PutVarint(distribution.bins.size(), out);
  for (const DistributionBin& bin : distribution.bins) {
    PutVarint(static_cast<uint64_t>(bin.sources), out);
    PutValue(bin.from, out);
    PutValue(bin.to, out);
  }
}

void TakeDistribution(Reader& reader, Distribution& distribution) {
  distribution.sources = static_cast<int64_t>(reader.Varint32());
  if (distribution.sources == 0) return;
  distribution.sum = ExactSum::FromUnits(reader.Signed128());
  distribution.least = reader.Value();
  for (double& number : distribution.percentiles) number = reader.Value();
  distribution.most = reader.Value();
  const uint64_t bins = reader.Varint();
  for (uint64_t i = 0; i < bins && reader.ok(); ++i) {
    DistributionBin& bin = distribution.bins.emplace_back();
    bin.sources = static_cast<int64_t>(reader.Varint32());
    bin.from = reader.Value();
    bin.to = reader.Value();
  }
}

}  // namespace

std::string EncodeKey(const PeriodKey& key) {
  std::string out(1, static_cast<char>(key.period.kind));
  PutBigEndian32(key.period.last, out);
  PutBigEndian16(key.fleet.value, out);
  return out;
}

std::optional<PeriodKey> DecodePeriodKey(std::string_view bytes) {
  if (bytes.size() < kPeriodKeyBytes) return std::nullopt;
  Reader reader(bytes.substr(1));
  PeriodKey key;
  key.period.kind = static_cast<Period::Kind>(bytes[0]);
  key.period.last = reader.BigEndian32();
  key.fleet.value = reader.BigEndian16();
  return key;
}

std::string EncodeKey(const TallyKey& key) {
  std::string out;
  PutBigEndian32(key.metric.value, out);
  out += key.label;
  return out;
}

std::optional<TallyKey> DecodeTallyKey(std::string_view bytes) {
  Reader reader(bytes);
  TallyKey key{{reader.BigEndian32()}, {}};
  if (!reader.ok()) return std::nullopt;
  key.label = reader.Bytes(reader.left());
  return key;
}

std::string EncodeDistributionKey(const Figure& figure) {
  std::string label_set(1, '\0');
  std::vector<Label> labels;
  if (!figure.label.empty()) labels.push_back({figure.label, figure.label_value});
  AppendLabelSet(figure.metric, labels, label_set);
  return EncodeKey(TallyKey{kSourceSizes, label_set});
}

bool IsDistribution(const TallyKey& key) {
  return key.metric == kSourceSizes && key.label.starts_with('\0');
}

std::string EncodePeriodHead(const PeriodHead& head) {
  std::string out;
  PutVarint(ZigZag(head.computed_at.time_since_epoch().count()), out);
  const std::string bytes = head.sources.ToBytes();
  const size_t first = std::min(bytes.find_first_not_of('\0'), bytes.size());
  PutVarint(first, out);
  out += bytes.substr(first);
  return out;
}

Status DecodePeriodHead(std::string_view bytes, PeriodHead& head) {
  Reader reader(bytes);
  head.computed_at = UnixSeconds(std::chrono::seconds(UnZigZag(reader.Varint())));
  const uint64_t first = reader.Varint();
  // A source has 32 bits.
  if (!reader.ok() || first + reader.left() > uint64_t{1} << 29) {
    return Damaged("period head", bytes);
  }
  std::string bitmap(reader.AtEnd() ? 0 : first, '\0');
  bitmap += reader.Bytes(reader.left());
  head.sources = SourceSet::FromBytes(bitmap);
  return Status::Ok();
}

std::string EncodeTally(const Totals& tally) {
  std::string out;
  PutVarint(static_cast<uint64_t>(tally.sources), out);
  PutSigned128(tally.sum.units(), out);
  PutSigned128(tally.report_sum.units(), out);
  return out;
}

Status DecodeTally(std::string_view bytes, Totals& tally) {
  Reader reader(bytes);
  tally.sources = static_cast<int64_t>(reader.Varint32());
  tally.sum = ExactSum::FromUnits(reader.Signed128());
  tally.report_sum = ExactSum::FromUnits(reader.Signed128());
  return reader.ok() && reader.AtEnd() ? Status::Ok() : Damaged("metric tally", bytes);
}

std::string EncodeTally(const LabelTally& tally) {
  std::string out;
  PutVarint(tally.values.size(), out);
  for (const ValueTally& value : tally.values) {
    PutVarint(value.value.size(), out);
    out += value.value;
    PutCounts(value, out);
  }
  PutVarint(static_cast<uint64_t>(tally.rest_values), out);
  PutCounts(tally.rest, out);
  return out;
}

Status DecodeTally(std::string_view bytes, LabelTally& tally) {
  Reader reader(bytes);
  tally = LabelTally();
  const uint64_t values = reader.Varint();
  for (uint64_t i = 0; i < values && reader.ok(); ++i) {
    ValueTally value;
    value.value = reader.Bytes(reader.Varint());
    TakeCounts(reader, value);
    tally.values.push_back(std::move(value));
  }
  tally.rest_values = static_cast<int64_t>(reader.Varint32());
  TakeCounts(reader, tally.rest);
  return reader.ok() && reader.AtEnd() ? Status::Ok() : Damaged("label tally", bytes);
}

std::string EncodeTally(const FigureDistribution& tally) {
  std::string out;
  PutVarint(tally.latest ? kHasLatest : 0, out);
  PutVarint(static_cast<uint64_t>(tally.counted), out);
  PutDistribution(tally.peak, out);
  if (tally.latest) PutDistribution(*tally.latest, out);
  return out;
}

Status DecodeTally(std::string_view bytes, FigureDistribution& tally) {
  Reader reader(bytes);
  tally = FigureDistribution();
  const uint64_t flags = reader.Varint();
  tally.counted = static_cast<int64_t>(reader.Varint32());
  TakeDistribution(reader, tally.peak);
  if (flags == kHasLatest) TakeDistribution(reader, tally.latest.emplace());
  return reader.ok() && reader.AtEnd() && flags <= kHasLatest ? Status::Ok()
                                                              : Damaged("distribution", bytes);
}

}  // namespace rollcall::storage
