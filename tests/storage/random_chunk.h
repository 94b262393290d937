// Random chunks, written entry by entry as ingest does, and beside them what was written: plain
// reports.
#pragma once

#include <array>
#include <chrono>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "storage/chunk_codec.h"

namespace rollcall::test {

struct WrittenReport {
  UnixSeconds time;
  unsigned slot;
  std::vector<SeriesValue> series;
};

class RandomChunk {
 public:
  RandomChunk(unsigned seed, Day day, size_t reports) : random_(seed), day_(day) {
    UnixSeconds time = day.Start() + std::chrono::seconds(Below(3600));
    for (size_t i = 0; i < reports; ++i) {
      const auto slot = static_cast<unsigned>(Below(storage::kStreamSlots));
      const UnixSeconds before = i == 0 ? day.Start() : time;
      time += std::chrono::seconds(Below(1800)) - std::chrono::seconds(Below(10) == 0 ? 3000 : 0);
      Append(slot, before, time);
      reports_.push_back({time, slot, Sorted(content_[slot])});
    }
  }

  const std::string& bytes() const { return bytes_; }
  const std::vector<WrittenReport>& reports() const { return reports_; }

 private:
  using Content = std::map<std::pair<uint32_t, uint32_t>, double>;  // metric, label set → value

  size_t Below(size_t n) { return random_() % n; }

  uint32_t Ref() {
    const uint32_t largest[] = {4, 200, 70'000, UINT32_MAX};
    return 1 + static_cast<uint32_t>(random_()) % largest[Below(std::size(largest))];
  }

  double Value() {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const double values[] = {0, 1, 3, -1, 0.5, 1e300, kInfinity, -kInfinity, 4611686018427387904.0};
    return Below(2) == 0 ? values[Below(std::size(values))] : static_cast<double>(Below(1'000'000));
  }

  static std::vector<SeriesValue> Sorted(const Content& content) {
    std::vector<SeriesValue> series;
    for (const auto& [key, value] : content) series.push_back({{key.second}, {key.first}, value});
    return series;
  }

  void Append(unsigned slot, UnixSeconds before, UnixSeconds time) {
    Content& content = content_[slot];
    const std::vector<SeriesValue> old = Sorted(content);
    const size_t kind = known_[slot] ? Below(4) : 0;
    if (kind == 0) {
      content.clear();
      for (size_t i = Below(12) + 1; i > 0; --i) content[{Ref(), Ref()}] = Value();
      std::string encoded;
      storage::EncodeSeries(Sorted(content), encoded);
      storage::AppendFullEntry(slot, (time - day_.Start()).count(), encoded, bytes_);
    } else if (kind == 1) {
      storage::AppendSameEntry(slot, (time - before).count(), bytes_);
    } else {
      for (auto at = content.begin(); at != content.end();) {
        const size_t fate = Below(4);
        if (fate == 0) at->second = Value();
        at = fate == 1 ? content.erase(at) : std::next(at);
      }
      for (size_t i = Below(4); i > 0; --i) content[{Ref(), Ref()}] = Value();
      storage::AppendDifferenceEntry(slot, (time - before).count(), old, Sorted(content), bytes_);
    }
    known_[slot] = true;
  }

  std::mt19937 random_;
  Day day_;
  std::array<Content, storage::kStreamSlots> content_;
  std::array<bool, storage::kStreamSlots> known_{};
  std::string bytes_;
  std::vector<WrittenReport> reports_;
};

}  // namespace rollcall::test
