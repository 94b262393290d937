#include "parse/report_builder.h"

#include <cmath>

#include "base/hash.h"
#include "parse/normalize.h"

namespace rollcall {
namespace {

void RaiseTo(double value, double& peak) {
  // Of two zeros the positive one wins, so that the order of the lines never shows.
  if (value > peak || (value == peak && !std::signbit(value))) peak = value;
}

}  // namespace

bool ReportBuilder::Add(std::string_view metric, std::vector<Label>& labels, double value) {
  if (metric.size() > bounds_.metric_name_bytes) return Exceeds(ReportBound::kMetricNameBytes);
  for (const Label& label : labels) {
    if (label.name.size() > bounds_.label_name_bytes) return Exceeds(ReportBound::kLabelNameBytes);
    if (label.value.size() > bounds_.label_value_bytes) {
      return Exceeds(ReportBound::kLabelValueBytes);
    }
  }
  NormalizeLabels(labels);
  const size_t offset = out_.arena.size();
  AppendLabelSet(metric, labels, out_.arena);
  const size_t size = out_.arena.size() - offset;
  const Hash128 hash = HashBytes(std::string_view(out_.arena).substr(offset), hash_seed_);
  const size_t position = series_.FindOrAdd(hash);
  if (position < out_.samples.size()) {
    out_.arena.resize(offset);
    RaiseTo(value, out_.samples[position].value);
    return true;
  }
  if (position >= bounds_.series) return Exceeds(ReportBound::kSeries);
  out_.samples.push_back({static_cast<uint32_t>(offset), static_cast<uint32_t>(size), value, hash});
  return true;
}

}  // namespace rollcall
