#include "query/exporter.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "parse/series_json_writer.h"
#include "parse/text_writer.h"
#include "storage/coding.h"
#include "storage/keys.h"

namespace rollcall::query {
namespace {

using std::chrono::steady_clock;
using storage::Table;

constexpr size_t kPieceBytes = 256 * 1024;
constexpr size_t kSourcesAtOnce = 256;
constexpr std::chrono::milliseconds kTurn{20};

}  // namespace

Exporter::Exporter(storage::Stores& stores, ExportOptions options)
    : stores_(stores),
      options_(std::move(options)),
      table_(stores, options_.format, options_.source_label, options_.selectors) {
  done_ = options_.from >= options_.to;
}

Result<bool> Exporter::Next(std::string& out) {
  const auto turn_ends = steady_clock::now() + kTurn;
  const size_t full = out.size() + kPieceBytes;
  for (;;) {
    if (next_sample_ < window_.samples().size()) {
      options_.format == ExportFormat::kText ? WriteText(full, out) : WriteJsonLines(full, out);
      if (out.size() >= full) return true;
    }
    if (done_) return false;
    if (steady_clock::now() >= turn_ends) return true;
    ROLLCALL_RETURN_IF_ERROR(Advance());
  }
}

Status Exporter::Advance() {
  window_.samples().clear();
  next_sample_ = 0;
  if (next_source_ < sources_.size()) return ReadWindow(sources_[next_source_]);
  if (more_sources_) return ReadSources();
  return NextDay();
}

Status Exporter::NextDay() {
  const Day from = has_day_ ? Day{day_.number + 1} : Day::Of(options_.from);
  // The day after the last one that has a part before `to`.
  const Day end{Day::Of(options_.to - std::chrono::seconds(1)).number + 1};
  const storage::Scan scan = stores_.store().NewScan(
      Table::kChunks, storage::EncodePrefix(from.number), storage::EncodePrefix(end.number));
  if (!scan.Valid()) {
    done_ = true;
    return scan.status();
  }
  const auto key = storage::DecodeChunkKey(scan.key());
  if (!key) return Status::DataLoss("export: a key of chunks is not one");
  day_ = key->day;
  has_day_ = true;
  after_key_ = storage::EncodeSourceKey(options_.fleet, "");
  return ReadSources();
}

Status Exporter::ReadSources() {
  sources_.clear();
  next_source_ = 0;
  from_ = options_.from;
  const storage::KeyRange range = storage::RangeOfSources(options_.fleet);
  const size_t id_at = range.begin.size();
  storage::Scan scan = stores_.store().NewScan(Table::kSources, after_key_, range.end);
  size_t looked_at = 0;
  for (; scan.Valid() && looked_at < kSourcesAtOnce; scan.Next(), ++looked_at) {
    after_key_ = scan.key();
    const std::string_view id = std::string_view(after_key_).substr(id_at);
    if (table_.WantedOf(id) == 0) continue;
    storage::Reader reader(scan.value());
    const SourceRef ref{reader.Varint32()};
    if (!reader.ok()) return Status::DataLoss("export: source " + std::string(id) + ": no number");
    sources_.push_back({ref, std::string(id)});
  }
  more_sources_ = scan.Valid();
  after_key_ += '\0';  // the first key behind it
  return scan.status();
}

Status Exporter::ReadWindow(const Source& source) {
  const auto chunk = stores_.store().Get(
      Table::kChunks, storage::EncodeKey(storage::ChunkKey{day_, options_.fleet, source.ref}));
  if (!chunk.ok()) return chunk.status();
  UnixSeconds to = options_.to;
  if (chunk->has_value()) {
    series_.clear();
    table_.Trim();
    const uint64_t wanted = table_.WantedOf(source.id);
    std::unordered_map<uint32_t, int64_t> numbers;
    const auto number = [&](LabelSetRef ref) -> Result<int64_t> {
      const auto [at, is_new] = numbers.try_emplace(ref.value, -1);
      if (!is_new) return at->second;
      const Result<const ExportSeries*> series = table_.Find(ref);
      if (!series.ok()) return series.status();
      if (((*series)->wanted & wanted) == 0) return at->second;
      series_.push_back(*series);
      return at->second = static_cast<int64_t>(series_.size()) - 1;
    };
    ROLLCALL_RETURN_IF_ERROR(window_.Read(day_, **chunk, from_, to, number)
                                 .WithContext("export " + day_.ToString() + " of " + source.id));
    source_id_ = source.id;
    RankSeries();
    exported_ += window_.samples().size();
  }
  from_ = to;
  if (to == options_.to) {
    from_ = options_.from;
    ++next_source_;
  }
  return Status::Ok();
}

// Numbers the series by their label sets' texts, and sorts by that.
void Exporter::RankSeries() {
  std::vector<uint32_t> order(series_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return series_[a]->label_set < series_[b]->label_set; });
  std::vector<uint32_t> rank_of(order.size());
  std::vector<const ExportSeries*> ranked(order.size());
  for (uint32_t rank = 0; rank < order.size(); ++rank) {
    rank_of[order[rank]] = rank;
    ranked[rank] = series_[order[rank]];
  }
  series_ = std::move(ranked);
  for (WindowSample& sample : window_.samples()) sample.series = rank_of[sample.series];
  options_.format == ExportFormat::kText ? SortByTime(window_.samples())
                                         : SortBySeries(window_.samples());
}

void Exporter::WriteText(size_t full, std::string& out) {
  const std::vector<WindowSample>& samples = window_.samples();
  for (; next_sample_ < samples.size() && out.size() < full; ++next_sample_) {
    const WindowSample& sample = samples[next_sample_];
    const ExportSeries& series = *series_[sample.series];
    out.append(series.head).append(source_id_).append(series.tail) += ' ';
    AppendTextValue(sample.value, out);
    out.append(" ").append(std::to_string(sample.time)) += '\n';
  }
}

void Exporter::WriteJsonLines(size_t full, std::string& out) {
  const std::vector<WindowSample>& samples = window_.samples();
  while (next_sample_ < samples.size() && out.size() < full) {
    const size_t begin = next_sample_;
    const uint32_t number = samples[begin].series;
    size_t end = begin;
    while (end < samples.size() && samples[end].series == number) ++end;
    const ExportSeries& series = *series_[number];
    out.append("{\"metric\":").append(series.head).append(source_id_).append(series.tail);
    out.append(",\"values\":[");
    for (size_t i = begin; i < end; ++i) {
      if (i > begin) out += ',';
      AppendJsonValue(samples[i].value, out);
    }
    out.append("],\"timestamps\":[");
    for (size_t i = begin; i < end; ++i) {
      if (i > begin) out += ',';
      out.append(std::to_string(samples[i].time));
    }
    out.append("]}\n");
    next_sample_ = end;
  }
}

}  // namespace rollcall::query
