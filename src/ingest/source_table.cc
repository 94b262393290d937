#include "ingest/source_table.h"

#include "base/log.h"
#include "storage/keys.h"
#include "storage/peaks_reader.h"
#include "storage/row_codec.h"

namespace rollcall::ingest {
namespace {

using storage::Table;

}  // namespace

size_t SourceState::bytes() const {
  size_t total = sizeof(SourceState) + id.text().capacity() + peaks.capacity() +
                 quarter_before.capacity() + year_before.capacity();
  for (const StreamState& stream : streams) total += sizeof(stream) + stream.series.capacity();
  // The list node and the index entry.
  return total + 128;
}

Result<SourceState*> SourceTable::Get(FleetRef fleet, const SourceId& id, const Hash128& id_hash,
                                      UnixSeconds now, storage::Transaction& transaction,
                                      const std::function<bool()>& may_be_new) {
  const auto found = index_.find(id_hash);
  if (found != index_.end() && found->second->state.id == id &&
      found->second->state.fleet == fleet) {
    const Nodes::iterator node = found->second;
    nodes_.splice(nodes_.begin(), nodes_, node);
    if (!node->touched) {
      node->touched = true;
      touched_.push_back(node);
    }
    return &node->state;
  }
  if (found != index_.end()) return Status::Internal("two ids with one hash: " + id.text());
  const Result<SourceRef> ref = directory_.Intern(fleet, id, now, transaction, may_be_new);
  if (!ref.ok()) return ref.status();
  if (ref->value == 0) return nullptr;
  nodes_.push_front(Node{id_hash, SourceState(fleet, id, *ref), 0, true});
  index_[id_hash] = nodes_.begin();
  touched_.push_back(nodes_.begin());
  return &nodes_.front().state;
}

Status SourceTable::LoadChunk(SourceState& state, Day day) {
  if (state.chunk_known && state.chunk_day == day) return Status::Ok();
  const auto stored =
      store_.Get(Table::kChunks, EncodeKey(storage::ChunkKey{day, state.fleet, state.ref}));
  if (!stored.ok()) return stored.status();
  state.chunk_known = true;
  state.chunk_day = day;
  state.chunk_time = day.Start();
  if (!stored->has_value()) return Status::Ok();

  storage::ChunkReader reader(day, **stored);
  while (reader.Next()) state.chunk_time = reader.time();
  if (!reader.status().ok()) {
    // The next entries are written in full, so they do not depend on the damaged ones.
    log::Error("chunk {} of source {}: {}", day.ToString(), state.ref.value,
               reader.status().message());
    return Status::Ok();
  }
  state.streams.assign(storage::kStreamSlots, StreamState());
  for (unsigned slot = 0; slot < storage::kStreamSlots; ++slot) {
    if (!reader.InUse(slot)) continue;
    StreamState& stream = state.streams[slot];
    stream.in_use = true;
    // The stored row says what the last report made current, whichever stream that was of.
    stream.overlaid = true;
    stream.day = day;
    stream.metrics_hash = HashOfMetrics(reader.LatestOf(slot));
    storage::EncodeSeries(reader.LatestOf(slot), stream.series);
  }
  return Status::Ok();
}

Status SourceTable::LoadPeaks(SourceState& state, Month month) {
  if (state.peaks_known && state.month == month) return Status::Ok();
  auto stored =
      store_.Get(Table::kPeaks, EncodeKey(storage::PeaksKey{month, state.fleet, state.ref}));
  if (!stored.ok()) return stored.status();
  state.peaks_known = true;
  state.before_known = false;
  state.month = month;
  state.peaks_change_bytes = 0;
  state.peaks = stored->has_value() ? std::move(**stored) : storage::EncodePeaks(PeaksRow());
  return Status::Ok();
}

Status SourceTable::LoadBefore(SourceState& state) {
  if (state.before_known) return Status::Ok();
  const storage::PeaksKey key{state.month, state.fleet, state.ref};
  PeaksRow row;
  ROLLCALL_RETURN_IF_ERROR(
      storage::MergePeaksBefore(store_, key, 1, MonthsOf(Span::kQuarter), row));
  state.quarter_before = storage::EncodePeaks(row);
  ROLLCALL_RETURN_IF_ERROR(
      storage::MergePeaksBefore(store_, key, MonthsOf(Span::kQuarter), MonthsOf(Span::kYear), row));
  state.year_before = storage::EncodePeaks(row);
  state.before_known = true;
  return Status::Ok();
}

void SourceTable::Forget(Nodes::iterator node) {
  bytes_ -= node->counted_bytes;
  index_.erase(node->id_hash);
  nodes_.erase(node);
}

void SourceTable::Forget(const Hash128& id_hash, const storage::Transaction&) {
  if (const auto found = index_.find(id_hash); found != index_.end()) Forget(found->second);
}

void SourceTable::Committed() {
  for (const Nodes::iterator node : touched_) {
    node->touched = false;
    bytes_ -= node->counted_bytes;
    node->counted_bytes = node->state.bytes();
    bytes_ += node->counted_bytes;
  }
  touched_.clear();
  while (bytes_ > max_bytes_ && !nodes_.empty()) Forget(std::prev(nodes_.end()));
}

void SourceTable::Abandoned() {
  for (const Nodes::iterator node : touched_) Forget(node);
  touched_.clear();
}

}  // namespace rollcall::ingest
