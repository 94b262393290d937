// The builder of a report, series by series, under the rules of ingest. Owned by whoever parses a
// report, for as long as that takes; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "model/label_set.h"
#include "model/report.h"
#include "parse/report_bounds.h"

namespace rollcall {

// An index of the samples of a report by label set: an open-addressing hash table of positions in
// report.samples, at most half full.
class ReportSeriesIndex {
 public:
  explicit ReportSeriesIndex(const ParsedReport& report) : report_(report), slots_(kFirstSlots) {}

  // Returns the position of the sample whose label set has this hash. If there is none, returns the
  // next position, where the caller must put the sample.
  size_t FindOrAdd(const Hash128& hash) {
    if (used_ * 2 >= slots_.size()) Grow();
    const uint32_t tag = TagOf(hash);
    Slot* slot = SlotOf(tag);
    for (; slot->position_plus_1 != 0; slot = NextOf(slot)) {
      const size_t position = slot->position_plus_1 - 1;
      if (slot->tag == tag && report_.samples[position].hash == hash) return position;
    }
    *slot = {tag, static_cast<uint32_t>(++used_)};
    return used_ - 1;
  }

 private:
  struct Slot {
    uint32_t tag = 0;
    uint32_t position_plus_1 = 0;  // 0: free
  };

  static constexpr size_t kFirstSlots = 128;

  // The tag also selects the slot where a search starts, so that growing needs no second hash.
  static uint32_t TagOf(const Hash128& hash) { return static_cast<uint32_t>(hash.low); }
  Slot* SlotOf(uint32_t tag) { return &slots_[tag & (slots_.size() - 1)]; }
  Slot* NextOf(Slot* slot) { return slot != &slots_.back() ? slot + 1 : &slots_.front(); }

  void Grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.position_plus_1 == 0) continue;
      Slot* to = SlotOf(slot.tag);
      while (to->position_plus_1 != 0) to = NextOf(to);
      *to = slot;
    }
  }

  const ParsedReport& report_;
  std::vector<Slot> slots_;
  size_t used_ = 0;
};

class ReportBuilder {
 public:
  // Requires that `out` is empty and outlives the builder; `hash_seed` as in report_parser.h.
  ReportBuilder(uint64_t hash_seed, const ReportBounds& bounds, ParsedReport& out)
      : hash_seed_(hash_seed), bounds_(bounds), out_(out), series_(out) {}

  // Adds a series, or raises the value of one that is already there. Requires non-empty names, no
  // 0x00 anywhere, and a value other than NaN. Normalizes the labels in place (normalize.h).
  // Returns false if a bound is exceeded: exceeded() says which one, and nothing was added.
  bool Add(std::string_view metric, std::vector<Label>& labels, double value);

  ReportBound exceeded() const { return exceeded_; }

 private:
  bool Exceeds(ReportBound bound) {
    exceeded_ = bound;
    return false;
  }

  const uint64_t hash_seed_;
  const ReportBounds& bounds_;
  ParsedReport& out_;
  ReportSeriesIndex series_;
  ReportBound exceeded_{};
};

}  // namespace rollcall
