// What is done to the bytes of a body: once for each report, at most one pass of memory each.
#include "fleets/built_in.h"
#include "fleets/declaration.h"
#include "fleets/report_reader.h"
#include "parse/fingerprint.h"
#include "parse/report_parser.h"
#include "tests/bench/micro_support.h"

namespace rollcall::bench {
namespace {

void Fingerprint(benchmark::State& state) {
  size_t i = 0;
  int64_t bytes = 0;
  for (auto _ : state) {
    const std::string& body = Bodies()[i++ % Bodies().size()];
    benchmark::DoNotOptimize(FingerprintLines(body, 1));
    bytes += static_cast<int64_t>(body.size());
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(Fingerprint)->Name(std::string("fingerprint_of_a_body") + kOnePass);

void Parse(benchmark::State& state) {
  ParsedReport parsed;
  size_t i = 0;
  int64_t bytes = 0;
  int64_t samples = 0;
  for (auto _ : state) {
    const std::string& body = Bodies()[i++ % Bodies().size()];
    if (!ParseReport(body, "cluster_id", 1, parsed).ok()) state.SkipWithError("does not parse");
    bytes += static_cast<int64_t>(body.size());
    samples += static_cast<int64_t>(parsed.samples.size());
  }
  state.SetBytesProcessed(bytes);
  state.SetItemsProcessed(samples);
}
BENCHMARK(Parse)->Name(std::string("parse_a_body") + kOnePass);

// The same by the declaration of a product, which drops what is undeclared.
void ParseDeclared(benchmark::State& state) {
  auto declaration =
      fleets::ParseDeclaration("cozystack.json", fleets::BuiltInDeclaration("cozystack"));
  if (!declaration.ok()) return state.SkipWithError(declaration.status().message().c_str());
  declaration->keeps_undeclared = false;
  const fleets::ReportReader reader = fleets::ReportReader::Make(*declaration).value();
  fleets::JsonCapture capture;
  fleets::MappedReport mapped;
  ReportBound exceeded{};
  size_t i = 0;
  int64_t bytes = 0;
  for (auto _ : state) {
    const std::string& body = Bodies()[i++ % Bodies().size()];
    if (!reader.Read(body, 1, {}, capture, mapped, exceeded).ok()) {
      state.SkipWithError("does not parse");
    }
    bytes += static_cast<int64_t>(body.size());
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(ParseDeclared)->Name(std::string("parse_a_declared_body") + kOnePass);

void HashLabelSets(benchmark::State& state) {
  std::vector<ParsedReport> reports(Bodies().size());
  for (size_t i = 0; i < reports.size(); ++i) {
    if (!ParseReport(Bodies()[i], "cluster_id", 1, reports[i]).ok())
      state.SkipWithError("does not parse");
  }
  size_t i = 0;
  int64_t bytes = 0;
  for (auto _ : state) {
    const ParsedReport& parsed = reports[i++ % reports.size()];
    for (const ParsedReport::Sample& sample : parsed.samples) {
      benchmark::DoNotOptimize(HashBytes(parsed.LabelSet(sample), 1));
    }
    bytes += static_cast<int64_t>(parsed.arena.size());
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(HashLabelSets)->Name(std::string("hash_the_label_sets_of_a_report") + kOnePass);

}  // namespace
}  // namespace rollcall::bench
