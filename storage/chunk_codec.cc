#include "storage/chunk_codec.h"

#include <algorithm>
#include <tuple>

namespace rollcall::storage {
namespace {

enum RowKind : uint64_t { kFull = 0, kDifference = 1, kSame = 2 };

constexpr unsigned kKindBits = 2;

auto Place(const SeriesValue& s) { return std::tuple(s.metric, s.label_set); }

void AppendHeader(RowKind kind, unsigned slot, int64_t seconds, std::string& out) {
  PutVarint(uint64_t{slot} << kKindBits | kind, out);
  PutVarint(ZigZag(seconds), out);
}

struct SeriesEdit {
  SeriesValue series;
  bool removed;
};

// Writes groups of one metric each: varint(metrics), then per metric its number as a difference
// from the one before, varint(items), and the items through `put(item, label set difference)`.
template <typename Item, typename SeriesOf, typename Put>
void EncodeGroups(std::span<const Item> items, SeriesOf series_of, Put put, std::string& out) {
  uint64_t groups = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    groups += i == 0 || series_of(items[i]).metric != series_of(items[i - 1]).metric;
  }
  PutVarint(groups, out);
  uint32_t metric = 0;
  for (size_t begin = 0; begin < items.size();) {
    size_t end = begin;
    while (end < items.size() && series_of(items[end]).metric == series_of(items[begin]).metric) {
      ++end;
    }
    PutVarint(series_of(items[begin]).metric.value - metric, out);
    metric = series_of(items[begin]).metric.value;
    PutVarint(end - begin, out);
    uint32_t label_set = 0;
    for (; begin < end; ++begin) {
      put(items[begin], series_of(items[begin]).label_set.value - label_set);
      label_set = series_of(items[begin]).label_set.value;
    }
  }
}

// The reverse: `take(series, label set difference)` completes each item from the reader. False:
// damage.
template <typename TakeDifference, typename Take>
bool DecodeGroups(Reader& reader, TakeDifference take_difference, Take take) {
  const uint64_t groups = reader.Varint();
  uint64_t metric = 0;
  for (uint64_t g = 0; g < groups; ++g) {
    const uint64_t step = reader.Varint32();
    const uint64_t items = reader.Varint();
    metric += step;
    if (!reader.ok() || step == 0 || metric > UINT32_MAX || items == 0) return false;
    uint64_t label_set = 0;
    for (uint64_t i = 0; i < items; ++i) {
      bool flag = false;
      const uint64_t difference = take_difference(reader, flag);
      label_set += difference;
      if (!reader.ok() || difference == 0 || label_set > UINT32_MAX) return false;
      take(reader,
           SeriesValue{{static_cast<uint32_t>(label_set)}, {static_cast<uint32_t>(metric)}, 0},
           flag);
      if (!reader.ok()) return false;
    }
  }
  return reader.ok();
}

bool TakeSeries(Reader& reader, std::vector<SeriesValue>& out) {
  out.clear();
  return DecodeGroups(
      reader, [](Reader& r, bool&) { return r.Varint32(); },
      [&](Reader& r, SeriesValue series, bool) {
        series.value = r.Value();
        out.push_back(series);
      });
}

}  // namespace

void EncodeSeries(std::span<const SeriesValue> report, std::string& out) {
  EncodeGroups(
      report, [](const SeriesValue& s) -> const SeriesValue& { return s; },
      [&](const SeriesValue& s, uint32_t difference) {
        PutVarint(difference, out);
        PutValue(s.value, out);
      },
      out);
}

Status DecodeSeries(std::string_view bytes, std::vector<SeriesValue>& out) {
  Reader reader(bytes);
  if (!TakeSeries(reader, out) || !reader.AtEnd()) {
    return Status::DataLoss("decode series: " + std::to_string(bytes.size()) +
                            " bytes are not a list of series");
  }
  return Status::Ok();
}

void AppendFullEntry(unsigned slot, int64_t second_of_day, std::string_view encoded_series,
                     std::string& out) {
  AppendHeader(kFull, slot, second_of_day, out);
  out += encoded_series;
}

void AppendSameEntry(unsigned slot, int64_t seconds, std::string& out) {
  AppendHeader(kSame, slot, seconds, out);
}

void AppendDifferenceEntry(unsigned slot, int64_t seconds, std::span<const SeriesValue> before,
                           std::span<const SeriesValue> now, std::string& out) {
  AppendHeader(kDifference, slot, seconds, out);
  std::vector<SeriesEdit> edits;
  edits.reserve(std::max(before.size(), now.size()));
  size_t i = 0;
  for (const SeriesValue& s : now) {
    while (i < before.size() && Place(before[i]) < Place(s)) edits.push_back({before[i++], true});
    if (i < before.size() && Place(before[i]) == Place(s)) {
      if (before[i].value != s.value) edits.push_back({s, false});
      ++i;
    } else {
      edits.push_back({s, false});
    }
  }
  while (i < before.size()) edits.push_back({before[i++], true});
  EncodeGroups(
      std::span<const SeriesEdit>(edits),
      [](const SeriesEdit& e) -> const SeriesValue& { return e.series; },
      [&](const SeriesEdit& e, uint32_t difference) {
        PutVarint(uint64_t{difference} << 1 | (e.removed ? 1 : 0), out);
        if (!e.removed) PutValue(e.series.value, out);
      },
      out);
}

void AppendShorterEntry(unsigned slot, int64_t second_of_day, int64_t seconds,
                        std::span<const SeriesValue> before, std::span<const SeriesValue> now,
                        std::string_view encoded_now, std::string& out) {
  const size_t begin = out.size();
  AppendDifferenceEntry(slot, seconds, before, now, out);
  const size_t difference = out.size() - begin;
  AppendFullEntry(slot, second_of_day, encoded_now, out);
  if (difference > out.size() - begin - difference) {
    out.erase(begin, difference);
  } else {
    out.resize(begin + difference);
  }
}

bool ChunkReader::Damaged(const char* what) {
  status_ = Status::DataLoss("decode chunk: entry " + std::to_string(entries_ + 1) + ": " + what +
                             ", " + std::to_string(reader_.left()) + " bytes left");
  return false;
}

bool ChunkReader::Next() {
  if (!status_.ok() || reader_.AtEnd()) return false;
  const uint64_t header = reader_.Varint();
  const int64_t seconds = UnZigZag(reader_.Varint());
  if (!reader_.ok()) return Damaged("header cut short");
  if (header >> kKindBits >= kStreamSlots) return Damaged("no such stream slot");
  if (seconds < -86'400 * 366 || seconds > 86'400 * 366) return Damaged("time out of range");
  slot_ = static_cast<unsigned>(header >> kKindBits);
  const uint64_t kind = header & ((1U << kKindBits) - 1);
  time_ = (kind == kFull ? start_ : time_) + std::chrono::seconds(seconds);
  if (kind == kFull) {
    if (!TakeSeries(reader_, streams_[slot_])) return Damaged("bad list of series");
    known_[slot_] = true;
  } else if (!known_[slot_]) {
    return Damaged("a difference before the stream's full entry");
  } else if (kind == kDifference) {
    const std::vector<SeriesValue>& before = streams_[slot_];
    scratch_.clear();
    size_t i = 0;
    const bool whole = DecodeGroups(
        reader_,
        [](Reader& r, bool& removed) {
          const uint64_t v = r.Varint();
          removed = (v & 1) != 0;
          return v >> 1;
        },
        [&](Reader& r, SeriesValue series, bool removed) {
          while (i < before.size() && Place(before[i]) < Place(series)) {
            scratch_.push_back(before[i++]);
          }
          if (i < before.size() && Place(before[i]) == Place(series)) ++i;
          if (removed) return;
          series.value = r.Value();
          scratch_.push_back(series);
        });
    if (!whole) return Damaged("bad list of differences");
    while (i < before.size()) scratch_.push_back(before[i++]);
    std::swap(streams_[slot_], scratch_);
  } else if (kind != kSame) {
    return Damaged("unknown kind of entry");
  }
  repeats_ = kind == kSame;
  ++entries_;
  return true;
}

}  // namespace rollcall::storage
