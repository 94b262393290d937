#include "tests/bench/micro_support.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <tuple>

#include "parse/report_parser.h"

namespace rollcall::bench {

const std::vector<StreamReport>& Reports() {
  static const std::vector<StreamReport> kReports = ClusterReports(256);
  return kReports;
}

const std::vector<std::string>& Bodies() {
  static const std::vector<std::string> kBodies = [] {
    std::vector<std::string> bodies;
    for (const StreamReport& report : Reports()) bodies.push_back(report.Body());
    return bodies;
  }();
  return kBodies;
}

ScratchStore::ScratchStore() {
  std::string pattern = (std::filesystem::current_path() / "micro-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  directory_ = pattern;
  Open();
}

ScratchStore::~ScratchStore() {
  Close();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void ScratchStore::Open() {
  storage::StoreOptions options;
  options.directory = directory_;
  auto stores = storage::Stores::Open(options);
  if (!stores.ok()) std::abort();
  stores_ = std::move(stores).value();
}

std::vector<SeriesValue> SeriesOf(storage::Stores& stores, const std::string& body) {
  storage::Transaction transaction(stores.store());
  ParsedReport parsed;
  if (!ParseReport(body, "cluster_id", stores.labels().hash_seed(), parsed).ok()) std::abort();
  std::vector<SeriesValue> series;
  for (const ParsedReport::Sample& sample : parsed.samples) {
    const std::string_view text = parsed.LabelSet(sample);
    const auto refs = stores.labels().Intern(text, sample.hash, transaction);
    if (!refs.ok()) std::abort();
    series.push_back({refs->label_set, refs->metric, sample.value});
  }
  if (!transaction.Commit().ok()) std::abort();
  std::sort(series.begin(), series.end(), [](const SeriesValue& a, const SeriesValue& b) {
    return std::tuple(a.metric, a.label_set) < std::tuple(b.metric, b.label_set);
  });
  return series;
}

}  // namespace rollcall::bench
