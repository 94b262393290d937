// Some of the series of a query over stored reports: those of a run of one fleet's sources. The
// chunks are read day by day, as they lie in the store, then decoded source by source; so memory
// holds the packed chunks of a few sources and the columns of one.
//
// Where only values matter, closed days are read from their columns (storage/day_columns.h), and
// chunks only of the other days and of sources that columns cannot tell.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/mutex.h"
#include "query/label_index.h"
#include "query/matched_sources.h"
#include "query/promql/series_source.h"
#include "query/source_columns.h"
#include "storage/day_columns.h"
#include "storage/store.h"

namespace rollcall::query {

// Memory for packed chunks, which parts hand on to each other: fresh pages cost more than what is
// copied into them. Thread-safe.
class SpareBuffers {
 public:
  std::string Take() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (buffers_.empty()) return {};
    std::string buffer = std::move(buffers_.back());
    buffers_.pop_back();
    buffer.clear();
    return buffer;
  }
  void Give(std::string buffer) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    buffers_.push_back(std::move(buffer));
  }

 private:
  Mutex mutex_;
  std::vector<std::string> buffers_ GUARDED_BY(mutex_);
};

// What the parts of one selection share. Immutable, but for the buffers.
struct Selection {
  const storage::Store& store;
  storage::Snapshot snapshot;
  promql::SelectRequest request;
  FleetRef fleet;
  std::string id_label;  // of the fleet
  std::shared_ptr<const WantedLabelSets> wanted;
  std::vector<MatchedSource> sources;  // by ref
  // The days, ascending, on which the fleet has chunks: those that all sources are read of, and
  // those before them, of sources whose interval these do not tell.
  std::vector<Day> days;
  std::vector<Day> earlier_days;
  int64_t first_ms = 0;  // Unix milliseconds: from where on all sources are read
  // Whether days may be read from their columns. A part is then of one block of sources.
  bool by_columns = false;
  std::unique_ptr<SpareBuffers> buffers = std::make_unique<SpareBuffers>();
};

class StoredPart final : public promql::SeriesPart {
 public:
  // Of the selection's sources from number `begin` to `end`, exclusive.
  StoredPart(std::shared_ptr<const Selection> selection, size_t begin, size_t end,
             promql::Budget& budget);

  Status Visit(const std::function<Status(const promql::SeriesView&)>& visit) override;

 private:
  using Visitor = std::function<Status(const promql::SeriesView&)>;

  // The columns of the selection's days, read from source to source.
  struct Columns;

  // The packed chunks of some sources: by source, then by day.
  struct Gathered {
    Gathered(SpareBuffers& spare, promql::Budget& to_charge)
        : bytes(spare.Take()), buffers(spare), budget(to_charge) {}
    ~Gathered() { GiveBack(); }
    Gathered(const Gathered&) = delete;
    Gathered& operator=(const Gathered&) = delete;
    void GiveBack();

    std::string bytes;
    std::vector<std::vector<SourceColumns::Chunk>> chunks;  // parallel to the sources
    SpareBuffers& buffers;
    promql::Budget& budget;
    uint64_t charged = 0;
  };

  std::span<const MatchedSource> Sources() const;
  // Reads the chunks of some sources. Sets `overflow`, and stops, where they take too much memory
  // for so many sources at once.
  Status Gather(std::span<const Day> days, std::span<const MatchedSource> sources,
                Gathered& gathered, bool& overflow);
  Status VisitSources(std::span<const MatchedSource> sources, const Visitor& visit);
  // The same by columns, where the days have them.
  Status VisitByColumns(std::span<const MatchedSource> sources, const Visitor& visit);
  Status GatherColumns(uint32_t block, Columns& columns);
  // Reads a source from columns, and the chunks of the days without; sources must ascend. Returns
  // false where they cannot tell it.
  Result<bool> ReadByColumns(SourceRef source, Columns& columns,
                             std::span<const SourceColumns::Chunk> chunks);
  Result<std::string> ChunkOf(SourceRef source, Day day) const;
  // The same for sources of which the days before are needed as well. `which`: their numbers in
  // `sources` and `gathered`.
  Status VisitWithEarlier(std::span<const MatchedSource> sources, std::span<const size_t> which,
                          const Gathered& gathered, const Visitor& visit);
  // Returns whether what was read of the current source tells how long its samples stand, and
  // reaches as far back as that.
  bool KnowsEnough() const;
  // Returns whether the values of the current source, read by columns, are those of its chunks.
  bool IsToldByColumns() const;
  // Visits the series of the current source.
  Status Emit(const MatchedSource& source, const Visitor& visit);
  // Returns how long the samples on an axis stand; nullopt where columns do not tell.
  std::optional<int64_t> LookbackOf(uint32_t axis) const;
  // Returns the labels of a series, with the id of the source visited before.
  promql::Labels& LabelsOf(uint32_t series);

  const std::shared_ptr<const Selection> selection_;
  const size_t begin_;
  const size_t end_;
  promql::Budget& budget_;
  SourceColumns columns_;
  bool by_columns_ = false;                         // how the current source was read
  std::vector<storage::MetricColumn::Item> items_;  // scratch
  std::vector<promql::Labels> labels_;              // by series
  std::map<int64_t, uint64_t> lookbacks_;
  uint64_t axes_visited_ = 0;
};

// How far before a query's range reports are looked for: as long as one may stand at most.
inline constexpr int kIntervalDays = 9;
// How many reports of a stream it takes to tell.
inline constexpr size_t kReportsOfInterval = 5;

}  // namespace rollcall::query
