#include "ingest/flood_limits.h"

#include <algorithm>
#include <random>

namespace rollcall::ingest {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr size_t kSources = 262'144;
constexpr size_t kSenders = 65'536;
constexpr size_t kFleets = 1'024;

uint64_t Seed() { return uint64_t{std::random_device()()} << 32 | std::random_device()(); }

}  // namespace

std::string TextOf(FloodLimit limit) {
  switch (limit) {
    case FloodLimit::kSourceReports:
      return "this source has sent too many within a minute";
    case FloodLimit::kNewSourcesMinute:
      return "too many new sources came from this address within a minute";
    case FloodLimit::kNewSourcesDay:
      return "too many new sources came from this address within a day";
    case FloodLimit::kNewLabelSetsReport:
      return "it has too many label sets that are new here";
    case FloodLimit::kNewLabelSetsDay:
      return "too many new label sets came within a day";
    case FloodLimit::kLabelSets:
      return "no more label sets are taken";
  }
  return {};
}

FloodLimits::FloodLimits(const FloodOptions& options, metrics::Registry& registry)
    : options_(options),
      reports_(kSources, options.source_reports_per_minute, minutes(1), Seed()),
      sources_of_minute_(kSenders, options.new_sources_per_minute, minutes(1), Seed()),
      sources_of_day_(kSenders, options.new_sources_per_day, hours(24), Seed()),
      label_sets_of_day_(kFleets, options.new_label_sets_per_day, hours(24), Seed()) {
  met_.ForEach([&](FloodLimit limit, metrics::Counter*& count) {
    count = &registry.GetCounter("rollcall_reports_limited_total",
                                 "Reports that were answered 429, by the limit that they met",
                                 {{"limit", NameOf(limit)}});
  });
}

std::optional<FloodLimit> FloodLimits::TakeReport(const Hash128& id_hash) {
  const uint32_t most = options_.source_reports_per_minute;
  const auto now = std::chrono::steady_clock::now();
  if (most == 0 || reports_.Take(Hash128Hasher()(id_hash), now)) return std::nullopt;
  return Met(FloodLimit::kSourceReports);
}

std::optional<FloodLimit> FloodLimits::TakeSource(uint64_t sender) {
  const auto now = std::chrono::steady_clock::now();
  const bool per_minute = options_.new_sources_per_minute > 0;
  const bool per_day = options_.new_sources_per_day > 0;
  if (per_minute && !sources_of_minute_.Has(sender, now)) return Met(FloodLimit::kNewSourcesMinute);
  if (per_day && !sources_of_day_.Take(sender, now)) return Met(FloodLimit::kNewSourcesDay);
  if (per_minute) sources_of_minute_.Take(sender, now);
  return std::nullopt;
}

std::optional<FloodLimit> FloodLimits::TakeLabelSets(FleetRef fleet, size_t count, uint64_t known) {
  if (count == 0) return std::nullopt;
  if (options_.new_label_sets_per_report > 0 && count > options_.new_label_sets_per_report) {
    return Met(FloodLimit::kNewLabelSetsReport);
  }
  if (options_.label_sets > 0 && known + count > options_.label_sets) {
    return Met(FloodLimit::kLabelSets);
  }
  if (options_.new_label_sets_per_day == 0 ||
      label_sets_of_day_.Take(fleet.value, std::chrono::steady_clock::now(),
                              static_cast<uint32_t>(std::min<size_t>(count, UINT32_MAX)))) {
    return std::nullopt;
  }
  return Met(FloodLimit::kNewLabelSetsDay);
}

FloodLimit FloodLimits::Met(FloodLimit limit) {
  met_[limit]->Add();
  return limit;
}

}  // namespace rollcall::ingest
