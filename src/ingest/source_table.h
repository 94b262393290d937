// The sources that reported lately, and what is known about them: enough to store their next report
// without reading the disk, in a bounded number of bytes. The least recently used are forgotten
// first, and read again when they report again.
//
// Owned by the committer; used only within transactions.
#pragma once

#include <bitset>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/civil_time.h"
#include "base/hash.h"
#include "model/ids.h"
#include "model/peaks.h"
#include "model/source_id.h"
#include "storage/chunk_codec.h"
#include "storage/source_directory.h"
#include "storage/transaction.h"

namespace rollcall::ingest {

// A stream of a source, by its latest report.
struct StreamState {
  bool in_use = false;
  // Another stream has since reported one of its metrics: which series are current must be worked
  // out again even if the content repeats.
  bool overlaid = false;
  bool fingerprint_known = false;
  // Slots of the streams that are known to share no metric with this one.
  std::bitset<storage::kStreamSlots> disjoint;
  Hash128 fingerprint;
  uint64_t metrics_hash = 0;  // hash of the metric refs: tells streams apart
  Day day;                    // of the latest entry
  uint64_t last_used = 0;     // number of the source's report that used it last
  std::string series;         // encoded by storage::EncodeSeries
};

struct SourceState {
  SourceState(FleetRef f, SourceId i, SourceRef r) : fleet(f), id(std::move(i)), ref(r) {}

  FleetRef fleet;
  SourceId id;
  SourceRef ref;
  uint64_t reports = 0;
  std::vector<StreamState> streams;  // by slot, at most storage::kStreamSlots

  // The chunk that the next entry goes to, if it is known.
  bool chunk_known = false;
  Day chunk_day;
  UnixSeconds chunk_time{};  // time of its latest entry

  // The row of the month as stored, and the merged rows of the 2 and the 11 months before, encoded.
  bool peaks_known = false;
  Month month;
  std::string peaks;
  size_t peaks_change_bytes = 0;  // written since the row was written whole, as far as known
  bool before_known = false;
  std::string quarter_before;
  std::string year_before;

  size_t bytes() const;
};

class SourceTable final : private storage::Participant {
 public:
  SourceTable(storage::Store& store, storage::SourceDirectory& directory, size_t max_bytes)
      : store_(store), directory_(directory), max_bytes_(max_bytes) {}

  // Returns the state of a source. A source that reports for the first time gets its number in the
  // transaction, unless `may_be_new` is given and says no: then there is no state, and null is
  // returned. The pointer is valid until the transaction ends.
  Result<SourceState*> Get(FleetRef fleet, const SourceId& id, const Hash128& id_hash,
                           UnixSeconds now, storage::Transaction& transaction,
                           const std::function<bool()>& may_be_new);

  // Load into the state, unless they are there: the chunk of the day, the row of the month, the
  // rows before it. LoadBefore requires LoadPeaks.
  Status LoadChunk(SourceState& state, Day day);
  Status LoadPeaks(SourceState& state, Month month);
  Status LoadBefore(SourceState& state);

  // Drops the state of a source whose rows `transaction` changes without Get.
  void Forget(const Hash128& id_hash, const storage::Transaction& transaction);

  size_t size() const { return index_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  struct Node {
    Hash128 id_hash;
    SourceState state;
    size_t counted_bytes;
    bool touched;
  };
  using Nodes = std::list<Node>;

  // After a commit the states are what is stored; after an abandoned transaction those that it
  // touched are dropped.
  void Committed() override;
  void Abandoned() override;
  void Forget(Nodes::iterator node);

  storage::Store& store_;
  storage::SourceDirectory& directory_;
  const size_t max_bytes_;
  size_t bytes_ = 0;
  Nodes nodes_;  // most recently used first
  std::unordered_map<Hash128, Nodes::iterator, Hash128Hasher> index_;
  std::vector<Nodes::iterator> touched_;
  const storage::Participation participation_{store_, *this};
};

}  // namespace rollcall::ingest
