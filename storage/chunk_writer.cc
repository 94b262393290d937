#include "storage/chunk_writer.h"

#include <algorithm>

namespace rollcall::storage {

StreamSlots::Slot& StreamSlots::For(uint64_t metrics_hash) {
  Slot* best = &slots_[0];
  for (Slot& slot : slots_) {
    if (slot.in_use && slot.metrics_hash == metrics_hash) return slot;
    if (best->in_use && (!slot.in_use || slot.last_used < best->last_used)) best = &slot;
  }
  *best = {false, metrics_hash, 0, {}};
  return *best;
}

StreamSlots::Place StreamSlots::Take(std::span<const SeriesValue> series) {
  const auto number_of = [&](const Slot& slot) {
    return static_cast<unsigned>(&slot - slots_.data());
  };
  for (Slot& slot : slots_) {
    if (!slot.in_use || !SameSeries(slot.latest, series)) continue;
    slot.last_used = ++uses_;
    return {number_of(slot), true, slot.latest};
  }
  Slot& slot = For(HashOfMetrics(series));
  Place place{number_of(slot), false, std::nullopt};
  if (slot.in_use) place.before = slot.latest;
  slot.in_use = true;
  slot.last_used = ++uses_;
  slot.latest = series;
  return place;
}

void ChunkWriter::Add(UnixSeconds time, std::span<const SeriesValue> series) {
  const int64_t seconds = (time - time_).count();
  const int64_t second_of_day = (time - start_).count();
  time_ = time;
  const StreamSlots::Place place = slots_.Take(series);
  if (place.repeats) return AppendSameEntry(place.slot, seconds, chunk_);
  encoded_.clear();
  EncodeSeries(series, encoded_);
  if (!place.before) return AppendFullEntry(place.slot, second_of_day, encoded_, chunk_);
  AppendShorterEntry(place.slot, second_of_day, seconds, *place.before, series, encoded_, chunk_);
}

}  // namespace rollcall::storage
