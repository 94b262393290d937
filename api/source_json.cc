#include "api/source_json.h"

#include <bit>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/civil_time.h"
#include "model/label_set.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kIndent = 2;

std::string DumpSource(const Json& json) {
  return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json TimeJson(const std::optional<UnixSeconds>& time) {
  return time ? Json(FormatRfc3339(*time)) : Json();
}

// Whether the files are purged, in words.
std::string FilesText(const Status& purged) {
  return purged.ok() ? "purged" : "to be purged: " + purged.message();
}

// "12:00:05" of a report's time.
std::string TimeOfDay(UnixSeconds time) { return FormatRfc3339(time).substr(11, 8); }

template <typename Values>
Json TextsOf(const Values& values) {
  Json json = Json::array();
  for (const auto& value : values) json.push_back(value.ToString());
  return json;
}

Json DaysJson(const std::vector<ingest::Holdings::OfDay>& days) {
  Json json = Json::array();
  for (const ingest::Holdings::OfDay& day : days) {
    Json reports = Json::array();
    for (const UnixSeconds time : day.reports) reports.push_back(TimeOfDay(time));
    json.push_back({{"day", day.day.ToString()}, {"bytes", day.bytes}, {"reports", reports}});
  }
  return json;
}

Result<Json> MonthJson(const ingest::Holdings::OfMonth& of_month,
                       const storage::LabelDictionary& labels) {
  Json days = Json::array();
  for (uint32_t bits = of_month.peaks.active_days; bits != 0; bits &= bits - 1) {
    days.push_back(std::countr_zero(bits) + 1);
  }
  Json sums = Json::object();
  Json peaks = Json::object();
  for (size_t i = 0; i < of_month.peaks.metrics.size(); ++i) {
    const MetricPeaks& metric = of_month.peaks.metrics[i];
    const auto name = labels.TextOf(LabelSetRef{metric.metric.value});
    if (!name.ok()) return name.status();
    sums[FormatLabelSet(*name)] = metric.report_sum_peak;
    for (const SeriesPeak& series : of_month.peaks.SeriesOf(i)) {
      const auto text = labels.TextOf(series.label_set);
      if (!text.ok()) return text.status();
      peaks[FormatLabelSet(*text)] = series.peak;
    }
  }
  return Json{{"month", of_month.month.ToString()},
              {"active_days", std::move(days)},
              {"report_sums", std::move(sums)},
              {"peaks", std::move(peaks)}};
}

}  // namespace

Result<std::string> HoldingsJson(const std::string& fleet, const SourceId& id,
                                 const ingest::Holdings& holdings,
                                 const storage::LabelDictionary& labels) {
  uint64_t reports = 0;
  for (const ingest::Holdings::OfDay& day : holdings.days) reports += day.reports.size();
  Json months = Json::array();
  for (const ingest::Holdings::OfMonth& of_month : holdings.months) {
    Result<Json> month = MonthJson(of_month, labels);
    if (!month.ok()) return month.status();
    months.push_back(std::move(*month));
  }
  const Json json{{"fleet", fleet},
                  {"source", id.text()},
                  {"first_seen", TimeJson(holdings.first_seen)},
                  {"reports", reports},
                  {"days", DaysJson(holdings.days)},
                  {"months", std::move(months)},
                  {"outbox_reports", holdings.waiting.live},
                  {"parked_reports", holdings.waiting.parked}};
  return DumpSource(json);
}

std::string MachineErasureJson(const std::string& machine, uint64_t records, UnixSeconds at,
                               const Status& purged) {
  return DumpSource({{"machine", machine},
                     {"erased_at", FormatRfc3339(at)},
                     {"records", records},
                     {"files", FilesText(purged)}});
}

std::string ErasureJson(const std::string& fleet, const ingest::ErasureRequest& request,
                        const ingest::Erasure& erasure, UnixSeconds at, const Status& purged) {
  char hash[33];
  std::snprintf(hash, sizeof hash, "%016llx%016llx",
                static_cast<unsigned long long>(erasure.hash.high),
                static_cast<unsigned long long>(erasure.hash.low));
  return DumpSource({{"fleet", fleet},
                     {"source", request.id.text()},
                     {"erased", request.report ? "report" : "all"},
                     {"erased_at", FormatRfc3339(at)},
                     {"reports", erasure.reports},
                     {"first_report", TimeJson(erasure.first)},
                     {"last_report", TimeJson(erasure.last)},
                     {"days", erasure.days},
                     {"months", TextsOf(erasure.months)},
                     {"outbox_reports", erasure.outbox_reports},
                     {"parked_reports", erasure.parked_reports},
                     {"kept_windows", TextsOf(erasure.kept_windows)},
                     {"kept_days", erasure.kept_days},
                     {"hash", hash},
                     {"files", FilesText(purged)}});
}

}  // namespace rollcall::api
