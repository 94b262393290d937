#include "records/population.h"

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "base/mutex.h"
#include "records/distinct_keys.h"
#include "records/partitioned_rows.h"
#include "records/parts.h"
#include "records/recent_refs.h"
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
constexpr auto kFollowedSeconds = static_cast<uint32_t>(seconds(kFollowed).count());
// So many heartbeats at the most are in memory at a time, in 16 bytes each.
constexpr size_t kRowsOfAPass = 12'000'000;

uint64_t Mix(uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93;
  return x ^ x >> 32;
}

// Ids, when each was first and last seen, in seconds of the time in which ids are followed, and one
// of the builds with which it came.
class IdTable {
 public:
  static constexpr uint32_t kNever = UINT32_MAX;

  struct Id {
    uint64_t key = 0;  // 0: an empty slot
    uint32_t first = kNever;
    uint32_t last = 0;
    uint32_t build = 0;
    uint32_t build_window = kPopulationCounts;  // the shortest in which it was seen with that build
  };

  // Returns the id, which is made where it is not there.
  Id& Find(uint64_t key, uint32_t build) {
    key = std::max<uint64_t>(key, 1);
    if ((used_ + 1) * 3 > slots_.size() * 2) Grow();
    Id& id = SlotOf(slots_, key);
    if (id.key == 0) {
      ++used_;
      id.key = key;
      id.build = build;
    }
    return id;
  }
  // Forgets all ids, and keeps the memory.
  void Clear() {
    std::fill(slots_.begin(), slots_.end(), Id());
    used_ = 0;
  }

  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const Id& id : slots_) {
      if (id.key != 0) visit(id);
    }
  }

 private:
  static Id& SlotOf(std::vector<Id>& slots, uint64_t key) {
    // The lowest bits may say which pass it is.
    size_t place = key >> 16 & (slots.size() - 1);
    while (slots[place].key != 0 && slots[place].key != key) {
      place = (place + 1) & (slots.size() - 1);
    }
    return slots[place];
  }
  void Grow() {
    std::vector<Id> larger(slots_.size() * 2);
    for (const Id& id : slots_) {
      if (id.key != 0) SlotOf(larger, id.key) = id;
    }
    slots_ = std::move(larger);
  }

  std::vector<Id> slots_ = std::vector<Id>(1024);
  size_t used_ = 0;
};

// The builds of heartbeats by number, from 0 on. Thread-safe.
class BuildIndex {
 public:
  uint32_t Of(uint64_t ref) {
    const MutexLock lock(mutex_);
    const auto [known, is_new] = numbers_.try_emplace(ref, static_cast<uint32_t>(refs_.size()));
    if (is_new) refs_.push_back(ref);
    return known->second;
  }
  std::vector<uint64_t> refs() const {
    const MutexLock lock(mutex_);
    return refs_;
  }

 private:
  mutable Mutex mutex_;
  std::unordered_map<uint64_t, uint32_t> numbers_ GUARDED_BY(mutex_);
  std::vector<uint64_t> refs_ GUARDED_BY(mutex_);  // by number
};

// A heartbeat. Without initial values, of which slabs of rows would be filled first.
struct Row {
  uint64_t machine;  // the hash of its id, and of whether it is external
  uint32_t build : 31;
  uint32_t is_external : 1;
  uint32_t ago;  // seconds from its capture until now
};
constexpr uint32_t kInFuture = UINT32_MAX;

using Rows = PartitionedRows<Row>;

// Reads the heartbeats of blocks. One thread each.
class Reader {
 public:
  // Only of those machines whose hash leaves `pass`, divided by `passes`.
  Reader(const Source& source, UnixSeconds now, BuildIndex& builds, size_t pass, size_t passes)
      : now_(now),
        builds_(builds),
        pass_(pass),
        passes_(passes),
        heartbeats_(source, [](std::string_view text) { return text == kHeartbeatClass; }),
        system_(source, [](std::string_view text) { return text == kHeartbeatSystem; }) {}

  Status AddBlock(const storage::RecordScan& scan) {
    BlockBits slots = scan.present();
    ColumnView column;
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kClassification, column));
    ROLLCALL_RETURN_IF_ERROR(heartbeats_.Keep(column, slots));
    if (!slots.Any()) return Status::Ok();
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kSystem, column));
    ROLLCALL_RETURN_IF_ERROR(system_.Keep(column, slots));
    if (!slots.Any()) return Status::Ok();
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kExternal, column));
    column.CopyTo(external_);
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kMachine, column));
    column.CopyTo(machines_);
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kCapture, column));
    column.CopyTo(captures_);
    ROLLCALL_RETURN_IF_ERROR(Load(scan, RecordColumn::kBuild, column));
    by_code_.clear();
    for (const uint64_t ref : column.distinct()) by_code_.push_back(builds_.Of(ref));
    slots.ForEach([&](size_t slot) {
      Row row{};
      row.is_external = external_[slot] != 0 ? 1 : 0;
      row.machine = Mix(machines_[slot] + row.is_external);
      if (passes_ > 1 && row.machine % passes_ != pass_) return;
      row.build = BuildOf(column, slot) & 0x7fffffffU;
      const auto ago = (now_ - UnixSeconds(seconds(captures_[slot]))).count();
      row.ago = ago < 0 ? kInFuture : static_cast<uint32_t>(std::min<int64_t>(ago, kInFuture - 1));
      rows_.Add(row.machine, row);
    });
    return Status::Ok();
  }
  const Rows& rows() const { return rows_; }

 private:
  uint32_t BuildOf(const ColumnView& builds, size_t slot) {
    if (!by_code_.empty()) return by_code_[builds.code(slot)];
    const uint64_t ref = builds[slot];
    if (const uint32_t* const known = recent_.Find(ref)) return *known;
    const uint32_t build = builds_.Of(ref);
    recent_.Keep(ref, build);
    return build;
  }

  const UnixSeconds now_;
  BuildIndex& builds_;
  const size_t pass_;
  const size_t passes_;
  WordTest heartbeats_;
  WordTest system_;
  std::vector<uint64_t> external_;
  std::vector<uint64_t> machines_;
  std::vector<uint64_t> captures_;
  std::vector<uint32_t> by_code_;  // of the block's builds
  RecentRefs<uint32_t> recent_;
  Rows rows_;
};

// What is counted of some partitions. One thread each.
struct Counts {
  std::vector<IdCounts> builds;  // by number
  IdCounts all;
  std::array<uint64_t, kEstimatedWindows.size()> new_internal{};
  std::array<uint64_t, kEstimatedWindows.size()> new_external{};
  std::vector<uint32_t> lives;
  uint32_t oldest = 0;  // seconds ago

  void Add(Counts&& other) {
    builds.resize(std::max(builds.size(), other.builds.size()));
    for (size_t i = 0; i < other.builds.size(); ++i) AddIds(other.builds[i], builds[i]);
    AddIds(other.all, all);
    for (size_t i = 0; i < kEstimatedWindows.size(); ++i) {
      new_internal[i] += other.new_internal[i];
      new_external[i] += other.new_external[i];
    }
    lives.insert(lives.end(), other.lives.begin(), other.lives.end());
    oldest = std::max(oldest, other.oldest);
  }

 private:
  static void AddIds(const IdCounts& from, IdCounts& to) {
    for (size_t i = 0; i < kPopulationCounts; ++i) {
      to.internal[i] += from.internal[i];
      to.external[i] += from.external[i];
    }
  }
};

class PartitionCounter {
 public:
  explicit PartitionCounter(size_t builds) { counts_.builds.resize(builds); }

  // Counts a partition of the rows that all of the readers have.
  void Count(const std::vector<std::unique_ptr<Reader>>& readers, size_t partition) {
    for (const auto& reader : readers) {
      reader->rows().ForEach(partition, [this](const Row& row) { Add(row); });
    }
    EndPartition();
  }
  Counts Take() { return std::move(counts_); }

 private:
  void Add(const Row& row) {
    const unsigned window = WindowOf(row.ago);
    IdTable::Id& id = (row.is_external != 0 ? external_ : internal_).Find(row.machine, row.build);
    if (id.build == row.build) {
      id.build_window = std::min(id.build_window, window);
    } else {
      const uint64_t key = Mix(row.machine + uint64_t{row.build} * 0x9E3779B97F4A7C15);
      Count(other_builds_.Add(key, window), window, counts_.builds[row.build],
            row.is_external != 0);
    }
    if (row.ago == kInFuture) return;
    counts_.oldest = std::max(counts_.oldest, row.ago);
    if (row.ago >= kFollowedSeconds) return;
    const uint32_t time = kFollowedSeconds - row.ago;
    id.first = std::min(id.first, time);
    id.last = std::max(id.last, time);
  }

  // Returns the index of the shortest window that the time is in.
  static unsigned WindowOf(uint32_t ago) {
    for (unsigned i = 0; i < kAllTime; ++i) {
      if (ago < seconds(kPopulationWindows[i]).count()) return i;
    }
    return kAllTime;
  }

  // An id was in the windows from `before` on, and is now in those from `window` on.
  static void Count(unsigned before, unsigned window, IdCounts& counts, bool is_external) {
    auto& by_window = is_external ? counts.external : counts.internal;
    for (unsigned i = window; i < std::min<unsigned>(before, kPopulationCounts); ++i) {
      ++by_window[i];
    }
  }

  void EndPartition() {
    for (const bool is_external : {false, true}) {
      IdTable& ids = is_external ? external_ : internal_;
      auto& new_ids = is_external ? counts_.new_external : counts_.new_internal;
      ids.ForEach([&](const IdTable::Id& id) {
        Count(kPopulationCounts, id.build_window, counts_.builds[id.build], is_external);
        const bool is_followed = id.first != IdTable::kNever;
        Count(kPopulationCounts, is_followed ? WindowOf(kFollowedSeconds - id.last) : kAllTime,
              counts_.all, is_external);
        if (!is_followed) return;
        for (size_t i = 0; i < kEstimatedWindows.size(); ++i) {
          new_ids[i] += id.first > seconds(kFollowed - kEstimatedWindows[i]).count() ? 1 : 0;
        }
        // The others may have lived before, or live on.
        if (id.first >= seconds(kMachineIdLife).count() &&
            id.last <= seconds(kFollowed - kMachineIdLife).count()) {
          counts_.lives.push_back(id.last - id.first);
        }
      });
      ids.Clear();
    }
    other_builds_.Clear();
  }

  DistinctKeys other_builds_;  // than the first one of each id
  IdTable internal_;
  IdTable external_;
  Counts counts_;
};

class PopulationCounter {
 public:
  PopulationCounter(const Source& source, UnixSeconds now) : source_(source), now_(now) {}

  Result<Population> Count() {
    const size_t passes = 1 + source_.view.full->size() * storage::kRecordsOfBlock / kRowsOfAPass;
    Counts counts;
    for (size_t pass = 0; pass < passes; ++pass) {
      ROLLCALL_RETURN_IF_ERROR(CountPass(pass, passes, counts));
    }
    Population population;
    population.all = counts.all;
    ROLLCALL_RETURN_IF_ERROR(NameBuilds(counts, population));
    Estimate(counts, population);
    DescribeLives(counts.lives, population);
    return population;
  }

 private:
  // Counts what is distinct among a share of the machines.
  Status CountPass(size_t pass, size_t passes, Counts& counts) {
    const size_t parts = PartsOf(source_);
    std::vector<std::unique_ptr<Reader>> readers;
    for (size_t part = 0; part < parts; ++part) {
      readers.push_back(std::make_unique<Reader>(source_, now_, builds_, pass, passes));
    }
    ROLLCALL_RETURN_IF_ERROR(
        VisitBlocks(source_, parts, [&](size_t part, const storage::RecordScan& scan) {
          return readers[part]->AddBlock(scan);
        }));
    std::vector<Counts> of_parts(parts);
    ROLLCALL_RETURN_IF_ERROR(RunParts(parts, [&](size_t part) {
      PartitionCounter counter(builds_.refs().size());
      for (size_t i = part; i < Rows::kPartitions; i += parts) counter.Count(readers, i);
      of_parts[part] = counter.Take();
      return Status::Ok();
    }));
    for (Counts& of_part : of_parts) counts.Add(std::move(of_part));
    return Status::Ok();
  }

  Status NameBuilds(const Counts& counts, Population& population) {
    WordTexts texts(source_);
    const std::vector<uint64_t> refs = builds_.refs();
    for (size_t i = 0; i < counts.builds.size(); ++i) {
      const Result<std::string_view> text = texts.Of(refs[i]);
      if (!text.ok()) return text.status();
      population.builds.push_back({std::string(*text), counts.builds[i]});
    }
    std::sort(population.builds.begin(), population.builds.end(),
              [](const BuildPopulation& a, const BuildPopulation& b) {
                const bool whole = IsWholeBuild(a.build);
                if (whole != IsWholeBuild(b.build)) return whole;
                return whole ? IsLowerBuild(a.build, b.build) : a.build < b.build;
              });
    return Status::Ok();
  }

  static void Estimate(const Counts& counts, Population& population) {
    for (size_t i = 0; i < kEstimatedWindows.size(); ++i) {
      PopulationEstimate& estimate = population.estimates[i];
      estimate.window = kEstimatedWindows[i];
      estimate.is_known = counts.oldest >= seconds(estimate.window + kMachineIdLife).count();
      if (!estimate.is_known) continue;
      estimate.new_internal = counts.new_internal[i];
      estimate.new_external = counts.new_external[i];
      estimate.internal = Machines(estimate.new_internal, estimate.window);
      estimate.external = Machines(estimate.new_external, estimate.window);
    }
  }

  static void DescribeLives(std::vector<uint32_t>& lives, Population& population) {
    if (lives.empty()) return;
    const auto at = [&](size_t place) {
      const auto nth = lives.begin() + static_cast<std::ptrdiff_t>(place);
      std::nth_element(lives.begin(), nth, lives.end());
      return seconds(*nth);
    };
    population.lives = {lives.size(), at((lives.size() - 1) / 2),
                        at((lives.size() - 1) * 95 / 100)};
  }

  static uint64_t Machines(uint64_t ids, days window) {
    const auto count = static_cast<uint64_t>(window.count());
    return (ids * static_cast<uint64_t>(kMachineIdLife.count()) + count / 2) / count;
  }

  const Source& source_;
  const UnixSeconds now_;
  BuildIndex builds_;
};

}  // namespace

Result<Population> CountPopulation(const Source& source, UnixSeconds now) {
  return PopulationCounter(source, now).Count();
}

}  // namespace rollcall::records
