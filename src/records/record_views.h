// The views of records as a server gives them out: made when they are asked for, kept for a while,
// with the operator's list of filtered frames, notes and declared views. Owned by the server;
// thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "model/crash_frame.h"
#include "records/crashes.h"
#include "records/declared_view.h"
#include "records/machine_checks.h"
#include "records/population.h"
#include "records/record_list.h"
#include "records/spikes.h"
#include "records/view_cache.h"
#include "records/view_declaration.h"
#include "records/word_counts.h"
#include "storage/stores.h"

namespace rollcall::records {

struct Shares {
  std::vector<WordCount> classes;
  std::vector<WordCount> platforms;
};

class RecordViews {
 public:
  template <typename T>
  using View = Result<std::shared_ptr<const AsOf<T>>>;

  // All of them must outlive this object.
  RecordViews(storage::Stores& stores, const Clock& clock, DeclaredViews declared);

  // Ends the making of views, which are then Unavailable.
  void RequestStop() { stop_.request_stop(); }

  // Each fails as reads of the store do.
  View<BuildCounts> Builds();
  View<Shares> Stats();
  View<Population> MachinePopulation();
  // Of the running year, UTC.
  View<MachineChecks> ChecksOfYear(size_t top);
  View<std::vector<ThermalWeek>> Thermal(size_t weeks);
  View<Spikes> SpikesOfToday();
  View<Crashes> TopCrashes(size_t top, bool with_hidden);
  View<Backtraces> BacktracesOf(const CrashFrameName& frame, std::optional<uint32_t> build,
                                size_t most);

  // These two are made each time. `stop` ends the first one too.
  Result<RecordPage> List(const RecordListRequest& request, std::stop_token stop);
  // nullopt: there is no such record.
  Result<std::optional<Record>> Find(RecordId id);

  // Returns what a list of filtered frames would change. InvalidArgument: as CrashNotes::Check.
  Result<FilterPreview> Preview(const std::vector<CrashFrameName>& frames, size_t most);

  // Puts other declared views in force.
  void Declare(DeclaredViews declared);
  std::shared_ptr<const DeclaredViews> declared() const;
  // nullptr: there is no such view.
  std::shared_ptr<const ViewDeclaration> FindDeclared(std::string_view name) const;
  View<DeclaredTable> Compute(const ViewDeclaration& view);

  storage::CrashNotes& notes() { return stores_.crash_notes(); }

 private:
  // The table of the list that is in force.
  std::shared_ptr<GuiltyTable> Table();
  template <typename T, typename Make>
  View<T> Get(const std::string& name, Make make);

  storage::Stores& stores_;
  const Clock& clock_;
  std::stop_source stop_;
  ViewCache cache_;
  mutable Mutex mutex_;
  std::shared_ptr<const DeclaredViews> declared_ GUARDED_BY(mutex_);
  uint64_t readings_ GUARDED_BY(mutex_) = 0;       // how often views were put in force
  uint64_t table_version_ GUARDED_BY(mutex_) = 0;  // of the notes
  std::shared_ptr<GuiltyTable> table_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::records
