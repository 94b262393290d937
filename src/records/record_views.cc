#include "records/record_views.h"

#include <utility>

#include "base/civil_time.h"

namespace rollcall::records {

RecordViews::RecordViews(storage::Stores& stores, const Clock& clock, DeclaredViews declared)
    : stores_(stores), clock_(clock) {
  Declare(std::move(declared));
}

// make(source, now) returns the view of these records.
template <typename T, typename Make>
RecordViews::View<T> RecordViews::Get(const std::string& name, Make make) {
  const storage::Records& records = stores_.records();
  const ViewCache::State state{records.last().value, records.count()};
  return cache_.Get<T>(name, state, [&]() -> Result<AsOf<T>> {
    const UnixSeconds now = clock_.Now();
    Result<T> view = OfRecordsNow(records, stop_.get_token(), [&](const Source& source) {
      return Result<T>(make(source, now));
    });
    if (!view.ok()) return view.status();
    return AsOf<T>{now, *std::move(view)};
  });
}

RecordViews::View<BuildCounts> RecordViews::Builds() {
  return Get<BuildCounts>("builds",
                          [](const Source& source, UnixSeconds) { return CountByBuild(source); });
}

RecordViews::View<Shares> RecordViews::Stats() {
  return Get<Shares>("stats", [](const Source& source, UnixSeconds) -> Result<Shares> {
    auto classes = CountByWord(source, storage::RecordColumn::kClassification);
    if (!classes.ok()) return classes.status();
    auto platforms = CountByWord(source, storage::RecordColumn::kHostType);
    if (!platforms.ok()) return platforms.status();
    return Shares{*std::move(classes), *std::move(platforms)};
  });
}

RecordViews::View<Population> RecordViews::MachinePopulation() {
  return Get<Population>("population", CountPopulation);
}

RecordViews::View<MachineChecks> RecordViews::ChecksOfYear(size_t top) {
  return Get<MachineChecks>("checks " + std::to_string(top),
                            [&](const Source& source, UnixSeconds now) {
                              const Month january = Month::FromYearMonth(Month::Of(now).year(), 1);
                              return CountMachineChecks(source, january.Start(), now, top);
                            });
}

RecordViews::View<std::vector<ThermalWeek>> RecordViews::Thermal(size_t weeks) {
  return Get<std::vector<ThermalWeek>>(
      "thermal " + std::to_string(weeks),
      [&](const Source& source, UnixSeconds now) { return CountThermal(source, now, weeks); });
}

RecordViews::View<Spikes> RecordViews::SpikesOfToday() { return Get<Spikes>("spikes", FindSpikes); }

RecordViews::View<Crashes> RecordViews::TopCrashes(size_t top, bool with_hidden) {
  const std::string name = "crashes " + std::to_string(notes().version()) + " " +
                           std::to_string(top) + (with_hidden ? " all" : "");
  return Get<Crashes>(name, [&](const Source& source, UnixSeconds now) {
    return CountCrashes(source, {now, top, with_hidden, notes().notes()}, *Table());
  });
}

RecordViews::View<Backtraces> RecordViews::BacktracesOf(const CrashFrameName& frame,
                                                        std::optional<uint32_t> build,
                                                        size_t most) {
  const std::string name = "backtraces " + std::to_string(notes().version()) + " " +
                           std::to_string(most) + " " + (build ? std::to_string(*build) : "all") +
                           " " + frame.function + "\n" + frame.module;
  return Get<Backtraces>(name, [&](const Source& source, UnixSeconds) {
    return ListBacktraces(source, frame, build, most, *Table());
  });
}

Result<RecordPage> RecordViews::List(const RecordListRequest& request, std::stop_token stop) {
  return ListRecords(stores_.records(), request, std::move(stop));
}

Result<std::optional<Record>> RecordViews::Find(RecordId id) { return stores_.records().Read(id); }

Result<FilterPreview> RecordViews::Preview(const std::vector<CrashFrameName>& frames, size_t most) {
  ROLLCALL_RETURN_IF_ERROR(storage::CrashNotes::Check(frames));
  GuiltyTable after{FrameFilter(frames)};
  return OfRecordsNow(stores_.records(), stop_.get_token(), [&](const Source& source) {
    return PreviewFilter(source, clock_.Now(), most, *Table(), after);
  });
}

void RecordViews::Declare(DeclaredViews declared) {
  const MutexLock lock(mutex_);
  ++readings_;
  for (ViewDeclaration& view : declared.views) view.reading = readings_;
  declared_ = std::make_shared<const DeclaredViews>(std::move(declared));
}

std::shared_ptr<const DeclaredViews> RecordViews::declared() const {
  const MutexLock lock(mutex_);
  return declared_;
}

std::shared_ptr<const ViewDeclaration> RecordViews::FindDeclared(std::string_view name) const {
  std::shared_ptr<const DeclaredViews> all = declared();
  for (const ViewDeclaration& view : all->views) {
    if (view.name == name) return {std::move(all), &view};
  }
  return nullptr;
}

RecordViews::View<DeclaredTable> RecordViews::Compute(const ViewDeclaration& view) {
  const std::string name = "view " + std::to_string(view.reading) + " " + view.name;
  return Get<DeclaredTable>(
      name, [&](const Source& source, UnixSeconds now) { return ComputeView(source, view, now); });
}

std::shared_ptr<GuiltyTable> RecordViews::Table() {
  const MutexLock lock(mutex_);
  // The number is read first: a list that changes in between is read again by the next call.
  const uint64_t version = notes().version();
  if (!table_ || version != table_version_) {
    table_ = std::make_shared<GuiltyTable>(FrameFilter(notes().filter()));
    table_version_ = version;
  }
  return table_;
}

}  // namespace rollcall::records
