#include "records/record_walk.h"

#include <utility>

namespace rollcall::records {

RecordWalk::RecordWalk(const storage::Records& records, RecordFilter filter, std::stop_token stop)
    : filter_(std::move(filter)),
      source_{records, records.View(), std::move(stop)},
      scan_(source_.Scan()) {}

Result<std::optional<Record>> RecordWalk::Next(Deadline until) {
  if (!slots_) {
    Result<SlotFilter> slots = SlotFilter::Make(source_, filter_);
    if (!slots.ok()) return slots.status();
    slots_.emplace(*std::move(slots));
  }
  for (;;) {
    while (read_.empty() && found_.empty()) {
      const Result<bool> more = FindInNextBlock();
      if (!more.ok()) return more.status();
      if (!*more) return std::optional<Record>();
    }
    if (read_.empty()) {
      if (slots_->NeedsRecord() && std::chrono::steady_clock::now() >= until) {
        return std::optional<Record>();
      }
      Result<std::vector<Record>> read = scan_.ReadLast(found_);
      if (!read.ok() && IsDropped()) {
        found_.clear();
        continue;
      }
      if (!read.ok()) return read.status();
      found_.resize(found_.size() - read->size());
      read_ = *std::move(read);
    }
    Record record = std::move(read_.back());
    read_.pop_back();
    if (!slots_->NeedsRecord() || slots_->Passes(record)) return std::optional(std::move(record));
  }
}

std::optional<RecordId> RecordWalk::rest() const {
  if (found_.empty()) return std::nullopt;
  return RecordId{found_.back().value + 1};
}

Result<bool> RecordWalk::FindInNextBlock() {
  do {
    Status status;
    if (!NextBlock(source_, scan_, status)) return status.ok() ? Result<bool>(false) : status;
  } while (!slots_->MayPass(scan_.head()));
  storage::BlockBits bits = scan_.present();
  const Status status = slots_->Keep(scan_, bits);
  if (!status.ok()) return IsDropped() ? Result<bool>(true) : status;
  bits.ForEach([&](size_t slot) { found_.push_back(scan_.IdOf(slot)); });
  return true;
}

}  // namespace rollcall::records
