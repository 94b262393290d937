#include "cli/victoria_source.h"

#include <chrono>
#include <utility>

#include "base/clock.h"
#include "http/client/url.h"

namespace rollcall::cli {
namespace {

// Nobody has older telemetry. Finding the first month takes a request for each month from here on.
constexpr int kFirstYear = 2015;

std::string Seconds(UnixSeconds at) { return std::to_string(at.time_since_epoch().count()); }

// The last millisecond before `at`: VictoriaMetrics includes the end of a range.
std::string JustBefore(UnixSeconds at) { return Seconds(at - std::chrono::seconds(1)) + ".999"; }

// Enough of a list of series to tell whether it is one, and whether it is empty.
constexpr size_t kSeriesBytes = 4096;

http::HttpClientOptions Patient() {
  http::HttpClientOptions options;
  // VictoriaMetrics sends nothing while it looks up the series.
  options.read_timeout = std::chrono::minutes(10);
  return options;
}

Status Answered(const std::string& base, const http::HttpClientResponse& answer) {
  const std::string text = answer.body.substr(0, answer.body.find('\n'));
  return Status::Unavailable(base + " answered " + std::to_string(answer.status) + ": " +
                             text.substr(0, 200));
}

}  // namespace

Result<std::unique_ptr<VictoriaSource>> VictoriaSource::Find(const std::string& url,
                                                             const std::string& match) {
  std::string base = url;
  while (base.ends_with('/')) base.pop_back();
  std::unique_ptr<VictoriaSource> source(new VictoriaSource(base, match));
  const Result<std::string> answer = source->AskForSeries(Month::Of(SystemClock().Now()));
  if (answer.ok()) return source;
  if (base.ends_with("/prometheus")) return answer.status();
  std::unique_ptr<VictoriaSource> cluster(new VictoriaSource(base + "/select/0/prometheus", match));
  const Result<std::string> of_cluster = cluster->AskForSeries(Month::Of(SystemClock().Now()));
  if (of_cluster.ok()) return cluster;
  return answer.status();
}

Result<std::string> VictoriaSource::AskForSeries(Month month) const {
  // Not every VictoriaMetrics knows the limit; the beginning of the answer is enough.
  std::string beginning;
  bool is_enough = false;
  const auto sink = [&](std::string_view piece) {
    beginning += piece;
    is_enough = beginning.size() >= kSeriesBytes;
    return is_enough ? Status::Unavailable("enough was read") : Status::Ok();
  };
  const auto answer =
      http::HttpGetStream(http::RequestUrl(base_, "/api/v1/series",
                                           {{"match[]", match_},
                                            {"start", Seconds(month.Start())},
                                            {"end", JustBefore(month.Plus(1).Start())},
                                            {"limit", "1"}}),
                          sink, Patient());
  if (!answer.ok() && !is_enough) return answer.status();
  if (answer.ok() && answer->status != 200) return Answered(base_, *answer);
  if (beginning.find("\"status\":\"success\"") == std::string::npos) {
    return Status::Unavailable(base_ + " does not answer like a VictoriaMetrics");
  }
  return beginning;
}

Result<std::optional<Month>> VictoriaSource::FirstMonth(Month last) const {
  for (Month month = Month::FromYearMonth(kFirstYear, 1); month <= last; month = month.Plus(1)) {
    const Result<std::string> series = AskForSeries(month);
    if (!series.ok()) return series.status();
    if (series->find("\"data\":[]") == std::string::npos) return std::optional(month);
  }
  return std::optional<Month>();
}

Status VictoriaSource::Pull(UnixSeconds from, UnixSeconds to, const http::BodySink& sink,
                            std::stop_token stop) const {
  const auto answer = http::HttpGetStream(
      http::RequestUrl(base_, "/api/v1/export",
                       {{"match[]", match_}, {"start", Seconds(from)}, {"end", JustBefore(to)}}),
      sink, Patient(), std::move(stop));
  if (!answer.ok()) return answer.status();
  return answer->status == 200 ? Status::Ok() : Answered(base_, *answer);
}

}  // namespace rollcall::cli
