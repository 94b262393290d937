#include "tests/bench/history.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <tuple>
#include <vector>

#include "model/peaks.h"
#include "parse/report_parser.h"
#include "storage/chunk_codec.h"
#include "storage/keys.h"
#include "storage/row_codec.h"
#include "storage/stores.h"
#include "tests/bench/cluster_body.h"

namespace rollcall::bench {
namespace {

using storage::Table;

constexpr size_t kTemplates = 512;
constexpr size_t kBytesPerCommit = 4 * 1024 * 1024;
constexpr unsigned kReportsPerDay = 96;  // of one stream: one every 15 minutes

// One cluster's life, by month, which many sources share but for their size.
struct Template {
  std::vector<PeaksRow> months;
  std::vector<SeriesValue> operator_report;  // the latest
  std::vector<SeriesValue> controller_report;
};

class Writer {
 public:
  Writer(storage::Stores& stores, const HistoryOptions& options)
      : stores_(stores),
        options_(options),
        first_(options.last.Plus(1 - static_cast<int>(options.months))),
        begin_(first_.Plus(-6).Start()) {
    transaction_.emplace(stores.store());
  }

  Status Write() {
    ROLLCALL_RETURN_IF_ERROR(MakeTemplates());
    ROLLCALL_RETURN_IF_ERROR(WriteSources());
    for (unsigned month = 0; month < options_.months; ++month) {
      ROLLCALL_RETURN_IF_ERROR(WriteMonth(month));
    }
    ROLLCALL_RETURN_IF_ERROR(WriteToday());
    return Commit();
  }

 private:
  Status Commit() {
    const Status status = transaction_->Commit();
    transaction_.reset();
    transaction_.emplace(stores_.store());
    return status;
  }
  Status CommitIfLarge() {
    return transaction_->bytes() < kBytesPerCommit ? Status::Ok() : Commit();
  }

  Result<std::vector<SeriesValue>> Read(const Cluster& cluster, Sender sender) {
    std::string body;
    body_.Write(cluster, sender, 0, body);
    ParsedReport parsed;
    ROLLCALL_RETURN_IF_ERROR(ParseReport(body, "cluster_id", stores_.labels().hash_seed(), parsed));
    std::vector<SeriesValue> series;
    for (const ParsedReport::Sample& sample : parsed.samples) {
      const std::string_view text = parsed.LabelSet(sample);
      const auto refs = stores_.labels().Intern(text, sample.hash, *transaction_);
      if (!refs.ok()) return refs.status();
      series.push_back({refs->label_set, refs->metric, sample.value});
    }
    std::sort(series.begin(), series.end(), [](const SeriesValue& a, const SeriesValue& b) {
      return std::tuple(a.metric, a.label_set) < std::tuple(b.metric, b.label_set);
    });
    return series;
  }

  uint32_t SecondsTo(UnixSeconds t) const { return static_cast<uint32_t>((t - begin_).count()); }

  // Three looks at each month: an upgrade in between leaves several label sets.
  Status AddMonth(Month month, Cluster& cluster, const Timeline& timeline, Template& made) {
    PeaksRow row;
    const Day first = month.FirstDay();
    const Day last = std::min(month.LastDay(), options_.today);
    for (const uint32_t day : {first.number, (first.number + last.number) / 2, last.number}) {
      cluster.AdvanceTo(SecondsTo(Day{day}.Start()) + 3'600, timeline);
      auto from_operator = Read(cluster, Sender::kOperator);
      if (!from_operator.ok()) return from_operator.status();
      auto from_controller = Read(cluster, Sender::kController);
      if (!from_controller.ok()) return from_controller.status();
      AddReport(*from_operator, day - first.number + 1, row);
      AddReport(*from_controller, day - first.number + 1, row);
      made.operator_report = std::move(from_operator).value();
      made.controller_report = std::move(from_controller).value();
    }
    const uint32_t days = last.number - first.number + 1;
    row.active_days = days >= 32 ? ~0U : (1U << days) - 1;
    made.months.push_back(std::move(row));
    return Status::Ok();
  }

  // Clusters that were there all the time and always had both streams.
  Status MakeTemplates() {
    Timeline timeline;
    timeline.span = SecondsTo(options_.last.LastDay().Start()) + 86'400;
    timeline.new_era = 0;
    for (uint64_t seed = 1; templates_.size() < kTemplates; ++seed) {
      Cluster cluster(demo::SeedOf(1, seed), timeline);
      if (cluster.joins() != 0 || cluster.leaves() != demo::kDemoNever ||
          cluster.two_senders_from() > SecondsTo(first_.Start())) {
        continue;
      }
      Template& made = templates_.emplace_back();
      for (unsigned month = 0; month < options_.months; ++month) {
        ROLLCALL_RETURN_IF_ERROR(
            AddMonth(first_.Plus(static_cast<int>(month)), cluster, timeline, made));
      }
    }
    return Commit();
  }

  Status WriteSources() {
    sources_.reserve(options_.sources);
    for (uint32_t number = 0; number < options_.sources; ++number) {
      const auto id = SourceId::Parse(HistorySource(number));
      if (!id.ok()) return id.status();
      const auto ref = stores_.sources().Intern(kFirstFleet, *id, first_.Start(), *transaction_);
      if (!ref.ok()) return ref.status();
      sources_.push_back(*ref);
      ROLLCALL_RETURN_IF_ERROR(CommitIfLarge());
    }
    return Commit();
  }

  const Template& TemplateOf(uint32_t number) const {
    return templates_[demo::SeedOf(2, number) % templates_.size()];
  }

  // Sources of one template differ in size and in each of their numbers, or a compressor would find
  // them to be one. What is 0 or 1 stays so.
  static double Differing(double value, uint32_t number, uint32_t series) {
    if (value < 2) return value;
    const uint64_t mixed = demo::SeedOf(number, series);
    const auto size = static_cast<double>(1 + number % 4);
    return value * size + static_cast<double>(mixed % (static_cast<uint64_t>(value) / 2 + 1));
  }

  Status WriteMonth(unsigned index) {
    const Month month = first_.Plus(static_cast<int>(index));
    PeaksRow row;
    for (uint32_t number = 0; number < options_.sources; ++number) {
      row = TemplateOf(number).months[index];
      for (SeriesPeak& series : row.series) {
        series.peak = Differing(series.peak, number, series.label_set.value);
      }
      for (MetricPeaks& metric : row.metrics) {
        metric.report_sum_peak = Differing(metric.report_sum_peak, number, metric.metric.value);
      }
      transaction_->Put(Table::kPeaks,
                        EncodeKey(storage::PeaksKey{month, kFirstFleet, sources_[number]}),
                        storage::EncodePeaks(row));
      ROLLCALL_RETURN_IF_ERROR(CommitIfLarge());
    }
    return Status::Ok();
  }

  Status WriteToday() {
    std::vector<SeriesValue> report;
    std::string encoded;
    std::string chunk;
    for (uint32_t number = 0; number < options_.sources; ++number) {
      const Template& made = TemplateOf(number);
      chunk.clear();
      for (unsigned slot = 0; slot < 2; ++slot) {
        report = slot == 0 ? made.operator_report : made.controller_report;
        for (SeriesValue& series : report) {
          series.value = Differing(series.value, number, series.label_set.value);
        }
        encoded.clear();
        storage::EncodeSeries(report, encoded);
        storage::AppendFullEntry(slot, slot * 60, encoded, chunk);
      }
      for (unsigned i = 1; i < kReportsPerDay; ++i) {
        const int64_t jitter = static_cast<int64_t>(demo::SeedOf(number, i) % 4);
        storage::AppendSameEntry(0, 840 - jitter, chunk);
        storage::AppendSameEntry(1, 60 + jitter, chunk);
      }
      transaction_->Merge(
          storage::Table::kChunks,
          EncodeKey(storage::ChunkKey{options_.today, kFirstFleet, sources_[number]}), chunk);
      ROLLCALL_RETURN_IF_ERROR(CommitIfLarge());
    }
    return Status::Ok();
  }

  storage::Stores& stores_;
  const HistoryOptions& options_;
  const Month first_;
  const UnixSeconds begin_;  // of the templates' lives: half a year of upgrades before the history
  std::optional<storage::Transaction> transaction_;
  ClusterBody body_;
  std::vector<Template> templates_;
  std::vector<SourceRef> sources_;
};

}  // namespace

Status WriteHistory(const std::string& directory, const HistoryOptions& options) {
  storage::StoreOptions store;
  store.directory = directory;
  auto stores = storage::Stores::Open(store);
  if (!stores.ok()) return stores.status();
  ROLLCALL_RETURN_IF_ERROR(Writer(**stores, options).Write().WithContext("write the history"));
  return (*stores)->store().Compact();
}

std::string HistorySource(uint32_t number) {
  std::string id;
  demo::AppendDemoUuid(demo::SeedOf(4, number), id);
  return id;
}

Status CopyStore(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::create_directories(to, error);
  for (const auto& file : std::filesystem::directory_iterator(from, error)) {
    const std::filesystem::path target = to / file.path().filename();
    if (file.path().extension() == ".sst") {
      std::filesystem::create_hard_link(file.path(), target, error);
    } else {
      std::filesystem::copy_file(file.path(), target, error);
    }
    if (error) break;
  }
  return error ? Status::Unavailable("copy " + from + " to " + to + ": " + error.message())
               : Status::Ok();
}

uint64_t BytesBelow(const std::string& directory) {
  uint64_t bytes = 0;
  std::error_code error;
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory, error)) {
    if (!file.is_regular_file(error) || file.path().filename().string().starts_with("LOG"))
      continue;
    bytes += file.file_size(error);
  }
  return bytes;
}

}  // namespace rollcall::bench
