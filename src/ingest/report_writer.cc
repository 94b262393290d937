#include "ingest/report_writer.h"

#include <algorithm>
#include <unordered_set>

#include "storage/keys.h"
#include "storage/peaks_change.h"
#include "storage/row_codec.h"

namespace rollcall::ingest {
namespace {

using storage::Table;

// A row that is larger is written as what changed, and whole once the changes since have become as
// large as the row: a report writes of it no more than twice what it changes, and a reader merges
// no more than twice the row. Most rows of real fleets are smaller, and a scan finds them whole.
constexpr size_t kMaxPeaksWrittenWhole = 256;

// The fewest bytes of a series in an encoded row: its difference and its peak.
constexpr size_t kLeastBytesOfSeries = 2;

// Series are sorted by it: by metric, then label set.
uint64_t PlaceOf(const SeriesValue& s) {
  return uint64_t{s.metric.value} << 32 | s.label_set.value;
}

int64_t SecondsBetween(UnixSeconds from, UnixSeconds to) { return (to - from).count(); }

unsigned DayOfMonth(Day day) { return day.number - Month::Of(day).FirstDay().number + 1; }

}  // namespace

Result<std::optional<Outcome>> ReportWriter::Write(const PreparedReport& report, UnixSeconds time,
                                                   storage::Transaction& transaction,
                                                   TotalsMap& gains) {
  const auto* const parsed = std::get_if<ParsedReport>(&report.content);
  if (parsed != nullptr && parsed->samples.empty()) return std::optional(Outcome::kEmpty);
  if (std::max(work_.series.capacity(), work_.peaks.series.capacity()) > kMaxKeptSeries) work_ = {};
  const std::optional<uint64_t> sender = report.intake.sender;
  if (sender && IsOver(limits_.TakeReport(report.id_hash))) return std::optional(Outcome::kLimited);
  const Result<SourceState*> found =
      sources_.Get(report.intake.fleet, report.id, report.id_hash, time, transaction,
                   [&] { return !sender || !IsOver(limits_.TakeSource(*sender)); });
  if (!found.ok()) return found.status();
  if (*found == nullptr) return std::optional(Outcome::kLimited);
  SourceState& source = **found;
  ROLLCALL_RETURN_IF_ERROR(sources_.LoadChunk(source, Day::Of(time)));
  if (StreamState* same = FindSame(source, report.fingerprint)) {
    const Result<Outcome> outcome = WriteSame(source, *same, time, transaction, gains);
    if (!outcome.ok()) return outcome.status();
    return std::optional(*outcome);
  }
  if (parsed == nullptr) return std::optional<Outcome>();
  const Result<Outcome> outcome = WriteSeries(source, report, *parsed, time, transaction, gains);
  if (!outcome.ok()) return outcome.status();
  return std::optional(*outcome);
}

bool ReportWriter::IsOver(std::optional<FloodLimit> met) {
  if (met) limit_ = *met;
  return met.has_value();
}

StreamState* ReportWriter::FindSame(SourceState& source, const Hash128& fingerprint) const {
  for (StreamState& stream : source.streams) {
    if (stream.in_use && stream.fingerprint_known && stream.fingerprint == fingerprint) {
      return &stream;
    }
  }
  return nullptr;
}

// Returns the stream's slot; else a free one; else the least recently used.
StreamState& ReportWriter::FindSlot(SourceState& source, uint64_t metrics_hash) {
  for (StreamState& stream : source.streams) {
    if (stream.in_use && stream.metrics_hash == metrics_hash) return stream;
  }
  const auto free = std::find_if(source.streams.begin(), source.streams.end(),
                                 [](const StreamState& s) { return !s.in_use; });
  if (free != source.streams.end()) return *free;
  if (source.streams.size() < storage::kStreamSlots) return source.streams.emplace_back();
  StreamState& oldest = *std::min_element(
      source.streams.begin(), source.streams.end(),
      [](const StreamState& a, const StreamState& b) { return a.last_used < b.last_used; });
  oldest = StreamState();
  const auto slot = static_cast<size_t>(&oldest - source.streams.data());
  for (StreamState& stream : source.streams) stream.disjoint[slot] = false;
  return oldest;
}

Status ReportWriter::FindSeries(const ParsedReport& parsed,
                                const storage::Transaction& transaction) {
  work_.series.clear();
  work_.unknown.clear();
  for (size_t i = 0; i < parsed.samples.size(); ++i) {
    const auto refs = labels_.Find(parsed.samples[i].hash, transaction);
    if (!refs.ok()) return refs.status();
    if (refs->label_set.value == 0) {
      work_.unknown.push_back(i);
    } else {
      work_.series.push_back({refs->label_set, refs->metric, parsed.samples[i].value});
    }
  }
  return Status::Ok();
}

Status ReportWriter::AddUnknown(const ParsedReport& parsed, storage::Transaction& transaction) {
  for (const size_t i : work_.unknown) {
    const ParsedReport::Sample& sample = parsed.samples[i];
    const auto refs = labels_.Add(parsed.LabelSet(sample), sample.hash, transaction);
    if (!refs.ok()) return refs.status();
    work_.series.push_back({refs->label_set, refs->metric, sample.value});
  }
  std::sort(work_.series.begin(), work_.series.end(),
            [](const SeriesValue& a, const SeriesValue& b) { return PlaceOf(a) < PlaceOf(b); });
  return Status::Ok();
}

// Called before the unknown label sets are added, so that a refused report leaves none behind.
Result<bool> ReportWriter::HasRoomFor(SourceState& source, Month month) {
  ROLLCALL_RETURN_IF_ERROR(sources_.LoadPeaks(source, month));
  const size_t of_report = work_.series.size() + work_.unknown.size();
  if (source.peaks.size() / kLeastBytesOfSeries + of_report <= max_month_label_sets_) return true;
  ROLLCALL_RETURN_IF_ERROR(storage::DecodePeaks(source.peaks, work_.peaks));
  std::unordered_set<uint32_t> known;
  for (const SeriesPeak& series : work_.peaks.series) known.insert(series.label_set.value);
  size_t label_sets = known.size() + work_.unknown.size();
  for (const SeriesValue& series : work_.series) {
    label_sets += known.contains(series.label_set.value) ? 0 : 1;
  }
  // The source may already have more, from an import.
  return label_sets <= std::max(max_month_label_sets_, known.size());
}

Result<Outcome> ReportWriter::WriteSame(SourceState& source, StreamState& stream, UnixSeconds time,
                                        storage::Transaction& transaction, TotalsMap& gains) {
  const Day day = Day::Of(time);
  const auto slot = static_cast<unsigned>(&stream - source.streams.data());
  const bool first_of_day = stream.day != day;
  work_.entry.clear();
  if (first_of_day) {
    storage::AppendFullEntry(slot, SecondsBetween(day.Start(), time), stream.series, work_.entry);
  } else {
    storage::AppendSameEntry(slot, SecondsBetween(source.chunk_time, time), work_.entry);
  }
  if (first_of_day || stream.overlaid) {
    ROLLCALL_RETURN_IF_ERROR(storage::DecodeSeries(stream.series, work_.series));
    ROLLCALL_RETURN_IF_ERROR(UpdatePeaks(source, day, transaction, gains));
    MarkOverlaid(source, stream);
  }
  AppendEntry(source, stream, time, transaction);
  return first_of_day ? Outcome::kFull : Outcome::kSame;
}

Result<Outcome> ReportWriter::WriteSeries(SourceState& source, const PreparedReport& report,
                                          const ParsedReport& parsed, UnixSeconds time,
                                          storage::Transaction& transaction, TotalsMap& gains) {
  const Day day = Day::Of(time);
  ROLLCALL_RETURN_IF_ERROR(FindSeries(parsed, transaction));
  const Result<bool> has_room = HasRoomFor(source, Month::Of(day));
  if (!has_room.ok()) return has_room.status();
  if (!*has_room) return Outcome::kTooLarge;
  if (report.intake.sender &&
      IsOver(limits_.TakeLabelSets(source.fleet, work_.unknown.size(), labels_.size()))) {
    return Outcome::kLimited;
  }
  ROLLCALL_RETURN_IF_ERROR(AddUnknown(parsed, transaction));
  const uint64_t metrics_hash = HashOfMetrics(work_.series);
  StreamState& stream = FindSlot(source, metrics_hash);
  const auto slot = static_cast<unsigned>(&stream - source.streams.data());

  const int64_t second_of_day = SecondsBetween(day.Start(), time);
  work_.encoded.clear();
  storage::EncodeSeries(work_.series, work_.encoded);
  work_.entry.clear();
  Outcome outcome = Outcome::kFull;
  if (stream.in_use && stream.day == day) {
    const int64_t seconds = SecondsBetween(source.chunk_time, time);
    if (stream.series == work_.encoded) {
      storage::AppendSameEntry(slot, seconds, work_.entry);
    } else {
      ROLLCALL_RETURN_IF_ERROR(storage::DecodeSeries(stream.series, work_.other));
      storage::AppendShorterEntry(slot, second_of_day, seconds, work_.other, work_.series,
                                  work_.encoded, work_.entry);
    }
    outcome = Outcome::kChanged;
  } else {
    storage::AppendFullEntry(slot, second_of_day, work_.encoded, work_.entry);
  }

  ROLLCALL_RETURN_IF_ERROR(UpdatePeaks(source, day, transaction, gains));
  stream.in_use = true;
  stream.metrics_hash = metrics_hash;
  stream.fingerprint = report.fingerprint;
  stream.fingerprint_known = !parsed.has_multiline_value;
  stream.series = work_.encoded;
  MarkOverlaid(source, stream);
  AppendEntry(source, stream, time, transaction);
  return outcome;
}

void ReportWriter::AppendEntry(SourceState& source, StreamState& stream, UnixSeconds time,
                               storage::Transaction& transaction) const {
  const Day day = Day::Of(time);
  transaction.Merge(Table::kChunks, EncodeKey(storage::ChunkKey{day, source.fleet, source.ref}),
                    work_.entry);
  source.chunk_time = time;
  stream.day = day;
  stream.last_used = ++source.reports;
}

Status ReportWriter::UpdatePeaks(SourceState& source, Day day, storage::Transaction& transaction,
                                 TotalsMap& gains) {
  const Month month = Month::Of(day);
  ROLLCALL_RETURN_IF_ERROR(sources_.LoadPeaks(source, month));
  ROLLCALL_RETURN_IF_ERROR(storage::DecodePeaks(source.peaks, work_.peaks));
  const PeaksChange change =
      AddReport(work_.series, DayOfMonth(day), work_.peaks, work_.next_peaks);
  if (!change.row) return Status::Ok();
  if (change.peak && ledger_.Follows({month, source.fleet})) {
    const Status added = AddGains(source, gains);
    // A damaged row of an earlier month stops what is counted from it, but not the report.
    if (added.code() == Code::kDataLoss) {
      ledger_.Drop({month, source.fleet}, transaction);
    } else if (!added.ok()) {
      return added;
    }
  }
  WritePeaks(source, transaction);
  return Status::Ok();
}

// work_.peaks becomes work_.next_peaks.
Status ReportWriter::AddGains(SourceState& source, TotalsMap& gains) {
  ROLLCALL_RETURN_IF_ERROR(sources_.LoadBefore(source));
  PeaksRow quarter_before;
  PeaksRow year_before;
  ROLLCALL_RETURN_IF_ERROR(storage::DecodePeaks(source.quarter_before, quarter_before));
  ROLLCALL_RETURN_IF_ERROR(storage::DecodePeaks(source.year_before, year_before));
  AddPeaksChange(source.month, source.fleet, work_.peaks, work_.next_peaks, quarter_before,
                 year_before, gains);
  return Status::Ok();
}

// work_.peaks became work_.next_peaks.
void ReportWriter::WritePeaks(SourceState& source, storage::Transaction& transaction) {
  const std::string key = EncodeKey(storage::PeaksKey{source.month, source.fleet, source.ref});
  const size_t old_size = source.peaks.size();
  source.peaks = storage::EncodePeaks(work_.next_peaks);
  if (old_size > kMaxPeaksWrittenWhole) {
    const std::string change = storage::EncodePeaksChange(work_.peaks, work_.next_peaks);
    source.peaks_change_bytes += change.size();
    if (source.peaks_change_bytes <= source.peaks.size()) {
      transaction.Merge(Table::kPeaks, key, change);
      return;
    }
  }
  source.peaks_change_bytes = 0;
  transaction.Put(Table::kPeaks, key, source.peaks);
}

// The report of `by`, in work_.series, had the last word on its metrics.
void ReportWriter::MarkOverlaid(SourceState& source, StreamState& by) {
  for (size_t slot = 0; slot < source.streams.size(); ++slot) {
    StreamState& stream = source.streams[slot];
    if (&stream == &by || !stream.in_use || stream.overlaid || by.disjoint[slot]) continue;
    stream.overlaid = !storage::DecodeSeries(stream.series, work_.other).ok() ||
                      ShareMetric(work_.other, work_.series);
    by.disjoint[slot] = !stream.overlaid;
  }
  by.overlaid = false;
}

}  // namespace rollcall::ingest
