#include "parse/month_snapshot_json.h"

#include <cstdint>
#include <limits>
#include <optional>

#include "parse/bounded_json.h"

namespace rollcall {
namespace {

using Json = nlohmann::json;

std::optional<int64_t> WholeNumber(const Json* json) {
  if (json == nullptr || !json->is_number_integer()) return std::nullopt;
  if (json->is_number_unsigned() &&
      json->get<uint64_t>() > uint64_t{std::numeric_limits<int64_t>::max()}) {
    return std::nullopt;
  }
  return json->get<int64_t>();
}

// null is an empty map: Go programs write one that way.
std::optional<BreakdownTotals> Totals(const Json* json) {
  BreakdownTotals totals;
  if (json == nullptr || (!json->is_object() && !json->is_null())) return std::nullopt;
  for (const auto& [name, value] : json->items()) {
    const auto total = WholeNumber(&value);
    if (!total) return std::nullopt;
    totals[name] = *total;
  }
  return totals;
}

Status RefuseSnapshot(const std::string& why) {
  return Status::InvalidArgument("parse month snapshot: " + why);
}

}  // namespace

std::string MonthSnapshotJson(const Fleet& fleet, const MonthSnapshot& snapshot) {
  nlohmann::ordered_json json;
  json["month"] = snapshot.month.ToString();
  json["collected_at"] = FormatRfc3339(snapshot.collected_at);
  json[fleet.counted_name] = snapshot.counts.sources;
  for (size_t i = 0; i < fleet.figures.size(); ++i) {
    json[fleet.figures[i].total_name] = snapshot.counts.figures[i].total;
  }
  for (size_t i = 0; i < fleet.breakdowns.size(); ++i) {
    json[fleet.breakdowns[i].name] = snapshot.breakdowns[i];
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<MonthSnapshot> ParseMonthSnapshotJson(const Fleet& fleet, std::string_view json) {
  const auto file = ParseBoundedJson(json, kMaxMonthSnapshotJsonBytes, kMaxMonthSnapshotJsonDepth);
  if (!file.ok()) return RefuseSnapshot(file.status().message());
  MonthSnapshot snapshot;
  const std::string* const month_text = TextMember(*file, "month");
  const auto month = month_text == nullptr ? std::nullopt : Month::Parse(*month_text);
  if (!month) return RefuseSnapshot("month is not one");
  snapshot.month = *month;
  const std::string* const time_text = TextMember(*file, "collected_at");
  const auto time = time_text == nullptr ? std::nullopt : ParseRfc3339(*time_text);
  if (!time) return RefuseSnapshot("collected_at is not a time");
  snapshot.collected_at = std::chrono::floor<std::chrono::seconds>(*time);
  const auto sources = WholeNumber(Member(*file, fleet.counted_name.c_str()));
  if (!sources || *sources < 0) return RefuseSnapshot(fleet.counted_name + " is not a count");
  snapshot.counts.sources = *sources;
  for (const Figure& figure : fleet.figures) {
    const auto total = WholeNumber(Member(*file, figure.total_name.c_str()));
    if (!total) return RefuseSnapshot(figure.total_name + " is not a whole number");
    snapshot.counts.figures.push_back({.total = *total, .average = 0, .report_total = {}});
  }
  for (const Breakdown& breakdown : fleet.breakdowns) {
    auto totals = Totals(Member(*file, breakdown.name.c_str()));
    if (!totals) return RefuseSnapshot(breakdown.name + " is not a map of whole numbers");
    snapshot.breakdowns.push_back(*std::move(totals));
  }
  return snapshot;
}

}  // namespace rollcall
