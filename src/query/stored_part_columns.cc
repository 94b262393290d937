// Parts whose closed days are read from their columns.
#include <algorithm>
#include <deque>

#include "query/promql/memory_charge.h"
#include "query/stored_part.h"
#include "storage/day_column_reader.h"
#include "storage/keys.h"
#include "storage/period_codec.h"

namespace rollcall::query {
namespace {

// The chunks of a source with more irregular days are read in one go.
constexpr size_t kMostIrregularDays = 16;

}  // namespace

struct StoredPart::Columns {
  // A reader of a day's rows that goes to a source, as sources ascend.
  template <typename Reader>
  class Cursor {
   public:
    Cursor(std::string_view row, uint32_t block)
        : reader_(row, block), is_at_end_(!reader_.Next()) {}

    // Returns whether the row has the source. DataLoss: it is damaged.
    Result<bool> GoTo(SourceRef source) {
      while (!is_at_end_ && reader_.source() < source) is_at_end_ = !reader_.Next();
      if (!reader_.status().ok()) return reader_.status();
      return !is_at_end_ && reader_.source() == source;
    }
    const Reader& reader() const { return reader_; }

   private:
    Reader reader_;
    bool is_at_end_;
  };

  struct OfDay {
    OfDay(Day on, std::string_view row, uint32_t block) : day(on), streams(row, block) {}

    Day day;
    Cursor<storage::StreamsReader> streams;
    std::vector<Cursor<storage::ColumnReader>> metrics;
  };

  explicit Columns(promql::Budget& budget) : charge(budget) {}

  std::deque<std::string> rows;  // which the cursors read
  std::vector<OfDay> days;
  std::vector<Day> days_without;
  promql::MemoryCharge charge;
};

Status StoredPart::VisitByColumns(std::span<const MatchedSource> sources, const Visitor& visit) {
  std::vector<MatchedSource> untold;
  bool overflow = false;
  {
    Columns columns(budget_);
    ROLLCALL_RETURN_IF_ERROR(GatherColumns(storage::ColumnBlockOf(sources.front().ref), columns));
    if (columns.days.empty()) return VisitSources(sources, visit);
    Gathered gathered(*selection_->buffers, budget_);
    ROLLCALL_RETURN_IF_ERROR(Gather(columns.days_without, sources, gathered, overflow));
    by_columns_ = true;
    for (size_t i = 0; i < sources.size() && !overflow; ++i) {
      const Result<bool> told = ReadByColumns(sources[i].ref, columns, gathered.chunks[i]);
      if (!told.ok()) return told.status().WithContext("source " + sources[i].id);
      if (*told) {
        ROLLCALL_RETURN_IF_ERROR(Emit(sources[i], visit));
      } else {
        untold.push_back(sources[i]);
      }
    }
    by_columns_ = false;
  }
  if (overflow) {
    const size_t half = sources.size() / 2;
    ROLLCALL_RETURN_IF_ERROR(VisitByColumns(sources.first(half), visit));
    return VisitByColumns(sources.subspan(half), visit);
  }
  return untold.empty() ? Status::Ok() : VisitSources(untold, visit);
}

Status StoredPart::GatherColumns(uint32_t block, Columns& columns) {
  std::vector<MetricRef> metrics = selection_->wanted->metric_refs;
  std::sort(metrics.begin(), metrics.end());
  const auto prefix = [&](Day day) {
    return storage::EncodeKey(storage::PeriodKey{Period::Of(day), selection_->fleet});
  };
  if (selection_->days.empty()) return Status::Ok();
  storage::Scan scan = selection_->store.NewScan(
      storage::Table::kPeriods, prefix(selection_->days.front()),
      storage::RangeOf(prefix(selection_->days.back())).end, &selection_->snapshot);
  // Returns the row of that key; nullptr where there is none.
  const auto find = [&](const std::string& key) -> Result<const std::string*> {
    scan.Seek(key);
    ROLLCALL_RETURN_IF_ERROR(scan.status());
    if (!scan.Valid() || scan.key() != key) return nullptr;
    columns.rows.emplace_back(scan.value());
    ROLLCALL_RETURN_IF_ERROR(columns.charge.Take(columns.rows.back().size()));
    return &columns.rows.back();
  };
  for (const Day day : selection_->days) {
    // Spans that go beyond `to` would count reports after it towards the interval.
    const bool is_whole = (int64_t{day.number} + 1) * kMsPerDay <= selection_->request.to + 1;
    const std::string* streams = nullptr;
    if (is_whole || !selection_->request.latest) {
      const auto found = find(prefix(day) + storage::EncodeStreamsColumnKey(block));
      if (!found.ok()) return found.status();
      streams = *found;
    }
    if (streams == nullptr) {
      columns.days_without.push_back(day);
      continue;
    }
    Columns::OfDay& of_day = columns.days.emplace_back(day, *streams, block);
    for (const MetricRef metric : metrics) {
      const auto found = find(prefix(day) + storage::EncodeColumnKey(metric, block));
      if (!found.ok()) return found.status();
      if (*found != nullptr) of_day.metrics.emplace_back(**found, block);
    }
  }
  return Status::Ok();
}

Result<bool> StoredPart::ReadByColumns(SourceRef source, Columns& columns,
                                       std::span<const SourceColumns::Chunk> chunks) {
  std::deque<std::string> irregular;  // chunks
  promql::MemoryCharge charge(budget_);
  columns_.BeginDays(selection_->request.to, selection_->request.instants);
  const auto add_chunks_before = [&](Day day) {
    while (!chunks.empty() && chunks.front().day < day) {
      ROLLCALL_RETURN_IF_ERROR(columns_.Add(chunks.front(), false));
      chunks = chunks.subspan(1);
    }
    return Status::Ok();
  };
  for (Columns::OfDay& day : columns.days) {
    const Result<bool> has_reported = day.streams.GoTo(source);
    if (!has_reported.ok()) return has_reported.status().WithContext(day.day.ToString());
    if (!*has_reported) continue;
    const storage::StreamsReader& streams = day.streams.reader();
    if (streams.is_irregular()) {
      if (irregular.size() == kMostIrregularDays) return false;
      Result<std::string> chunk = ChunkOf(source, day.day);
      if (!chunk.ok()) return chunk.status();
      ROLLCALL_RETURN_IF_ERROR(charge.Take(chunk->size()));
      irregular.push_back(std::move(*chunk));
      ROLLCALL_RETURN_IF_ERROR(add_chunks_before(day.day));
      ROLLCALL_RETURN_IF_ERROR(columns_.Add(SourceColumns::Chunk{day.day, irregular.back()}, true));
      continue;
    }
    items_.clear();
    for (auto& metric : day.metrics) {
      const Result<bool> has_metric = metric.GoTo(source);
      if (!has_metric.ok()) return has_metric.status().WithContext(day.day.ToString());
      if (!*has_metric) continue;
      const auto items = metric.reader().items();
      items_.insert(items_.end(), items.begin(), items.end());
    }
    if (items_.empty()) continue;
    ROLLCALL_RETURN_IF_ERROR(add_chunks_before(day.day));
    ROLLCALL_RETURN_IF_ERROR(columns_.Add(
        SourceColumns::SpanDay{day.day, streams.spans(), streams.stream_ends(), items_}));
  }
  while (!chunks.empty()) {
    ROLLCALL_RETURN_IF_ERROR(columns_.Add(chunks.front(), false));
    chunks = chunks.subspan(1);
  }
  const Result<bool> told = columns_.EndDays();
  if (!told.ok() || !*told) return told;
  return IsToldByColumns() && KnowsEnough();
}

Result<std::string> StoredPart::ChunkOf(SourceRef source, Day day) const {
  auto chunk = selection_->store.Get(
      storage::Table::kChunks,
      storage::EncodeKey(storage::ChunkKey{day, selection_->fleet, source}), &selection_->snapshot);
  if (!chunk.ok()) return chunk.status();
  if (!chunk->has_value()) return Status::DataLoss(day.ToString() + ": the chunk is not there");
  return std::move(**chunk);
}

bool StoredPart::IsToldByColumns() const {
  const promql::SelectRequest& request = selection_->request;
  return std::all_of(columns_.series().begin(), columns_.series().end(), [&](uint32_t series) {
    const uint32_t axis = columns_.AxisOf(series);
    const auto stands = request.latest ? LookbackOf(axis) : request.range_ms;
    return stands && columns_.GapsOf(axis).longest_of_spans() <= *stands;
  });
}

}  // namespace rollcall::query
