#include "query/chunk_window.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "model/second_layers.h"
#include "storage/chunk_codec.h"

namespace rollcall::query {
namespace {

auto ByTime(const WindowSample& s) { return std::tuple(s.time, s.series); }
auto BySeries(const WindowSample& s) { return std::tuple(s.series, s.time); }

// Of equal places the largest value stays.
template <typename Place>
void SortUnique(std::vector<WindowSample>& samples, Place place) {
  std::sort(samples.begin(), samples.end(), [&](const WindowSample& a, const WindowSample& b) {
    const auto place_a = place(a);
    const auto place_b = place(b);
    return place_a != place_b ? place_a < place_b : a.value > b.value;
  });
  const auto same = [&](const WindowSample& a, const WindowSample& b) {
    return place(a) == place(b);
  };
  samples.erase(std::unique(samples.begin(), samples.end(), same), samples.end());
}

}  // namespace

void SortByTime(std::vector<WindowSample>& samples) { SortUnique(samples, ByTime); }
void SortBySeries(std::vector<WindowSample>& samples) { SortUnique(samples, BySeries); }

Status ChunkWindow::Read(Day day, std::string_view chunk, UnixSeconds from, UnixSeconds& to,
                         const Number& number) {
  const Result<bool> whole = Collect(day, chunk, from, to, kMostSamples, number);
  if (!whole.ok()) return whole.status();
  if (*whole) return Status::Ok();
  const Result<UnixSeconds> end = FindEnd(day, chunk, from, to);
  if (!end.ok()) return end.status();
  to = *end;
  return Collect(day, chunk, from, to, SIZE_MAX, number).status();
}

Result<bool> ChunkWindow::Collect(Day day, std::string_view chunk, UnixSeconds from, UnixSeconds to,
                                  size_t most, const Number& number) {
  samples_.clear();
  storage::ChunkReader reader(day, chunk);
  SecondLayers layers;
  while (reader.Next()) {
    if (reader.time() < from || reader.time() >= to) continue;
    if (reader.series().size() > most - samples_.size()) return false;
    const size_t layer = layers.Add(reader.time(), reader.series());
    const int64_t time = reader.time().time_since_epoch().count() * 1000 +
                         std::min(static_cast<int>(layer), kMostReportsOfSecond - 1);
    for (const SeriesValue& one : reader.series()) {
      const Result<int64_t> series = number(one.label_set);
      if (!series.ok()) return series.status();
      if (*series < 0) continue;
      samples_.push_back({static_cast<uint32_t>(*series), time, one.value});
    }
  }
  if (!reader.status().ok()) return reader.status();
  return true;
}

Result<UnixSeconds> ChunkWindow::FindEnd(Day day, std::string_view chunk, UnixSeconds from,
                                         UnixSeconds to) {
  std::vector<std::pair<UnixSeconds, size_t>> counts;
  storage::ChunkReader reader(day, chunk);
  while (reader.Next()) {
    if (reader.time() < from || reader.time() >= to) continue;
    if (counts.empty() || counts.back().first != reader.time())
      counts.push_back({reader.time(), 0});
    counts.back().second += reader.series().size();
  }
  if (!reader.status().ok()) return reader.status();
  std::sort(counts.begin(), counts.end());
  size_t samples = 0;
  for (const auto& [time, count] : counts) {
    samples += count;
    if (samples > kMostSamples && time > counts.front().first) return time;
  }
  return to;
}

}  // namespace rollcall::query
