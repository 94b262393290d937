// The codecs and the arithmetic of a report's rows, all in memory.
#include "model/peaks.h"
#include "model/totals.h"
#include "storage/chunk_codec.h"
#include "storage/row_codec.h"
#include "tests/bench/micro_support.h"

namespace rollcall::bench {
namespace {

// A controller's report, and the same with one value risen.
struct TwoReports {
  std::vector<SeriesValue> before;
  std::vector<SeriesValue> now;
};

const TwoReports& ControllerReports() {
  static const TwoReports kReports = [] {
    ScratchStore store;
    TwoReports made;
    made.before = SeriesOf(store.stores(), Bodies()[1]);
    made.now = made.before;
    made.now[made.now.size() / 2].value += 1;
    return made;
  }();
  return kReports;
}

void EncodeSeriesOfAReport(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    storage::EncodeSeries(ControllerReports().before, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(static_cast<int64_t>(out.size()) * state.iterations());
}
BENCHMARK(EncodeSeriesOfAReport)->Name(std::string("encode_series") + kOnePass);

void DecodeSeriesOfAReport(benchmark::State& state) {
  std::string bytes;
  storage::EncodeSeries(ControllerReports().before, bytes);
  std::vector<SeriesValue> series;
  for (auto _ : state) {
    if (!storage::DecodeSeries(bytes, series).ok()) state.SkipWithError("damaged");
    benchmark::DoNotOptimize(series.data());
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes.size()) * state.iterations());
}
BENCHMARK(DecodeSeriesOfAReport)->Name(std::string("decode_series") + kOnePass);

void AppendDifference(benchmark::State& state) {
  const TwoReports& reports = ControllerReports();
  std::string out;
  for (auto _ : state) {
    out.clear();
    storage::AppendDifferenceEntry(0, 900, reports.before, reports.now, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(AppendDifference)->Name(std::string("append_difference") + kOnePass);

// A day of reports every 15 minutes, every tenth of them changed.
void ReadChunk(benchmark::State& state) {
  const TwoReports& reports = ControllerReports();
  std::string chunk;
  std::string encoded;
  storage::EncodeSeries(reports.before, encoded);
  storage::AppendFullEntry(0, 10, encoded, chunk);
  const std::vector<SeriesValue>* last = &reports.before;
  for (int i = 1; i < 96; ++i) {
    if (i % 10 != 0) {
      storage::AppendSameEntry(0, 900, chunk);
      continue;
    }
    const auto* next = last == &reports.before ? &reports.now : &reports.before;
    storage::AppendDifferenceEntry(0, 900, *last, *next, chunk);
    last = next;
  }
  int64_t read = 0;
  for (auto _ : state) {
    storage::ChunkReader reader(Day{20'000}, chunk);
    while (reader.Next()) ++read;
    if (!reader.status().ok()) state.SkipWithError("damaged");
  }
  state.SetBytesProcessed(static_cast<int64_t>(chunk.size()) * state.iterations());
  state.SetItemsProcessed(read);
}
BENCHMARK(ReadChunk)->Name(std::string("read_the_chunk_of_a_day") + kOnePass);

void EncodeAndDecodePeaks(benchmark::State& state) {
  PeaksRow row;
  AddReport(ControllerReports().before, 1, row);
  PeaksRow back;
  size_t bytes = 0;
  for (auto _ : state) {
    const std::string encoded = storage::EncodePeaks(row);
    bytes = encoded.size();
    if (!storage::DecodePeaks(encoded, back).ok()) state.SkipWithError("damaged");
    benchmark::DoNotOptimize(back.series.data());
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes) * state.iterations());
}
BENCHMARK(EncodeAndDecodePeaks)->Name(std::string("encode_and_decode_peaks") + kOnePass);

void AddReportToPeaks(benchmark::State& state) {
  PeaksRow row;
  AddReport(ControllerReports().before, 1, row);
  for (auto _ : state) benchmark::DoNotOptimize(AddReport(ControllerReports().before, 1, row));
}
BENCHMARK(AddReportToPeaks)->Name(std::string("add_report_that_raises_nothing") + kOnePass);

void AddChangeToTotals(benchmark::State& state) {
  PeaksRow old_row;
  AddReport(ControllerReports().before, 1, old_row);
  PeaksRow new_row = old_row;
  AddReport(ControllerReports().now, 1, new_row);
  TotalsMap totals;
  for (auto _ : state) {
    AddPeaksChange(Month{24'000}, FleetRef{1}, old_row, new_row, old_row, old_row, totals);
    benchmark::DoNotOptimize(totals.size());
  }
}
BENCHMARK(AddChangeToTotals)->Name(std::string("add_peaks_change") + kOnePass);

}  // namespace
}  // namespace rollcall::bench
