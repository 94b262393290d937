#include "tests/bench/query_history.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <vector>

#include "model/peaks.h"
#include "parse/report_parser.h"
#include "query/stored_series.h"
#include "storage/chunk_writer.h"
#include "storage/keys.h"
#include "storage/row_codec.h"
#include "storage/stores.h"
#include "tests/bench/cluster_body.h"
#include "tests/bench/history.h"
#include "tests/bench/remote_write.h"
#include "tests/bench/server.h"
#include "tests/support/cozystack.h"
#include "tests/support/http_client.h"

namespace rollcall::bench {
namespace {

using std::chrono::seconds;
using storage::Table;

constexpr size_t kBytesPerCommit = 4 * 1024 * 1024;
constexpr uint64_t kMostMemory = uint64_t{1} << 30;
constexpr size_t kBytesPerPost = 8 * 1024 * 1024;

using Series = std::vector<SeriesValue>;

class Writer {
 public:
  Writer(storage::Stores& stores, const QueryHistory& history)
      : stores_(stores),
        history_(history),
        first_{history.last.number + 1 - history.days},
        begin_(Month::Of(first_).Plus(-6).Start()) {
    timeline_.span = SecondsTo(Day{history.last.number + 1}.Start());
    timeline_.new_era = 0;
    transaction_.emplace(stores.store());
  }

  Status Write() {
    uint32_t written = 0;
    for (uint64_t seed = 1; written < history_.sources; ++seed) {
      Cluster cluster(demo::SeedOf(21, seed), timeline_);
      if (cluster.joins() != 0 || cluster.leaves() != demo::kDemoNever ||
          cluster.two_senders_from() > SecondsTo(first_.Start())) {
        continue;
      }
      ROLLCALL_RETURN_IF_ERROR(WriteSource(cluster, written++));
    }
    return Commit();
  }

 private:
  uint32_t SecondsTo(UnixSeconds t) const { return static_cast<uint32_t>((t - begin_).count()); }

  Status Commit() {
    const Status status = transaction_->Commit();
    transaction_.reset();
    transaction_.emplace(stores_.store());
    return status;
  }

  Result<Series> Read(const Cluster& cluster, Sender sender) {
    body_.Write(cluster, sender, 0, text_);
    ROLLCALL_RETURN_IF_ERROR(
        ParseReport(text_, "cluster_id", stores_.labels().hash_seed(), parsed_));
    Series series;
    for (const ParsedReport::Sample& sample : parsed_.samples) {
      const auto refs =
          stores_.labels().Intern(parsed_.LabelSet(sample), sample.hash, *transaction_);
      if (!refs.ok()) return refs.status();
      series.push_back({refs->label_set, refs->metric, sample.value});
    }
    std::sort(series.begin(), series.end(), [](const SeriesValue& a, const SeriesValue& b) {
      return std::tuple(a.metric, a.label_set) < std::tuple(b.metric, b.label_set);
    });
    return series;
  }

  Status WriteSource(Cluster& cluster, uint32_t number) {
    const auto id = SourceId::Parse(HistorySource(number));
    if (!id.ok()) return id.status();
    const auto ref = stores_.sources().Intern(kFirstFleet, *id, first_.Start(), *transaction_);
    if (!ref.ok()) return ref.status();
    demo::DemoRandom random(demo::SeedOf(22, number));
    const auto interval = static_cast<uint32_t>(history_.interval.count());
    // The two senders of a cluster do not know of each other.
    const uint32_t phases[] = {random.Below(interval - 5), random.Below(interval - 5)};
    PeaksRow peaks;
    for (Day day = first_; day <= history_.last; ++day.number) {
      Series halves[2][2];  // of the day, of both senders
      for (int half = 0; half < 2; ++half) {
        cluster.AdvanceTo(SecondsTo(day.Start()) + static_cast<uint32_t>(half) * 43'200, timeline_);
        for (const Sender sender : {Sender::kOperator, Sender::kController}) {
          auto series = Read(cluster, sender);
          if (!series.ok()) return series.status();
          halves[half][static_cast<int>(sender)] = std::move(*series);
        }
      }
      storage::ChunkWriter chunk(day);
      const unsigned day_of_month = day.number - Month::Of(day).FirstDay().number + 1;
      for (uint32_t start = 0; start < 86'400; start += interval) {
        const int half = start >= 43'200 ? 1 : 0;
        const int first = phases[0] <= phases[1] ? 0 : 1;
        for (const int sender : {first, 1 - first}) {
          chunk.Add(day.Start() + seconds(start + phases[sender] + random.Below(2)),
                    halves[half][sender]);
        }
      }
      for (const auto& half : halves) {
        for (const Series& series : half) AddReport(series, day_of_month, peaks);
      }
      transaction_->Put(Table::kChunks, EncodeKey(storage::ChunkKey{day, kFirstFleet, *ref}),
                        chunk.Take());
      if (day == history_.last || Month::Of(Day{day.number + 1}) != Month::Of(day)) {
        transaction_->Put(Table::kPeaks,
                          EncodeKey(storage::PeaksKey{Month::Of(day), kFirstFleet, *ref}),
                          storage::EncodePeaks(peaks));
        peaks = {};
      }
    }
    return transaction_->bytes() < kBytesPerCommit ? Status::Ok() : Commit();
  }

  storage::Stores& stores_;
  const QueryHistory& history_;
  const Day first_;
  const UnixSeconds begin_;
  Timeline timeline_;
  std::optional<storage::Transaction> transaction_;
  ClusterBody body_;
  std::string text_;
  ParsedReport parsed_;
};

void AddJsonLine(const promql::SeriesView& series, std::string& lines) {
  nlohmann::json metric;
  for (const auto& [name, value] : series.labels.all()) metric[name] = value;
  lines += "{\"metric\":" + metric.dump() + ",\"values\":[";
  std::string times;
  for (const promql::Run& run : series.runs) {
    const std::string value = std::to_string(static_cast<int64_t>(run.value)) + ",";
    for (uint32_t i = run.begin; i < run.end; ++i) {
      lines += value;
      times += std::to_string(series.times[i]) + ",";
    }
  }
  lines.back() = ']';
  times.back() = ']';
  lines += ",\"timestamps\":[" + times + "}\n";
}

// Reads the samples of a store that no process has open.
class SampleReader {
 public:
  static Result<std::unique_ptr<SampleReader>> Open(const std::string& directory) {
    storage::StoreOptions options;
    options.directory = directory;
    options.read_only = true;
    auto stores = storage::Stores::Open(options);
    if (!stores.ok()) return stores.status();
    auto reader = std::make_unique<SampleReader>();
    reader->stores_ = std::move(*stores);
    const Fleet* const first = &reader->fleets_->first().fleet();
    reader->series_.emplace(
        *reader->stores_, reader->clock_, [first] { return std::vector<const Fleet*>{first}; },
        nullptr);
    return reader;
  }

  // Visits all series with samples in [from, to], Unix milliseconds.
  Status Visit(int64_t from, int64_t to,
               const std::function<Status(const promql::SeriesView&)>& visit) {
    promql::Budget budget({UINT64_MAX / 2, UINT64_MAX / 2, kMostMemory, std::chrono::hours(1)}, {});
    const auto named = promql::Matcher::Make(promql::MatchOp::kNotEqual, "__name__", "");
    if (!named.ok()) return named.status();
    const std::vector<promql::Matcher> matchers{*named};
    const auto view = series_->Now();
    const auto parts = view->Select({matchers, from - 1, to, false, 0, std::nullopt}, budget);
    if (!parts.ok()) return parts.status();
    for (const auto& part : *parts) ROLLCALL_RETURN_IF_ERROR(part->Visit(visit));
    return Status::Ok();
  }

 private:
  const decltype(BuiltInFleets()) fleets_ = BuiltInFleets();
  const SystemClock clock_;
  std::unique_ptr<storage::Stores> stores_;
  std::optional<query::StoredSeries> series_;
};

}  // namespace

Status WriteQueryHistory(const std::string& directory, const QueryHistory& history) {
  storage::StoreOptions options;
  options.directory = directory;
  auto stores = storage::Stores::Open(options);
  if (!stores.ok()) return stores.status();
  ROLLCALL_RETURN_IF_ERROR(Writer(**stores, history).Write().WithContext("write the history"));
  return (*stores)->store().Compact();
}

Status SendToVictoria(const std::string& directory, int port) {
  const auto reader = SampleReader::Open(directory);
  if (!reader.ok()) return reader.status();
  test::HttpClient client(port);
  std::string lines;
  const auto post = [&]() -> Status {
    const int status = client.PostBare(lines, "", "/api/v1/import").status;
    lines.clear();
    return status == 204 ? Status::Ok()
                         : Status::Unavailable("import: status " + std::to_string(status));
  };
  ROLLCALL_RETURN_IF_ERROR((*reader)->Visit(0, INT64_MAX / 2, [&](const promql::SeriesView& one) {
    AddJsonLine(one, lines);
    return lines.size() < kBytesPerPost ? Status::Ok() : post();
  }));
  ROLLCALL_RETURN_IF_ERROR(post());
  return Fetch(port, "/internal/force_flush").status == 200
             ? Status::Ok()
             : Status::Unavailable("VictoriaMetrics does not flush");
}

Status SendToPrometheus(const std::string& directory, const QueryHistory& history, int port) {
  constexpr int kPartsOfDay = 3;
  const auto reader = SampleReader::Open(directory);
  if (!reader.ok()) return reader.status();
  RemoteWrite prometheus(port);
  std::vector<RemoteWrite::Sample> samples;
  for (Day day{history.last.number + 1 - history.days}; day <= history.last; ++day.number) {
    const int64_t start = day.Start().time_since_epoch().count() * 1000;
    for (int part = 0; part < kPartsOfDay; ++part) {
      const int64_t from = start + part * (kMsPerDay / kPartsOfDay);
      ROLLCALL_RETURN_IF_ERROR((*reader)->Visit(from, from + kMsPerDay / kPartsOfDay - 1,
                                                [&](const promql::SeriesView& one) {
                                                  samples.clear();
                                                  for (const promql::Run& run : one.runs) {
                                                    for (uint32_t i = run.begin; i < run.end; ++i) {
                                                      samples.push_back({one.times[i], run.value});
                                                    }
                                                  }
                                                  return prometheus.Add(one.labels, samples);
                                                }));
      ROLLCALL_RETURN_IF_ERROR(prometheus.Send());
    }
  }
  return Status::Ok();
}

}  // namespace rollcall::bench
