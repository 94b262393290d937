#include "ingest/importer.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "ingest/import_month.h"

namespace rollcall::ingest {
namespace {

// What a batch of the import holds before it is committed: live reports wait no longer than for that.
constexpr size_t kBatchBytes = 2 * 1024 * 1024;
constexpr size_t kLabelSetsPerBatch = 16'384;

}  // namespace

Importer::Importer(storage::Stores& stores, Ingester* ingester, const ImportOptions& options)
    : stores_(stores),
      ingester_(ingester),
      options_(options),
      reader_(
          options.source_label, options.latest,
          [this](const ImportedSample& sample) { return Take(sample); },
          [this](uint64_t line, const std::string& reason) { Refuse(line, reason); }) {}

std::string Importer::Take(const ImportedSample& sample) {
  id_ = sample.source_id;
  auto source = source_index_.find(id_);
  if (source == source_index_.end()) {
    Result<SourceId> id = SourceId::Parse(id_);
    if (!id.ok()) return options_.source_label + ": " + id.status().message();
    source = source_index_.emplace(id_, static_cast<uint32_t>(sources_.size())).first;
    sources_.push_back({std::move(id).value(), {}});
  }
  const Hash128 hash = stores_.labels().HashOf(sample.label_set);
  const auto [label_set, is_new] =
      label_set_index_.emplace(hash, static_cast<uint32_t>(label_sets_.size()));
  if (is_new) label_sets_.push_back({std::string(sample.label_set), hash, {}});
  series_.insert(uint64_t{source->second} << 32 | label_set->second);
  samples_.push_back({source->second, label_set->second,
                      static_cast<uint32_t>(sample.time.time_since_epoch().count()),
                      sample.value});
  return {};
}

void Importer::Refuse(uint64_t line, const std::string& reason) {
  ++tally_.refused;
  const std::string text = "line " + std::to_string(line) + ": " + reason;
  if (tally_.errors.size() < ImportTally::kMaxErrors) tally_.errors.push_back(text);
  if (options_.strict && strict_failure_.ok()) strict_failure_ = Status::InvalidArgument(text);
}

Status Importer::Feed(std::string_view piece) {
  reader_.Read(piece);
  ROLLCALL_RETURN_IF_ERROR(Check());
  return samples_.size() < options_.max_buffered_samples ? Status::Ok() : Write();
}

Status Importer::Finish() {
  reader_.Finish();
  ROLLCALL_RETURN_IF_ERROR(Check());
  return Write();
}

Status Importer::Check() {
  tally_.lines = reader_.lines();
  tally_.samples = reader_.samples();
  tally_.not_numbers = reader_.not_numbers();
  tally_.sources = sources_.size();
  tally_.series = series_.size();
  return strict_failure_;
}

Status Importer::Write() {
  ROLLCALL_RETURN_IF_ERROR(InternLabelSets());
  // Label sets in the order of their numbers, metric first: what a report is sorted by.
  std::vector<uint32_t> by_rank(label_sets_.size());
  std::iota(by_rank.begin(), by_rank.end(), 0U);
  std::sort(by_rank.begin(), by_rank.end(), [this](uint32_t a, uint32_t b) {
    const auto place = [this](uint32_t i) {
      return std::tuple(label_sets_[i].refs.metric, label_sets_[i].refs.label_set);
    };
    return place(a) < place(b);
  });
  std::vector<uint32_t> rank_of(by_rank.size());
  for (uint32_t rank = 0; rank < by_rank.size(); ++rank) rank_of[by_rank[rank]] = rank;
  for (Sample& sample : samples_) sample.label_set = rank_of[sample.label_set];
  std::sort(samples_.begin(), samples_.end(), [](const Sample& a, const Sample& b) {
    return std::tie(a.source, a.time, a.label_set, a.value) <
           std::tie(b.source, b.time, b.label_set, b.value);
  });
  for (Sample& sample : samples_) sample.label_set = by_rank[sample.label_set];
  for (std::span<const Sample> rest = samples_; !rest.empty();) {
    ROLLCALL_RETURN_IF_ERROR(WriteSources(rest));
  }
  samples_.clear();
  return Status::Ok();
}

Status Importer::InternLabelSets() {
  while (first_new_label_set_ < label_sets_.size()) {
    const storage::Store::WriterLock lock = stores_.store().LockForWriting();
    storage::Batch batch(stores_.store());
    const size_t end = std::min(label_sets_.size(), first_new_label_set_ + kLabelSetsPerBatch);
    Status status;
    for (size_t i = first_new_label_set_; i < end && status.ok(); ++i) {
      const auto refs = stores_.labels().Intern(label_sets_[i].text, label_sets_[i].hash, batch);
      status = refs.status();
      if (refs.ok()) label_sets_[i].refs = *refs;
    }
    if (status.ok()) status = stores_.Commit(lock, batch);
    if (!status.ok()) {
      stores_.Abandoned();
      return status;
    }
    stores_.Committed();
    for (; first_new_label_set_ < end; ++first_new_label_set_) {
      label_sets_[first_new_label_set_].text = std::string();
    }
  }
  return Status::Ok();
}

// Writes as many sources off the front of `rest` as fill a batch.
Status Importer::WriteSources(std::span<const Sample>& rest) {
  const storage::Store::WriterLock lock = stores_.store().LockForWriting();
  storage::Batch batch(stores_.store());
  TotalsMap gains;
  MergeTally tally;
  std::vector<uint32_t> written;
  Status status;
  while (!rest.empty() && batch.bytes() < kBatchBytes && status.ok()) {
    const uint32_t source = rest.front().source;
    const auto end = std::find_if(rest.begin(), rest.end(),
                                  [&](const Sample& s) { return s.source != source; });
    const auto size = static_cast<size_t>(end - rest.begin());
    status = WriteSource(rest.first(size), batch, gains, tally);
    written.push_back(source);
    rest = rest.subspan(size);
  }
  if (status.ok()) status = stores_.totals().Add(gains, batch);
  if (status.ok() && !batch.empty()) status = stores_.Commit(lock, batch);
  if (!status.ok()) {
    stores_.Abandoned();
    return status;
  }
  stores_.Committed();
  if (ingester_ != nullptr) {
    for (const uint32_t source : written) {
      ingester_->Forget(lock, options_.fleet, sources_[source].id);
    }
  }
  tally_.reports_added += tally.reports;
  tally_.samples_added += tally.samples;
  return Status::Ok();
}

Status Importer::WriteSource(std::span<const Sample> of_source, storage::Batch& batch,
                             TotalsMap& gains, MergeTally& tally) {
  Source& source = sources_[of_source.front().source];
  if (source.ref.value == 0) {
    const UnixSeconds first{std::chrono::seconds(of_source.front().time)};
    const auto ref = stores_.sources().Intern(options_.fleet, source.id, first, batch);
    if (!ref.ok()) return ref.status();
    source.ref = *ref;
  }
  std::vector<Instant> instants;
  const auto write_month = [&]() -> Status {
    if (instants.empty()) return Status::Ok();
    const Status status =
        ImportMonth(stores_, options_.fleet, source.ref, Month::Of(instants.front().time), instants,
                    batch, gains, tally);
    instants.clear();
    return status;
  };
  for (const Sample& sample : of_source) {
    const UnixSeconds time{std::chrono::seconds(sample.time)};
    if (instants.empty() || instants.back().time != time) {
      if (!instants.empty() && Month::Of(instants.front().time) != Month::Of(time)) {
        ROLLCALL_RETURN_IF_ERROR(write_month());
      }
      instants.push_back({time, {}});
    }
    const storage::LabelDictionary::Refs& refs = label_sets_[sample.label_set].refs;
    std::vector<SeriesValue>& series = instants.back().series;
    // Sorted by value last: of a series given twice for one second the largest counts.
    if (!series.empty() && series.back().label_set == refs.label_set) series.pop_back();
    series.push_back({refs.label_set, refs.metric, sample.value});
  }
  return write_month();
}

}  // namespace rollcall::ingest
