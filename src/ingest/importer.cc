#include "ingest/importer.h"

#include <algorithm>
#include <optional>
#include <system_error>

#include "storage/retention.h"

namespace rollcall::ingest {
namespace {

using namespace std::chrono_literals;

// How much is read before the size of the load is checked.
constexpr size_t kStepBytes = 1024 * 1024;

// A load that goes to an idle writer before memory is full has at least this share of the samples
// allowed, and so many samples per series that its merges are few in comparison.
constexpr size_t kSmallLoadShare = 8;
constexpr size_t kSamplesPerSeries = 32;
// How far a load may reach back before the latest sample handed over and still count as in order.
constexpr uint32_t kOrderSlackSeconds = 24 * 60 * 60;

}  // namespace

UnixSeconds LatestImportable(storage::Stores& stores, const Clock& clock) {
  stores.time().Follow(clock.NowMilliseconds());
  return std::max(clock.Now(), stores.time().Now());
}

void Importer::TimeRange::Include(std::span<const ImportSample> samples) {
  for (const ImportSample& sample : samples) {
    earliest = std::min(earliest, sample.time);
    latest = std::max(latest, sample.time);
  }
}

void Importer::TimeRange::Include(const TimeRange& other) {
  earliest = std::min(earliest, other.earliest);
  latest = std::max(latest, other.latest);
}

Result<std::unique_ptr<Importer>> Importer::Start(storage::Stores& stores, Ingester* ingester,
                                                  const ImportOptions& options) {
  const Result<Month> earliest = storage::FirstWholeMonth(stores.store(), options.fleet);
  if (!earliest.ok()) return earliest.status();
  const ImportReaderOptions reading{
      options.id_label, options.source_label.empty() ? options.id_label : options.source_label,
      earliest->number == 0 ? UnixSeconds() : earliest->Start(), options.latest,
      stores.store().hash_seed()};
  return std::unique_ptr<Importer>(new Importer(stores, ingester, options, reading));
}

Importer::Importer(storage::Stores& stores, Ingester* ingester, const ImportOptions& options,
                   const ImportReaderOptions& reading)
    : stores_(stores),
      options_(options),
      source_label_(reading.source_label),
      format_(options.format),
      text_reader_(
          reading,
          [this](std::string_view source_id, std::string_view label_set) {
            return Resolve(source_id, label_set);
          },
          [this](uint64_t line, const std::string& reason) { return Refuse(line, reason); }),
      series_reader_(
          reading,
          [this](std::string_view source_id, std::string_view label_set) {
            return Resolve(source_id, label_set);
          },
          [this](uint64_t line, const std::string& reason) { return Refuse(line, reason); }),
      writer_(stores, ingester, options.fleet, options.kept_from, options.stop) {}

Importer::~Importer() {
  if (writing_.valid()) writing_.wait();
}

Result<uint32_t> Importer::Resolve(std::string_view source_id, std::string_view label_set) {
  const Result<uint32_t> source = SourceNumber(source_id);
  if (!source.ok()) return source;
  if (series_.size() == kMostImportSeries) {
    return Status::InvalidArgument("more than " + std::to_string(kMostImportSeries) +
                                   " series in one import");
  }
  const uint32_t label_set_number = LabelSetNumber(label_set);
  const size_t known = series_.size();
  const uint32_t series = series_.NumberOf(*source, label_set_number);
  if (series_.size() > known) load_.new_series.push_back({*source, label_set_number});
  return series;
}

Result<uint32_t> Importer::SourceNumber(std::string_view source_id) {
  id_ = source_id;
  if (const auto found = sources_.find(id_); found != sources_.end()) return found->second;
  Result<SourceId> id = SourceId::Parse(source_id);
  if (!id.ok()) return id.status().WithContext(source_label_);
  const auto [at, is_new] = sources_.emplace(id->text(), static_cast<uint32_t>(sources_.size()));
  if (is_new) load_.new_sources.push_back(std::move(id).value());
  return at->second;
}

uint32_t Importer::LabelSetNumber(std::string_view label_set) {
  const Hash128 hash = stores_.labels().HashOf(label_set);
  const auto [at, is_new] = label_sets_.emplace(hash, static_cast<uint32_t>(label_sets_.size()));
  if (is_new) load_.new_label_sets.push_back({std::string(label_set), hash});
  return at->second;
}

bool Importer::Refuse(uint64_t line, const std::string& reason) {
  ++tally_.refused;
  if (tally_.errors.size() < ImportTally::kMaxErrors || options_.strict) {
    tally_.errors.push_back("line " + std::to_string(line) + ": " + reason);
  }
  if (options_.strict) failure_ = Status::InvalidArgument(tally_.errors.back());
  return !options_.strict;
}

std::string_view Importer::DetectFormat(std::string_view piece, bool is_last) {
  start_ += piece;
  const std::optional<ImportFormat> format = DetectImportFormat(start_);
  if (!format && !is_last) return {};
  format_ = format.value_or(ImportFormat::kText);
  return start_;
}

void Importer::Read(std::string_view piece) {
  if (format_ == ImportFormat::kAuto) piece = DetectFormat(piece, false);
  if (format_ == ImportFormat::kText) text_reader_.Read(piece, load_.samples);
  if (format_ == ImportFormat::kJsonLines) series_reader_.Read(piece, load_.samples);
}

Status Importer::Feed(std::string_view piece) {
  while (!piece.empty()) {
    ROLLCALL_RETURN_IF_ERROR(failure_);
    const std::string_view step = piece.substr(0, kStepBytes);
    const size_t known = load_.samples.size();
    Read(step);
    load_times_.Include(std::span(load_.samples).subspan(known));
    piece.remove_prefix(step.size());
    ROLLCALL_RETURN_IF_ERROR(Check());
    if (IsDue()) ROLLCALL_RETURN_IF_ERROR(HandOver());
  }
  return failure_;
}

Status Importer::Finish() {
  ROLLCALL_RETURN_IF_ERROR(failure_);
  if (format_ == ImportFormat::kAuto) {
    text_reader_.Read(DetectFormat({}, true), load_.samples);
  }
  format_ == ImportFormat::kText ? text_reader_.Finish(load_.samples)
                                 : series_reader_.Finish(load_.samples);
  ROLLCALL_RETURN_IF_ERROR(Check());
  ROLLCALL_RETURN_IF_ERROR(HandOver());
  return AwaitWriter();
}

Status Importer::Check() {
  tally_.lines = text_reader_.lines() + series_reader_.lines();
  tally_.samples = samples_handed_over_ + load_.samples.size();
  tally_.not_numbers = text_reader_.not_numbers() + series_reader_.not_numbers();
  tally_.sources = sources_.size();
  tally_.series = series_.size();
  if (failure_.ok() && options_.stop.stop_requested()) {
    failure_ = Status::Unavailable("import: stopped");
  }
  // The load that is being written belongs to the writer until it is done.
  if (!failure_.ok()) static_cast<void>(AwaitWriter());
  return failure_;
}

bool Importer::IsDue() const {
  const size_t size = load_.samples.size();
  // One half is read while the other half is written.
  const size_t most = std::max<size_t>(1, options_.max_buffered_samples / 2);
  if (size >= most) return true;
  const bool in_order =
      uint64_t{load_times_.earliest} + kOrderSlackSeconds >= times_handed_over_.latest;
  return in_order && size >= most / kSmallLoadShare && size >= series_.size() * kSamplesPerSeries &&
         size > 0 && WriterIsIdle();
}

bool Importer::WriterIsIdle() const {
  return !writing_.valid() || writing_.wait_for(0s) == std::future_status::ready;
}

Status Importer::HandOver() {
  ROLLCALL_RETURN_IF_ERROR(AwaitWriter());
  samples_handed_over_ += load_.samples.size();
  times_handed_over_.Include(load_times_);
  load_times_ = {};
  std::swap(load_, written_);
  const auto write = [this] { return writer_.Write(written_); };
  try {
    writing_ = std::async(std::launch::async, write);
  } catch (const std::system_error&) {
    // There is no thread for it: write on this one.
    writing_ = std::async(std::launch::deferred, write);
  }
  return Status::Ok();
}

Status Importer::AwaitWriter() {
  if (!writing_.valid()) return failure_;
  const Status status = writing_.get();
  tally_.reports_added = writer_.reports_added();
  tally_.samples_added = writer_.samples_added();
  tally_.samples_not_kept = writer_.samples_too_old();
  if (failure_.ok()) failure_ = status;
  return failure_;
}

}  // namespace rollcall::ingest
