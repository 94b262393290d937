#include "records/population.h"

#include <algorithm>
#include <unordered_map>

#include "records/distinct_keys.h"
#include "records/word_counts.h"
#include "records/word_texts.h"

namespace rollcall::records {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using storage::BlockBits;
using storage::ColumnView;
using storage::RecordColumn;

constexpr unsigned kAllTime = kPopulationWindows.size();
// How far back ids are followed: a window, and before it more than an id's life.
constexpr days kFollowed = kPopulationWindows.back() + days(7);
// How many keys ahead memory is asked for.
constexpr size_t kAhead = 16;

uint64_t Mix(uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93;
  return x ^ x >> 32;
}

// When each id was first and last seen, in seconds of the time in which ids are followed.
class IdSpans {
 public:
  struct Span {
    uint64_t key = 0;
    uint32_t first = 0;
    uint32_t last = 0;
  };

  void Add(uint64_t key, uint32_t time) {
    key = std::max<uint64_t>(key, 1);  // 0: an empty slot
    if ((used_ + 1) * 3 > slots_.size() * 2) Grow();
    Span& span = Find(slots_, key);
    if (span.key == 0) {
      ++used_;
      span = {key, time, time};
    }
    span.first = std::min(span.first, time);
    span.last = std::max(span.last, time);
  }

  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const Span& span : slots_) {
      if (span.key != 0) visit(span);
    }
  }

 private:
  static Span& Find(std::vector<Span>& slots, uint64_t key) {
    size_t place = Mix(key) & (slots.size() - 1);
    while (slots[place].key != 0 && slots[place].key != key) {
      place = (place + 1) & (slots.size() - 1);
    }
    return slots[place];
  }
  void Grow() {
    std::vector<Span> larger(slots_.size() * 2);
    for (const Span& span : slots_) {
      if (span.key != 0) Find(larger, span.key) = span;
    }
    slots_ = std::move(larger);
  }

  std::vector<Span> slots_ = std::vector<Span>(1024);
  size_t used_ = 0;
};

class Counter {
 public:
  Counter(const Source& source, UnixSeconds now)
      : source_(source),
        now_(now),
        followed_from_(now - kFollowed),
        heartbeats_(source, [](std::string_view text) { return text == kHeartbeatClass; }),
        system_(source, [](std::string_view text) { return text == kHeartbeatSystem; }) {}

  Result<Population> Count() {
    Status status;
    storage::RecordScan scan = source_.Scan();
    while (NextBlock(source_, scan, status)) ROLLCALL_RETURN_IF_ERROR(AddBlock(scan));
    ROLLCALL_RETURN_IF_ERROR(status);
    Population population;
    ROLLCALL_RETURN_IF_ERROR(NameBuilds(population));
    population.all = all_;
    FollowIds(population);
    return population;
  }

 private:
  Status AddBlock(const storage::RecordScan& scan) {
    BlockBits slots = scan.present();
    ColumnView column;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kClassification, column));
    ROLLCALL_RETURN_IF_ERROR(heartbeats_.Keep(column, slots));
    if (!slots.Any()) return Status::Ok();
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kSystem, column));
    ROLLCALL_RETURN_IF_ERROR(system_.Keep(column, slots));
    if (!slots.Any()) return Status::Ok();
    ColumnView builds;
    ColumnView external;
    ColumnView machines;
    ColumnView captures;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kBuild, builds));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kExternal, external));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kMachine, machines));
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kCapture, captures));
    rows_.clear();
    slots.ForEach([&](size_t slot) {
      Row& row = rows_.emplace_back();
      row.build = builds[slot];
      row.is_external = external[slot] != 0;
      row.machine = Mix(machines[slot] + (row.is_external ? 1 : 0));
      row.key = Mix(row.machine + row.build * 0x9E3779B97F4A7C15);
      row.capture = UnixSeconds(seconds(captures[slot]));
    });
    AddRows();
    return Status::Ok();
  }

  void AddRows() {
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (i + kAhead < rows_.size()) {
        by_build_.Prefetch(rows_[i + kAhead].key);
        ids_.Prefetch(rows_[i + kAhead].machine);
      }
      const Row& row = rows_[i];
      const unsigned window = WindowOf(row.capture);
      Move(by_build_.Add(row.key, window), window, CountsOf(row.build), row.is_external);
      Move(ids_.Add(row.machine, window), window, all_, row.is_external);
      earliest_ = std::min(earliest_, row.capture);
      if (row.capture > followed_from_ && row.capture <= now_) {
        IdSpans& spans = row.is_external ? external_spans_ : internal_spans_;
        spans.Add(row.machine, static_cast<uint32_t>((row.capture - followed_from_).count()));
      }
    }
  }

  // Returns the index of the shortest window that the time is in.
  unsigned WindowOf(UnixSeconds capture) const {
    if (capture > now_) return kAllTime;
    for (unsigned i = 0; i < kAllTime; ++i) {
      if (capture > now_ - kPopulationWindows[i]) return i;
    }
    return kAllTime;
  }

  IdCounts& CountsOf(uint64_t build) {
    if (last_counts_ == nullptr || build != last_build_) {
      last_counts_ = &counts_[build];
      last_build_ = build;
    }
    return *last_counts_;
  }

  // An id was in the windows from `before` on, and is now in those from `window` on.
  static void Move(unsigned before, unsigned window, IdCounts& counts, bool is_external) {
    auto& by_window = is_external ? counts.external : counts.internal;
    for (unsigned i = window; i < std::min<unsigned>(before, kPopulationCounts); ++i) {
      ++by_window[i];
    }
  }

  Status NameBuilds(Population& population) {
    WordTexts texts(source_);
    for (const auto& [ref, counts] : counts_) {
      const Result<std::string_view> text = texts.Of(ref);
      if (!text.ok()) return text.status();
      population.builds.push_back({std::string(*text), counts});
    }
    std::sort(population.builds.begin(), population.builds.end(),
              [](const BuildPopulation& a, const BuildPopulation& b) {
                const bool whole = IsWholeBuild(a.build);
                if (whole != IsWholeBuild(b.build)) return whole;
                return whole ? IsLowerBuild(a.build, b.build) : a.build < b.build;
              });
    return Status::Ok();
  }

  void FollowIds(Population& population) {
    for (size_t i = 0; i < kEstimatedWindows.size(); ++i) {
      PopulationEstimate& estimate = population.estimates[i];
      estimate.window = kEstimatedWindows[i];
      estimate.is_known = earliest_ <= now_ - estimate.window - kMachineIdLife;
      if (!estimate.is_known) continue;
      estimate.new_internal = NewIds(internal_spans_, estimate.window);
      estimate.new_external = NewIds(external_spans_, estimate.window);
      estimate.internal = Machines(estimate.new_internal, estimate.window);
      estimate.external = Machines(estimate.new_external, estimate.window);
    }
    std::vector<uint32_t> lives;
    const auto end = static_cast<uint32_t>(seconds(kFollowed - kMachineIdLife).count());
    const auto begin = static_cast<uint32_t>(seconds(kMachineIdLife).count());
    const auto add = [&](const IdSpans::Span& span) {
      // The others may have lived before, or live on.
      if (span.first >= begin && span.last <= end) lives.push_back(span.last - span.first);
    };
    internal_spans_.ForEach(add);
    external_spans_.ForEach(add);
    if (lives.empty()) return;
    std::sort(lives.begin(), lives.end());
    population.lives = {lives.size(), seconds(lives[(lives.size() - 1) / 2]),
                        seconds(lives[(lives.size() - 1) * 95 / 100])};
  }

  static uint64_t NewIds(const IdSpans& spans, days window) {
    const auto begin = static_cast<uint32_t>(seconds(kFollowed - window).count());
    uint64_t ids = 0;
    spans.ForEach([&](const IdSpans::Span& span) { ids += span.first > begin ? 1 : 0; });
    return ids;
  }

  static uint64_t Machines(uint64_t ids, days window) {
    const auto count = static_cast<uint64_t>(window.count());
    return (ids * static_cast<uint64_t>(kMachineIdLife.count()) + count / 2) / count;
  }

  struct Row {
    uint64_t build = 0;
    uint64_t machine = 0;  // and whether it is external
    uint64_t key = 0;      // and the build
    UnixSeconds capture{};
    bool is_external = false;
  };

  const Source& source_;
  const UnixSeconds now_;
  const UnixSeconds followed_from_;
  WordTest heartbeats_;
  WordTest system_;
  std::vector<Row> rows_;
  DistinctKeys by_build_;
  DistinctKeys ids_;
  std::unordered_map<uint64_t, IdCounts> counts_;
  IdCounts* last_counts_ = nullptr;
  uint64_t last_build_ = 0;
  IdCounts all_;
  IdSpans internal_spans_;
  IdSpans external_spans_;
  UnixSeconds earliest_ = UnixSeconds::max();
};

}  // namespace

Result<Population> CountPopulation(const Source& source, UnixSeconds now) {
  return Counter(source, now).Count();
}

}  // namespace rollcall::records
