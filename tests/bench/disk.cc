// Bytes on disk per sample: a month of reports every 15 minutes, as they arrive, after both sides
// have merged all they have. What a store needs to find them counts; caches do not.
#include <algorithm>
#include <memory>
#include <mutex>
#include <thread>

#include "counts/window_counts.h"
#include "ingest/ingester.h"
#include "storage/stores.h"
#include "tests/bench/bench.h"
#include "tests/bench/history.h"
#include "tests/bench/month_of_reports.h"
#include "tests/bench/requests.h"
#include "tests/bench/stores.h"
#include "tests/support/http_client.h"
#include "tests/support/intake.h"

namespace rollcall::bench {
namespace {

constexpr size_t kBytesPerImport = 2 * 1024 * 1024;

struct Filled {
  uint64_t samples = 0;
  uint64_t bytes = 0;
};

Result<Filled> FillRollcall(const std::string& directory, Month month, uint32_t sources) {
  storage::StoreOptions options;
  options.directory = directory;
  auto stores = storage::Stores::Open(options);
  if (!stores.ok()) return stores.status();
  const SystemClock clock;
  metrics::Registry registry;
  std::mutex mutex;
  Status failure;
  Filled filled;
  {
    ingest::Ingester ingester(**stores, clock, ingest::IngesterOptions{}, registry);
    const auto done = [&](const Status& status) {
      const std::lock_guard lock(mutex);
      if (failure.ok()) failure = status;
    };
    ROLLCALL_RETURN_IF_ERROR(ForEachReportOfMonth(month, sources, [&](const ArrivedReport& report) {
      auto id = SourceId::Parse(report.source);
      if (!id.ok()) return id.status();
      filled.samples +=
          static_cast<uint64_t>(std::count(report.body.begin(), report.body.end(), '\n'));
      ingester.Ingest(CozystackIntake(), std::move(id).value(), report.body,
                      std::chrono::floor<std::chrono::seconds>(report.time), done);
      return Status::Ok();
    }));
  }
  ROLLCALL_RETURN_IF_ERROR(failure);
  counts::WindowCounts windows(**stores, registry);
  if (const auto kept = windows.Ensure({month, kFirstFleet}); !kept.ok()) return kept.status();
  ROLLCALL_RETURN_IF_ERROR((*stores)->store().Compact());
  stores->reset();
  filled.bytes = BytesBelow(directory);
  return filled;
}

class Importer {
 public:
  explicit Importer(int port) : client_(port) {}

  Status Take(const ArrivedReport& report) {
    const std::string end = " " + std::to_string(report.time.time_since_epoch().count()) + "\n";
    for (size_t at = 0; at < report.body.size();) {
      const size_t stop = report.body.find('\n', at);
      batch_ += WithSourceLabel(report.body.substr(at, stop - at), report.source);
      batch_ += end;
      at = stop + 1;
      ++samples_;
    }
    return batch_.size() < kBytesPerImport ? Status::Ok() : Send();
  }
  Status Send() {
    const int status = client_.PostBare(batch_, "", "/api/v1/import/prometheus").status;
    batch_.clear();
    return status == 204 || status == 200
               ? Status::Ok()
               : Status::Unavailable("import into VictoriaMetrics: " + std::to_string(status));
  }
  uint64_t samples() const { return samples_; }

 private:
  test::HttpClient client_;
  std::string batch_;
  uint64_t samples_ = 0;
};

// Its merge runs in the background from the call on.
Status MergeVictoria(const Server& server) {
  Fetch(server.port(), "/internal/force_flush");
  if (const int status = Fetch(server.port(), "/internal/force_merge").status; status != 200) {
    return Status::Unavailable("merge in VictoriaMetrics: " + std::to_string(status));
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  do {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    if (std::chrono::steady_clock::now() > deadline) {
      return Status::Unavailable("merge in VictoriaMetrics: not done after 5 minutes");
    }
  } while (server.Metric("vm_active_force_merges") != 0);
  return Status::Ok();
}

Result<Filled> FillVictoria(Context& context, const std::string& directory, Month month,
                            uint32_t sources) {
  auto server = context.StartVictoria(directory);
  if (!server.ok()) return server.status();
  Importer importer((*server)->port());
  ROLLCALL_RETURN_IF_ERROR(ForEachReportOfMonth(
      month, sources, [&](const ArrivedReport& report) { return importer.Take(report); }));
  ROLLCALL_RETURN_IF_ERROR(importer.Send());
  ROLLCALL_RETURN_IF_ERROR(MergeVictoria(**server));
  const double rows = (*server)->Metric("vm_rows_inserted_total{type=\"prometheus\"}");
  if (rows != static_cast<double>(importer.samples())) {
    return Status::Internal("VictoriaMetrics took " + std::to_string(rows) + " of " +
                            std::to_string(importer.samples()) + " samples");
  }
  ROLLCALL_RETURN_IF_ERROR((*server)->Stop());
  return Filled{importer.samples(),
                BytesBelow(directory + "/data") + BytesBelow(directory + "/indexdb")};
}

}  // namespace

Status BenchDisk(Context& context) {
  const uint32_t sources = context.quick ? 4 : 100;
  const Month month = Month::Of(SystemClock().Now()).Plus(-1);
  const auto ours = FillRollcall(context.NewPath("rollcall"), month, sources);
  if (!ours.ok()) return ours.status();
  const auto theirs = FillVictoria(context, context.NewPath("victoria"), month, sources);
  if (!theirs.ok()) return theirs.status();
  const auto per_sample = [](const Filled& filled) {
    return static_cast<double>(filled.bytes) / static_cast<double>(filled.samples);
  };
  context.Add({"disk",
               "bytes per sample, a month of " + WithCommas(sources) + " sources, " +
                   WithCommas(ours->samples) + " samples",
               "B",
               {per_sample(*ours)},
               {per_sample(*theirs)},
               Bar{Bar::Kind::kRatioAtMost, 0.1},
               "VictoriaMetrics without its caches"});
  return Status::Ok();
}

}  // namespace rollcall::bench
