#include "storage/row_codec.h"

namespace rollcall::storage {
namespace {

constexpr uint64_t kFinalFlag = 1;

Status DamagedRow(const char* what, std::string_view bytes) {
  return Status::DataLoss(std::string("decode ") + what + ": not a whole row in " +
                          std::to_string(bytes.size()) + " bytes");
}

// A span's flags: which of its parts are not 0 and follow.
constexpr uint64_t kHasTotals = 1;
constexpr uint64_t kHasFraction = 2;
constexpr uint64_t kHasReportSum = 4;

constexpr int kFractionBits = 32;

bool HasFraction(ExactSum sum) {
  return (sum.units() & ((ExactSum::Units{1} << kFractionBits) - 1)) != 0;
}

void PutSum(ExactSum sum, bool with_fraction, std::string& out) {
  PutSigned128(with_fraction ? sum.units() : sum.units() >> kFractionBits, out);
}

// False: more than a sum can hold.
bool TakeSum(Reader& reader, bool with_fraction, ExactSum& sum) {
  constexpr ExactSum::Units kWholeBound = ExactSum::Units{1} << (127 - kFractionBits);
  const auto v = reader.Signed128();
  if (!with_fraction && (v >= kWholeBound || v < -kWholeBound)) return false;
  sum = ExactSum::FromUnits(with_fraction ? v : v * (ExactSum::Units{1} << kFractionBits));
  return true;
}

}  // namespace

std::string EncodePeaks(const PeaksRow& row) {
  std::string out;
  out.reserve(16 + row.series.size() * 4);
  PutVarint(row.active_days, out);
  PutVarint(row.metrics.size(), out);
  uint32_t metric = 0;
  for (size_t i = 0; i < row.metrics.size(); ++i) {
    const auto series = row.SeriesOf(i);
    PutVarint(row.metrics[i].metric.value - metric, out);
    metric = row.metrics[i].metric.value;
    PutVarint(series.size(), out);
    PutValue(row.metrics[i].report_sum_peak, out);
    uint32_t label_set = 0;
    for (const SeriesPeak& s : series) {
      PutVarint(uint64_t{s.label_set.value - label_set} << 1 | (s.current ? 1 : 0), out);
      label_set = s.label_set.value;
      PutValue(s.peak, out);
    }
  }
  return out;
}

Status DecodePeaks(std::string_view bytes, PeaksRow& row) {
  row.metrics.clear();
  row.series.clear();
  const bool whole = VisitPeaks(
      bytes, row.active_days,
      [&](MetricRef metric, double report_sum_peak) {
        row.metrics.push_back({metric, report_sum_peak, row.series.size()});
      },
      [&](MetricRef, LabelSetRef label_set, double peak, bool current) {
        row.series.push_back({label_set, current, peak});
        row.metrics.back().end = row.series.size();
      });
  return whole ? Status::Ok() : DamagedRow("peaks", bytes);
}

std::string EncodeTotals(const TotalsRow& row) {
  std::string out;
  for (const Totals& span : row.spans) {
    const bool fraction = HasFraction(span.sum) || HasFraction(span.report_sum);
    const uint64_t flags = (span == Totals() ? 0U : kHasTotals) | (fraction ? kHasFraction : 0U) |
                           (span.report_sum.IsZero() ? 0U : kHasReportSum);
    PutVarint(flags, out);
    if (flags == 0) continue;
    PutVarint(ZigZag(span.sources), out);
    PutSum(span.sum, fraction, out);
    if (!span.report_sum.IsZero()) PutSum(span.report_sum, fraction, out);
  }
  return out;
}

Status DecodeTotals(std::string_view bytes, TotalsRow& row) {
  Reader reader(bytes);
  row = TotalsRow();
  for (Totals& span : row.spans) {
    const uint64_t flags = reader.Varint();
    if (flags == 0) continue;
    if ((flags & kHasTotals) == 0 || flags > (kHasTotals | kHasFraction | kHasReportSum)) {
      return DamagedRow("totals", bytes);
    }
    span.sources = UnZigZag(reader.Varint());
    const bool fraction = (flags & kHasFraction) != 0;
    if (!TakeSum(reader, fraction, span.sum) ||
        ((flags & kHasReportSum) != 0 && !TakeSum(reader, fraction, span.report_sum))) {
      return DamagedRow("totals", bytes);
    }
  }
  return reader.ok() && reader.AtEnd() ? Status::Ok() : DamagedRow("totals", bytes);
}

std::string EncodeWindow(const WindowRecord& record) {
  std::string out;
  PutVarint(record.final ? kFinalFlag : 0, out);
  if (!record.final) return out;
  PutVarint(ZigZag(record.computed_at.time_since_epoch().count()), out);
  PutVarint(record.app_names.size(), out);
  for (const std::string& name : record.app_names) {
    PutVarint(name.size(), out);
    out += name;
  }
  return out;
}

Status DecodeWindow(std::string_view bytes, WindowRecord& record) {
  Reader reader(bytes);
  record = WindowRecord();
  const uint64_t flags = reader.Varint();
  if (flags > kFinalFlag) return DamagedRow("window", bytes);
  record.final = flags == kFinalFlag;
  if (record.final) {
    record.computed_at = UnixSeconds(std::chrono::seconds(UnZigZag(reader.Varint())));
    const uint64_t names = reader.Varint();
    for (uint64_t i = 0; i < names && reader.ok(); ++i) {
      record.app_names.emplace_back(reader.Bytes(reader.Varint()));
    }
  }
  return reader.ok() && reader.AtEnd() ? Status::Ok() : DamagedRow("window", bytes);
}

}  // namespace rollcall::storage
