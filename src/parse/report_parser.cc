#include "parse/report_parser.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "parse/normalize.h"
#include "parse/text_parser.h"

namespace rollcall {
namespace {

constexpr size_t kUsualLineBytes = 48;

// Finds the sample of a label set within one report: an open hash table of positions in
// report.samples, at most half full.
class SeriesIndex {
 public:
  explicit SeriesIndex(const ParsedReport& report) : report_(report), slots_(kFirstSlots) {}

  // The position of the sample whose label set has this hash; where there is none, the next
  // position, at which the caller must put it.
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

  // The tag is also where a slot's search starts, so that growing needs no second hash.
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

void RaiseTo(double value, double& peak) {
  // Of two zeros the positive one, so that the lines' order never shows.
  if (value > peak || (value == peak && !std::signbit(value))) peak = value;
}

bool AnyLabelExceeds(const std::vector<Label>& labels, const ReportBounds& bounds,
                     ReportBound& exceeded) {
  for (const Label& label : labels) {
    if (label.name.size() > bounds.label_name_bytes) {
      exceeded = ReportBound::kLabelNameBytes;
      return true;
    }
    if (label.value.size() > bounds.label_value_bytes) {
      exceeded = ReportBound::kLabelValueBytes;
      return true;
    }
  }
  return false;
}

// False: the sample exceeds a bound, or the report with it; nothing is added.
bool AddSample(TextParser& parser, uint64_t hash_seed, const ReportBounds& bounds,
               SeriesIndex& series, ParsedReport& out, ReportBound& exceeded) {
  if (std::isnan(parser.value())) return true;
  if (parser.metric().size() > bounds.metric_name_bytes) {
    exceeded = ReportBound::kMetricNameBytes;
    return false;
  }
  std::vector<Label>& labels = parser.labels();
  if (AnyLabelExceeds(labels, bounds, exceeded)) return false;
  std::erase_if(labels, [](const Label& label) { return label.name == "cluster_id"; });
  NormalizeLabels(labels);
  const size_t offset = out.arena.size();
  AppendLabelSet(parser.metric(), labels, out.arena);
  const size_t size = out.arena.size() - offset;
  const Hash128 hash = HashBytes(std::string_view(out.arena).substr(offset), hash_seed);
  const size_t position = series.FindOrAdd(hash);
  if (position < out.samples.size()) {
    out.arena.resize(offset);
    RaiseTo(parser.value(), out.samples[position].value);
    return true;
  }
  if (position >= bounds.series) {
    exceeded = ReportBound::kSeries;
    return false;
  }
  out.samples.push_back(
      {static_cast<uint32_t>(offset), static_cast<uint32_t>(size), parser.value(), hash});
  return true;
}

}  // namespace

Status ParseReport(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
                   ParsedReport& out, ReportBound& exceeded) {
  out.Clear();
  if (body.size() > kMaxReportBytes) {
    return Status::InvalidArgument("parse report: the body has " + std::to_string(body.size()) +
                                   " bytes, at most " + std::to_string(kMaxReportBytes) +
                                   " are allowed");
  }
  // What an ordinary body needs.
  out.arena.reserve(body.size());
  out.samples.reserve(std::min(body.size() / kUsualLineBytes, bounds.series));
  TextParser parser(body);
  SeriesIndex series(out);
  for (;;) {
    switch (parser.Next()) {
      case TextParser::Event::kSample:
        if (AddSample(parser, hash_seed, bounds, series, out, exceeded)) break;
        out.Clear();
        return TooLarge(exceeded, bounds).WithContext("line " + std::to_string(parser.line()));
      case TextParser::Event::kError:
        out.Clear();
        return Status::InvalidArgument("line " + std::to_string(parser.line()) + ": " +
                                       parser.reason());
      case TextParser::Event::kEnd:
        out.has_multiline_value = parser.any_spans_lines();
        return Status::Ok();
    }
  }
}

Status ParseReport(std::string_view body, uint64_t hash_seed, ParsedReport& out) {
  constexpr ReportBounds kNone{SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
  ReportBound exceeded{};
  return ParseReport(body, hash_seed, kNone, out, exceeded);
}

}  // namespace rollcall
