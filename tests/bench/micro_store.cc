// What touches the store: a commit, the scan behind a window, an overview.
#include <future>
#include <semaphore>

#include "counts/overview.h"
#include "counts/window_counts.h"
#include "counts/window_scan.h"
#include "ingest/ingester.h"
#include "tests/bench/history.h"
#include "tests/bench/micro_support.h"
#include "tests/support/cozystack.h"
#include "tests/support/intake.h"
#include "tests/support/manual_clock.h"

namespace rollcall::bench {
namespace {

// Reports that come at once share a sync; the time is that of all of them together. `same`: their
// sources said the very same before.
void Commit(benchmark::State& state, bool same) {
  ScratchStore store;
  const SystemClock clock;
  metrics::Registry registry;
  ingest::Ingester ingester(store.stores(), clock, ingest::IngesterOptions{}, registry);
  const int64_t together = state.range(0);
  uint64_t turn = 0;
  for (auto _ : state) {
    ++turn;
    std::counting_semaphore<> done(0);
    std::atomic<int64_t> left = together;
    for (int64_t i = 0; i < together; ++i) {
      // Two streams of each source, one after the other.
      const StreamReport& report = Reports()[static_cast<size_t>(i) % Reports().size()];
      std::string body = report.Body();
      if (!same) body += "cozy_turn " + std::to_string(turn) + "\n";
      ingester.Ingest(CozystackIntake(), SourceId::Parse(report.source).value(), std::move(body),
                      std::nullopt, [&](const Status& status) {
                        if (!status.ok()) std::abort();
                        if (--left == 0) done.release();
                      });
    }
    done.acquire();
  }
  state.SetItemsProcessed(together * state.iterations());
}
BENCHMARK_CAPTURE(Commit, _, true)
    ->Name(std::string("commit_the_same") + kOneSync)
    ->Arg(1)
    ->Arg(16)
    ->Arg(256)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Commit, _, false)
    ->Name(std::string("commit_something_new") + kOneSync)
    ->Arg(1)
    ->Arg(16)
    ->Arg(256)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

// A store of 2,000 sources with a year of history, closed months only.
constexpr uint32_t kSources = 2'000;
constexpr Month kLast{2026 * 12 + 2};

ScratchStore& YearOfHistory() {
  static ScratchStore store;
  static const bool kWritten = [] {
    store.Close();
    HistoryOptions options;
    options.sources = kSources;
    options.last = kLast;
    options.today = kLast.LastDay();
    if (!WriteHistory(store.directory(), options).ok()) std::abort();
    store.Open();
    return true;
  }();
  benchmark::DoNotOptimize(kWritten);
  return store;
}

void ScanAWindow(benchmark::State& state) {
  storage::Stores& stores = YearOfHistory().stores();
  const storage::Snapshot snapshot = stores.store().TakeSnapshot();
  int64_t bytes = 0;
  storage::Scan rows = stores.store().NewScan(storage::Table::kPeaks, "", "");
  for (; rows.Valid(); rows.Next()) bytes += static_cast<int64_t>(rows.value().size());
  for (auto _ : state) {
    const auto totals = counts::ScanWindows(stores.store(), {kLast, kFirstFleet}, snapshot);
    if (!totals.ok()) state.SkipWithError(totals.status().message().c_str());
  }
  state.SetBytesProcessed(bytes * state.iterations());
  state.SetItemsProcessed(int64_t{kSources} * 12 * state.iterations());
}
BENCHMARK(ScanAWindow)
    ->Name(std::string("scan_12_months_of_2000_sources") + kBandwidth)
    ->Unit(benchmark::kMillisecond);

// The part of the scan that is RocksDB's: the same rows, not looked at.
void ReadRows(benchmark::State& state) {
  storage::Stores& stores = YearOfHistory().stores();
  int64_t bytes = 0;
  for (auto _ : state) {
    storage::Scan rows = stores.store().NewScan(storage::Table::kPeaks, "", "");
    for (; rows.Valid(); rows.Next()) bytes += static_cast<int64_t>(rows.value().size());
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(ReadRows)
    ->Name(std::string("read_12_months_of_2000_sources") + kBandwidth)
    ->Unit(benchmark::kMillisecond);

void ReadOverview(benchmark::State& state) {
  storage::Stores& stores = YearOfHistory().stores();
  metrics::Registry registry;
  test::ManualClock clock(kLast.LastDay().Start());
  counts::WindowCounts windows(stores, registry);
  counts::OverviewReader overviews(stores, windows, clock, registry,
                                   [] { return std::vector<std::string>(); });
  for (auto _ : state) {
    clock.Advance(std::chrono::seconds(1));  // or the one before is given again
    const auto overview = overviews.Read(CozystackFleet(), kLast);
    if (!overview.ok() || !overview->has_value()) state.SkipWithError("no overview");
  }
}
BENCHMARK(ReadOverview)
    ->Name(std::string("overview_of_kept_totals") + kOnePass)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace rollcall::bench
