#include "query/source_columns.h"

#include <algorithm>
#include <bit>

#include "model/second_layers.h"

namespace rollcall::query {
namespace {

using promql::Run;

// The metrics with a bit of their own when reports of one second are compared; the others share
// one.
constexpr uint32_t kMetricBits = 63;

bool Same(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }

}  // namespace

Status SourceColumns::Read(std::span<const Chunk> chunks, int64_t to) {
  to_ = to;
  Clear();
  bool layered = false;
  for (const Chunk& chunk : chunks) {
    if (const Status status = ReadChunk(chunk, layered); !status.ok()) {
      return status.WithContext(chunk.day.ToString());
    }
    if (layered) break;
    ROLLCALL_RETURN_IF_ERROR(Charge());
  }
  if (layered) {
    Clear();
    for (const Chunk& chunk : chunks) {
      ROLLCALL_RETURN_IF_ERROR(ReadLayered(chunk).WithContext(chunk.day.ToString()));
      ROLLCALL_RETURN_IF_ERROR(Charge());
    }
  }
  return Finish();
}

Status SourceColumns::Finish() {
  for (uint32_t a = 0; a < axis_count_; ++a) {
    const auto end = static_cast<uint32_t>(axes_[a].times.size());
    for (const OpenRun& open : axes_[a].open) Close(a, open, end);
    axes_[a].open.clear();
  }
  uint64_t samples = 0;
  for (uint32_t a = 0; a < axis_count_ && of_windows_; ++a) samples += axes_[a].times.size();
  for (const uint32_t number : used_) {
    Series& series = series_[number];
    if (!series.elsewhere.empty()) Merge(series);
    samples += series.runs.size();
  }
  ROLLCALL_RETURN_IF_ERROR(Charge());
  return budget_.TakeSamples(samples);
}

Status SourceColumns::Charge() {
  uint64_t held = runs_ * sizeof(std::pair<uint32_t, Run>);
  for (uint32_t a = 0; a < axis_count_; ++a) {
    held += axes_[a].times.capacity() * sizeof(int64_t) + axes_[a].gaps.bytes();
  }
  if (held <= charged_) return Status::Ok();
  const uint64_t more = held - charged_;
  charged_ = held;
  return budget_.TakeMemory(more);
}

void SourceColumns::Clear() {
  for (const uint32_t number : used_) {
    series_[number].axis = kNone;
    series_[number].runs.clear();
    series_[number].elsewhere.clear();
  }
  used_.clear();
  runs_ = 0;
  for (uint32_t a = 0; a < axis_count_; ++a) {
    axes_[a].times.clear();
    axes_[a].open.clear();
    axes_[a].owner = kNobody;
    axes_[a].gaps.Clear();
    axes_[a].gaps_end = 0;
  }
  axis_count_ = 0;
  for (Slot& slot : slots_) slot.full = {};
}

void SourceColumns::BeginChunk() {
  ++chunk_;
  for (Slot& slot : slots_) {
    slot.axis = kNone;
    slot.is_steady = false;
  }
}

Status SourceColumns::ReadChunk(const Chunk& chunk, bool& layered) {
  BeginChunk();
  storage::ChunkScanner scanner(chunk.day, chunk.bytes);
  int64_t second = INT64_MIN;
  uint64_t metrics_of_second = 0;
  // Takes the time of an entry. Returns false where it may share its second with another one.
  const auto is_alone = [&](uint64_t metrics, int64_t time) {
    if (time > second) {
      metrics_of_second = 0;
    } else if (time < second || (metrics_of_second & metrics) != 0) {
      return false;
    }
    second = time;
    metrics_of_second |= metrics;
    return true;
  };
  while (true) {
    ReadSames(scanner, is_alone);
    if (!scanner.Next()) break;
    Slot& slot = slots_[scanner.slot()];
    if (scanner.kind() == storage::ChunkScanner::Kind::kFull) {
      if (!ReadFull(scanner, slot)) break;
    } else if (scanner.kind() == storage::ChunkScanner::Kind::kDifference) {
      if (!ReadDifference(scanner, slot)) break;
    }
    if (!is_alone(slot.metrics, scanner.time())) {
      layered = true;
      return Status::Ok();
    }
    Append(scanner.slot(), scanner.time() * 1000);
  }
  return scanner.status();
}

// The times of streams that say the same again, and of those of which nothing is wanted.
template <typename IsAlone>
void SourceColumns::ReadSames(storage::ChunkScanner& scanner, IsAlone is_alone) {
  std::array<int64_t*, storage::kStreamSlots> ends{};
  std::array<bool, storage::kStreamSlots> is_ready{};
  bool any = false;
  for (size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    const bool is_steady = slot.is_steady && !slot.is_news;
    if (is_steady) ends[i] = axes_[slot.axis].times.EndFor(scanner.MostLeft());
    is_ready[i] = is_steady || IsSilent(slot);
    any |= is_ready[i];
  }
  if (!any) return;
  scanner.NextSames([&](unsigned slot, int64_t time) {
    if (!is_ready[slot] || time * 1000 > to_ || !is_alone(slots_[slot].metrics, time)) return false;
    if (ends[slot] != nullptr) *ends[slot]++ = time * 1000;
    return true;
  });
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (ends[i] != nullptr) axes_[slots_[i].axis].times.EndAt(ends[i]);
  }
}

bool SourceColumns::ReadFull(storage::ChunkScanner& scanner, Slot& slot) {
  slot.is_news = true;
  if (scanner.SkipFull(slot.full)) {
    if (slot.is_full) return true;
    slot.items = slot.full_items;
    slot.metrics = slot.full_metrics;
    slot.is_full = true;
    return true;
  }
  slot.items.clear();
  slot.metrics = 0;
  const bool whole = scanner.ReadFull(
      [&](MetricRef metric) {
        slot.metrics |= BitOf(metric);
        return wanted_.metrics.Find(metric.value) != RefNumbers::kNone;
      },
      [&](LabelSetRef label_set, double value) {
        const uint32_t series = SeriesOf(label_set);
        if (series != kNone) slot.items.push_back({series, value});
      },
      slot.full);
  if (!whole) return false;
  std::sort(slot.items.begin(), slot.items.end(),
            [](const Item& a, const Item& b) { return a.series < b.series; });
  slot.full_items = slot.items;
  slot.full_metrics = slot.metrics;
  slot.is_full = true;
  return true;
}

bool SourceColumns::ReadDifference(storage::ChunkScanner& scanner, Slot& slot) {
  edits_.clear();
  const bool whole = scanner.ReadDifference(
      [&](MetricRef metric) {
        slot.metrics |= BitOf(metric);
        return wanted_.metrics.Find(metric.value) != RefNumbers::kNone;
      },
      [&](LabelSetRef label_set, bool gone, double value) {
        const uint32_t series = SeriesOf(label_set);
        if (series != kNone) edits_.push_back({{series, value}, gone});
      });
  if (!whole) return false;
  slot.is_full = false;
  if (edits_.empty()) return true;
  std::sort(edits_.begin(), edits_.end(),
            [](const Edit& a, const Edit& b) { return a.item.series < b.item.series; });
  next_items_.clear();
  auto before = slot.items.begin();
  for (const Edit& edit : edits_) {
    while (before != slot.items.end() && before->series < edit.item.series) {
      next_items_.push_back(*before++);
    }
    if (before != slot.items.end() && before->series == edit.item.series) ++before;
    if (!edit.gone) next_items_.push_back(edit.item);
  }
  next_items_.insert(next_items_.end(), before, slot.items.end());
  std::swap(slot.items, next_items_);
  slot.is_news = true;
  return true;
}

Status SourceColumns::ReadLayered(const Chunk& chunk) {
  struct Report {
    int64_t time;
    unsigned slot;
    size_t items;  // place in `contents`
  };
  BeginChunk();
  std::vector<Report> reports;
  std::vector<std::vector<Item>> contents;
  std::array<size_t, storage::kStreamSlots> latest{};
  storage::ChunkReader reader(chunk.day, chunk.bytes);
  SecondLayers layers;
  uint64_t bytes = 0;
  while (reader.Next()) {
    const size_t layer = layers.Add(reader.time(), reader.series());
    if (!reader.repeats()) {
      std::vector<Item>& items = contents.emplace_back();
      for (const SeriesValue& one : reader.series()) {
        const uint32_t series = SeriesOf(one.label_set);
        if (series != kNone) items.push_back({series, one.value});
      }
      std::sort(items.begin(), items.end(),
                [](const Item& a, const Item& b) { return a.series < b.series; });
      latest[reader.slot()] = contents.size() - 1;
      const uint64_t more = sizeof(std::vector<Item>) + items.size() * sizeof(Item);
      bytes += more;
      ROLLCALL_RETURN_IF_ERROR(budget_.TakeMemory(more));
    }
    reports.push_back({reader.time().time_since_epoch().count() * 1000 +
                           std::min(static_cast<int>(layer), kMostReportsOfSecond - 1),
                       reader.slot(), latest[reader.slot()]});
  }
  std::stable_sort(reports.begin(), reports.end(),
                   [](const Report& a, const Report& b) { return a.time < b.time; });
  for (const Report& report : reports) {
    Slot& slot = slots_[report.slot];
    slot.items = contents[report.items];
    slot.is_full = false;
    slot.is_news = true;
    Append(report.slot, report.time);
  }
  budget_.GiveMemory(bytes);
  return reader.status();
}

void SourceColumns::Append(unsigned slot_number, int64_t time) {
  Slot& slot = slots_[slot_number];
  if (time > to_ || IsSilent(slot)) return;
  const uint64_t owner = chunk_ * storage::kStreamSlots + slot_number;
  if (slot.axis == kNone || axes_[slot.axis].times.back() >= time) {
    slot.axis = ChooseAxis(slot, owner, time);
    if (slot.axis == kNone) return;
  }
  Axis& axis = axes_[slot.axis];
  if (slot.is_news || axis.owner != owner) {
    if (axis.owner / storage::kStreamSlots == chunk_) {
      slots_[axis.owner % storage::kStreamSlots].is_steady = false;
    }
    Change(slot.axis, slot.items);
    slot.is_news = false;
    axis.owner = owner;
  }
  slot.is_steady = !slot.items.empty();
  if (slot.is_steady) axis.times.push_back(time);
}

void SourceColumns::AppendAll(unsigned slot_number, std::span<const int64_t> times) {
  const auto end = std::upper_bound(times.begin(), times.end(), to_);
  if (end == times.begin()) return;
  Append(slot_number, times.front());
  const Slot& slot = slots_[slot_number];
  if (!slot.is_steady) return;
  TimeList& taken = axes_[slot.axis].times;
  int64_t* out = taken.EndFor(static_cast<size_t>(end - times.begin()));
  int64_t before = times.front();
  for (auto time = times.begin() + 1; time != end; ++time) {
    if (*time != before) *out++ = before = *time;
  }
  taken.EndAt(out);
}

// That of the stream's series, if it ends before, else any that ends before and is not in use.
uint32_t SourceColumns::ChooseAxis(const Slot& slot, uint64_t owner, int64_t time) {
  if (slot.items.empty()) return slot.axis;
  const auto ends_before = [&](uint32_t a) {
    return axes_[a].times.empty() || axes_[a].times.back() < time;
  };
  const uint32_t own = series_[slot.items.front().series].axis;
  if (own != kNone && ends_before(own)) return own;
  for (uint32_t a = 0; a < axis_count_; ++a) {
    const bool in_use = axes_[a].owner != kNobody &&
                        axes_[a].owner / storage::kStreamSlots == owner / storage::kStreamSlots;
    if (!in_use && ends_before(a)) return a;
  }
  if (axis_count_ == axes_.size()) axes_.emplace_back();
  return axis_count_++;
}

void SourceColumns::Change(uint32_t axis_number, const std::vector<Item>& items) {
  Axis& axis = axes_[axis_number];
  const auto at = static_cast<uint32_t>(axis.times.size());
  next_open_.clear();
  auto open = axis.open.begin();
  for (const Item& item : items) {
    for (; open != axis.open.end() && open->series < item.series; ++open) {
      Close(axis_number, *open, at);
    }
    uint32_t begin = at;
    if (open != axis.open.end() && open->series == item.series) {
      if (Same(open->value, item.value)) {
        begin = open->begin;
      } else {
        Close(axis_number, *open, at);
      }
      ++open;
    }
    next_open_.push_back({item.series, begin, item.value});
    Series& series = series_[item.series];
    if (series.axis == kNone) {
      series.axis = axis_number;
      used_.push_back(item.series);
    }
  }
  for (; open != axis.open.end(); ++open) Close(axis_number, *open, at);
  std::swap(axis.open, next_open_);
}

void SourceColumns::Close(uint32_t axis_number, const OpenRun& open, uint32_t end) {
  Series& series = series_[open.series];
  ++runs_;
  const Run run{open.begin, end, open.value};
  if (series.axis == axis_number) {
    series.runs.push_back(run);
  } else {
    series.elsewhere.emplace_back(axis_number, run);
  }
}

void SourceColumns::Merge(Series& series) {
  struct Sample {
    int64_t time;
    double value;
  };
  std::vector<Sample> samples;
  const auto add = [&](uint32_t axis, const Run& run) {
    for (uint32_t i = run.begin; i < run.end; ++i) {
      samples.push_back({axes_[axis].times[i], run.value});
    }
  };
  for (const Run& run : series.runs) add(series.axis, run);
  for (const auto& [axis, run] : series.elsewhere) add(axis, run);
  std::sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) {
    return a.time != b.time ? a.time < b.time : a.value > b.value;
  });
  if (axis_count_ == axes_.size()) axes_.emplace_back();
  series.axis = axis_count_++;
  series.runs.clear();
  series.elsewhere.clear();
  TimeList& times = axes_[series.axis].times;
  for (const Sample& sample : samples) {
    if (!times.empty() && times.back() == sample.time) continue;
    if (series.runs.empty() || !Same(series.runs.back().value, sample.value)) {
      const auto at = static_cast<uint32_t>(times.size());
      series.runs.push_back({at, at, sample.value});
    }
    times.push_back(sample.time);
    ++series.runs.back().end;
  }
}

std::span<const Run> SourceColumns::RunsFrom(uint32_t number, uint32_t begin) {
  std::vector<Run>& runs = series_[number].runs;
  if (begin == 0) return runs;
  size_t first = 0;
  while (first < runs.size() && runs[first].end <= begin) ++first;
  for (size_t i = first; i < runs.size(); ++i) {
    runs[i].begin = runs[i].begin < begin ? 0 : runs[i].begin - begin;
    runs[i].end -= begin;
  }
  return std::span<const Run>(runs).subspan(first);
}

uint32_t SourceColumns::SeriesOf(LabelSetRef label_set) {
  const uint32_t wanted = wanted_.numbers.Find(label_set.value);
  if (wanted == RefNumbers::kNone) return kNone;
  uint32_t number = numbers_.Find(wanted);
  if (number == RefNumbers::kNone) {
    number = static_cast<uint32_t>(series_.size());
    numbers_.Set(wanted, number);
    series_.emplace_back().label_set = wanted;
  }
  return number;
}

uint64_t SourceColumns::BitOf(MetricRef metric) {
  uint32_t number = metric_bits_.Find(metric.value);
  if (number == RefNumbers::kNone) {
    number = std::min(metrics_seen_++, kMetricBits);
    metric_bits_.Set(metric.value, number);
  }
  return uint64_t{1} << number;
}

}  // namespace rollcall::query
