#include "query/stored_part.h"

#include <algorithm>

#include "storage/keys.h"

namespace rollcall::query {
namespace {

using promql::Labels;
using promql::SeriesView;

constexpr size_t kMostGathered = 8 * 1024 * 1024;  // bytes of several sources' chunks at once
constexpr uint32_t kMostRowSteps = 16;             // from row to row before a seek is cheaper
constexpr int64_t kUnknownLookback = 5 * 60'000;

}  // namespace

StoredPart::StoredPart(std::shared_ptr<const Selection> selection, size_t begin, size_t end,
                       promql::Budget& budget)
    : selection_(std::move(selection)),
      begin_(begin),
      end_(end),
      budget_(budget),
      columns_(*selection_->wanted, budget, !selection_->request.latest) {}

std::span<const MatchedSource> StoredPart::Sources() const {
  return std::span(selection_->sources).subspan(begin_, end_ - begin_);
}

Status StoredPart::Visit(const Visitor& visit) {
  const Status status =
      selection_->by_columns ? VisitByColumns(Sources(), visit) : VisitSources(Sources(), visit);
  budget_.lookbacks().Add(lookbacks_);
  return status;
}

Status StoredPart::VisitSources(std::span<const MatchedSource> sources, const Visitor& visit) {
  Gathered gathered(*selection_->buffers, budget_);
  bool overflow = false;
  ROLLCALL_RETURN_IF_ERROR(Gather(selection_->days, sources, gathered, overflow));
  if (overflow) {
    gathered.GiveBack();
    const size_t half = sources.size() / 2;
    ROLLCALL_RETURN_IF_ERROR(VisitSources(sources.first(half), visit));
    return VisitSources(sources.subspan(half), visit);
  }
  std::vector<size_t> unsure;
  for (size_t i = 0; i < sources.size(); ++i) {
    const Status read = columns_.Read(gathered.chunks[i], selection_->request.to);
    ROLLCALL_RETURN_IF_ERROR(read.WithContext("chunks of source " + sources[i].id));
    if (KnowsEnough()) {
      ROLLCALL_RETURN_IF_ERROR(Emit(sources[i], visit));
    } else {
      unsure.push_back(i);
    }
  }
  return unsure.empty() ? Status::Ok() : VisitWithEarlier(sources, unsure, gathered, visit);
}

Status StoredPart::VisitWithEarlier(std::span<const MatchedSource> sources,
                                    std::span<const size_t> which, const Gathered& gathered,
                                    const Visitor& visit) {
  std::vector<MatchedSource> again;
  for (const size_t i : which) again.push_back(sources[i]);
  Gathered earlier(*selection_->buffers, budget_);
  bool overflow = false;
  ROLLCALL_RETURN_IF_ERROR(Gather(selection_->earlier_days, again, earlier, overflow));
  if (overflow) {
    earlier.GiveBack();
    const size_t half = which.size() / 2;
    ROLLCALL_RETURN_IF_ERROR(VisitWithEarlier(sources, which.first(half), gathered, visit));
    return VisitWithEarlier(sources, which.subspan(half), gathered, visit);
  }
  for (size_t i = 0; i < again.size(); ++i) {
    std::vector<SourceColumns::Chunk>& chunks = earlier.chunks[i];
    const auto& later = gathered.chunks[which[i]];
    chunks.insert(chunks.end(), later.begin(), later.end());
    const Status read = columns_.Read(chunks, selection_->request.to);
    ROLLCALL_RETURN_IF_ERROR(read.WithContext("chunks of source " + again[i].id));
    ROLLCALL_RETURN_IF_ERROR(Emit(again[i], visit));
  }
  return Status::Ok();
}

Status StoredPart::Gather(std::span<const Day> days, std::span<const MatchedSource> sources,
                          Gathered& gathered, bool& overflow) {
  overflow = false;
  gathered.chunks.resize(sources.size());
  if (days.empty() || sources.empty()) return Status::Ok();
  struct Found {
    size_t source;
    Day day;
    size_t begin;
    size_t end;
  };
  std::vector<Found> found;
  const FleetRef fleet = selection_->fleet;
  storage::Scan scan = selection_->store.NewScan(
      storage::Table::kChunks,
      storage::EncodeKey(storage::ChunkKey{days.front(), fleet, sources.front().ref}),
      storage::EncodePrefix(days.back().number + 1), &selection_->snapshot);
  for (const Day day : days) {
    ROLLCALL_RETURN_IF_ERROR(budget_.Check());
    size_t i = 0;
    scan.Seek(storage::EncodeKey(storage::ChunkKey{day, fleet, sources.front().ref}));
    while (scan.Valid()) {
      const auto key = storage::DecodeChunkKey(scan.key());
      if (!key) return Status::DataLoss("read chunks: a key is damaged");
      if (key->day != day || key->fleet != fleet) break;
      while (i < sources.size() && sources[i].ref < key->source) ++i;
      if (i == sources.size()) break;
      if (sources[i].ref == key->source) {
        const size_t begin = gathered.bytes.size();
        gathered.bytes += scan.value();
        found.push_back({i, day, begin, gathered.bytes.size()});
        if (gathered.bytes.size() > kMostGathered && sources.size() > 1) {
          overflow = true;
          return Status::Ok();
        }
        scan.Next();
      } else if (sources[i].ref.value - key->source.value > kMostRowSteps) {
        scan.Seek(storage::EncodeKey(storage::ChunkKey{day, fleet, sources[i].ref}));
      } else {
        scan.Next();
      }
    }
    ROLLCALL_RETURN_IF_ERROR(scan.status());
    const uint64_t more = gathered.bytes.size() - gathered.charged;
    gathered.charged += more;
    ROLLCALL_RETURN_IF_ERROR(budget_.TakeMemory(more));
  }
  for (const Found& one : found) {
    gathered.chunks[one.source].push_back(
        {one.day, std::string_view(gathered.bytes).substr(one.begin, one.end - one.begin)});
  }
  return Status::Ok();
}

void StoredPart::Gathered::GiveBack() {
  chunks.clear();
  budget.GiveMemory(charged);
  charged = 0;
  if (bytes.capacity() != 0) buffers.Give(std::move(bytes));
  bytes = {};
}

bool StoredPart::KnowsEnough() const {
  const promql::SelectRequest& request = selection_->request;
  if (!request.latest || request.lookback_ms || selection_->earlier_days.empty()) return true;
  if (columns_.series().empty()) return false;
  const int64_t first = selection_->first_ms;
  for (const uint32_t series : columns_.series()) {
    const uint32_t axis = columns_.AxisOf(series);
    const uint64_t reports =
        by_columns_ ? columns_.GapsOf(axis).reports() : columns_.TimesOf(axis).size();
    if (reports < kReportsOfInterval || request.after - *LookbackOf(axis) < first) {
      return false;
    }
  }
  return true;
}

std::optional<int64_t> StoredPart::LookbackOf(uint32_t axis) const {
  const promql::SelectRequest& request = selection_->request;
  if (request.lookback_ms) return *request.lookback_ms;
  const auto standing = [](int64_t interval) { return interval / 8 * 9; };
  if (by_columns_) {
    const auto interval = columns_.GapsOf(axis).interval();
    if (interval && !interval->is_exact && standing(interval->at_most) > request.step_ms) {
      return std::nullopt;
    }
    return std::max(request.step_ms, interval ? standing(interval->at_most) : kUnknownLookback);
  }
  const auto interval = IntervalOf(columns_.TimesOf(axis));
  return std::max(request.step_ms, interval ? standing(*interval) : kUnknownLookback);
}

Status StoredPart::Emit(const MatchedSource& source, const Visitor& visit) {
  const promql::SelectRequest& request = selection_->request;
  struct OfAxis {
    uint64_t number = 0;
    uint32_t begin = 0;
    int64_t lookback_ms = 0;
  };
  std::vector<OfAxis> axes(columns_.axes());
  ROLLCALL_RETURN_IF_ERROR(budget_.TakeSeries(columns_.series().size()));
  for (const uint32_t series : columns_.series()) {
    const uint32_t axis = columns_.AxisOf(series);
    const std::span<const int64_t> times = columns_.TimesOf(axis);
    OfAxis& of = axes[axis];
    if (of.number == 0) {
      of.number = ++axes_visited_;
      of.lookback_ms = request.latest ? *LookbackOf(axis) : 0;
      const int64_t after = request.after - (request.latest ? of.lookback_ms : 0);
      of.begin = static_cast<uint32_t>(std::upper_bound(times.begin(), times.end(), after) -
                                       times.begin());
    }
    const std::span<const promql::Run> runs = columns_.RunsFrom(series, of.begin);
    if (runs.empty()) continue;
    if (request.latest) ++lookbacks_[of.lookback_ms];
    Labels& labels = LabelsOf(series);
    labels.Set(selection_->id_label, source.id);
    ROLLCALL_RETURN_IF_ERROR(
        visit(SeriesView{labels, times.subspan(of.begin), runs, of.lookback_ms, of.number}));
  }
  return Status::Ok();
}

Labels& StoredPart::LabelsOf(uint32_t series) {
  if (labels_.size() <= series) labels_.resize(series + 1);
  if (labels_[series].empty()) {
    labels_[series] = selection_->wanted->labels[columns_.LabelSetOf(series)];
  }
  return labels_[series];
}

}  // namespace rollcall::query
