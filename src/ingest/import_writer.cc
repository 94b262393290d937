#include "ingest/import_writer.h"

#include <algorithm>
#include <numeric>
#include <thread>
#include <tuple>

#include "ingest/import_month.h"

namespace rollcall::ingest {
namespace {

using SteadyClock = std::chrono::steady_clock;

// The most that a part holds before it is committed, apart from a source's month that goes over it.
constexpr size_t kPartBytes = 8 * 1024 * 1024;
constexpr size_t kLabelSetsPerPart = 16'384;
// Beside a server: how long reports wait for a part, and how long the next part waits for them.
// With a mutex alone, whoever has just released it would mostly take it again.
constexpr std::chrono::milliseconds kPartTime{10};
constexpr std::chrono::microseconds kPause{500};

// The parts of a key: the second, the order of the report within it, the rank of the label set.
constexpr unsigned kTimeShift = 32;
constexpr unsigned kReportShift = 28;

uint32_t RankOf(uint64_t key) { return static_cast<uint32_t>(key) & (kMostImportSeries - 1); }
UnixSeconds TimeOf(uint64_t key) { return UnixSeconds(std::chrono::seconds(key >> kTimeShift)); }

}  // namespace

// The part of a load that one transaction holds.
struct ImportWriter::Part {
  explicit Part(storage::Store& store) : transaction(store, storage::Turn(store)) {}

  storage::Transaction transaction;
  const SteadyClock::time_point begin = SteadyClock::now();
  TotalsMap gains;
  MergeTally tally;
};

ImportWriter::ImportWriter(storage::Stores& stores, Ingester* ingester, FleetRef fleet,
                           Day kept_from, std::stop_token stop)
    : stores_(stores),
      ingester_(ingester),
      fleet_(fleet),
      kept_from_(kept_from),
      stop_(std::move(stop)) {}

ImportWriter::~ImportWriter() = default;

Status ImportWriter::Write(ImportLoad& load) {
  for (SourceId& id : load.new_sources) sources_.push_back({std::move(id), {}});
  series_.insert(series_.end(), load.new_series.begin(), load.new_series.end());
  ROLLCALL_RETURN_IF_ERROR(InternLabelSets(load.new_label_sets));
  const std::vector<size_t> ends = GroupBySource(load.samples);
  load.new_sources.clear();
  load.new_label_sets.clear();
  load.new_series.clear();
  load.samples.clear();

  Status status;
  size_t begin = 0;
  for (uint32_t source = 0; source < ends.size() && status.ok(); ++source) {
    const auto of_source = std::span(sorted_).subspan(begin, ends[source] - begin);
    if (!of_source.empty()) status = WriteSource(source, of_source);
    begin = ends[source];
  }
  if (status.ok()) status = Close();
  part_.reset();
  return status.ok() ? stores_.store().Sync() : status;
}

Status ImportWriter::InternLabelSets(const std::vector<ImportLabelSet>& label_sets) {
  if (label_sets.empty()) return Status::Ok();
  for (size_t begin = 0; begin < label_sets.size();) {
    ROLLCALL_RETURN_IF_ERROR(Open());
    const size_t end = std::min(label_sets.size(), begin + kLabelSetsPerPart);
    Status status;
    for (; begin < end && status.ok(); ++begin) {
      const auto refs = stores_.labels().Intern(label_sets[begin].text, label_sets[begin].hash,
                                                part_->transaction);
      status = refs.status();
      if (refs.ok()) label_sets_.push_back(*refs);
    }
    if (status.ok()) status = Close();
    part_.reset();
    ROLLCALL_RETURN_IF_ERROR(status);
  }
  RankLabelSets();
  return Status::Ok();
}

// In the order of their numbers, metric first: what a report is sorted by.
void ImportWriter::RankLabelSets() {
  by_rank_.resize(label_sets_.size());
  std::iota(by_rank_.begin(), by_rank_.end(), 0U);
  std::sort(by_rank_.begin(), by_rank_.end(), [this](uint32_t a, uint32_t b) {
    return std::tie(label_sets_[a].metric, label_sets_[a].label_set) <
           std::tie(label_sets_[b].metric, label_sets_[b].label_set);
  });
  rank_of_.resize(by_rank_.size());
  for (uint32_t rank = 0; rank < by_rank_.size(); ++rank) rank_of_[by_rank_[rank]] = rank;
}

std::vector<size_t> ImportWriter::GroupBySource(std::span<const ImportSample> samples) {
  std::vector<size_t> next(sources_.size());
  for (const ImportSample& sample : samples) ++next[series_[sample.series].source];
  size_t before = 0;
  for (size_t& count : next) {
    const size_t of_source = count;
    count = before;
    before += of_source;
  }
  if (sorted_.size() < samples.size()) sorted_.resize(samples.size());
  for (const ImportSample& sample : samples) {
    const ImportSeries& series = series_[sample.series];
    sorted_[next[series.source]++] = {uint64_t{sample.time} << kTimeShift |
                                          uint64_t{sample.order} << kReportShift |
                                          rank_of_[series.label_set],
                                      sample.value};
  }
  return next;
}

Status ImportWriter::WriteSource(uint32_t source, std::span<KeyedValue> samples) {
  SortByKey(samples, sort_scratch_);
  while (!samples.empty()) {
    const Month month = Month::Of(TimeOf(samples.front().key));
    const uint64_t next_month =
        static_cast<uint64_t>(month.Plus(1).Start().time_since_epoch().count()) << kTimeShift;
    const auto end =
        std::lower_bound(samples.begin(), samples.end(), next_month,
                         [](const KeyedValue& sample, uint64_t key) { return sample.key < key; });
    const auto size = static_cast<size_t>(end - samples.begin());
    ROLLCALL_RETURN_IF_ERROR(WriteMonth(source, month, samples.first(size)));
    samples = samples.subspan(size);
    if (PartIsFull()) ROLLCALL_RETURN_IF_ERROR(Close());
  }
  return Status::Ok();
}

Status ImportWriter::WriteMonth(uint32_t number, Month month, std::span<const KeyedValue> samples) {
  ROLLCALL_RETURN_IF_ERROR(Open());
  Source& source = sources_[number];
  if (source.ref.value == 0) {
    const auto ref = stores_.sources().Intern(fleet_, source.id, TimeOf(samples.front().key),
                                              part_->transaction);
    if (!ref.ok()) return ref.status();
    source.ref = *ref;
  }
  if (ingester_ != nullptr) ingester_->Forget(fleet_, source.id, part_->transaction);

  month_series_.clear();
  month_series_.reserve(samples.size());  // what points into it stays valid
  month_instants_.clear();
  for (size_t i = 0; i < samples.size();) {
    const uint64_t report = samples[i].key >> kReportShift;
    const UnixSeconds time = TimeOf(samples[i].key);
    const size_t first = month_series_.size();
    for (; i < samples.size() && samples[i].key >> kReportShift == report; ++i) {
      if (month_series_.size() > first && samples[i].key == samples[i - 1].key) {
        // If a value is given twice for one second, the largest counts.
        double& value = month_series_.back().value;
        value = std::max(value, samples[i].value);
        continue;
      }
      const Refs& refs = label_sets_[by_rank_[RankOf(samples[i].key)]];
      month_series_.push_back({refs.label_set, refs.metric, samples[i].value});
    }
    month_instants_.push_back({time, std::span(month_series_).subspan(first)});
  }
  return ImportMonth(stores_, {fleet_, source.ref, month, month_instants_, kept_from_},
                     part_->transaction, part_->gains, part_->tally);
}

bool ImportWriter::PartIsFull() const {
  return part_ && (part_->transaction.bytes() >= kPartBytes ||
                   (ingester_ != nullptr && SteadyClock::now() - part_->begin >= kPartTime));
}

Status ImportWriter::Open() {
  if (part_) return Status::Ok();
  if (stop_.stop_requested()) return Status::Unavailable("import: stopped");
  part_ = std::make_unique<Part>(stores_.store());
  return Status::Ok();
}

Status ImportWriter::Close() {
  if (!part_) return Status::Ok();
  ROLLCALL_RETURN_IF_ERROR(stores_.totals().Add(part_->gains, part_->transaction));
  ROLLCALL_RETURN_IF_ERROR(part_->transaction.CommitUnsynced());
  added_ += part_->tally;
  part_.reset();
  if (ingester_ != nullptr) std::this_thread::sleep_for(kPause);
  return Status::Ok();
}

}  // namespace rollcall::ingest
