#include "storage/store_time.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "model/host_sample.h"
#include "storage/keys.h"
#include "storage/transaction.h"

namespace rollcall::storage {
namespace {

using std::chrono::seconds;

constexpr std::string_view kTime = "store_time";
constexpr std::string_view kSeen = "clock_seen";
constexpr std::string_view kAgreed = "clock_agreed";
constexpr std::string_view kSettled = "clock_settled";

// Whose rows are deleted by their age.
constexpr std::array kAged{Table::kChunks, Table::kPeaks, Table::kParked, Table::kRecords};

// A time that is this much older on disk is as good: a step of a day is an ordinary one.
constexpr std::chrono::minutes kWorthAWrite{10};

uint64_t NumberOf(seconds count) { return static_cast<uint64_t>(std::max(count.count(), 0L)); }

bool IsWorthAWrite(const ClockRecord& on_disk, const ClockRecord& now) {
  const auto moved = [](seconds by) { return std::chrono::abs(by) >= kWorthAWrite; };
  return on_disk.settled != now.settled || moved(now.time - on_disk.time) ||
         moved(now.seen - on_disk.seen) || moved(now.agreed - on_disk.agreed);
}

std::string Distance(seconds between) {
  const auto days = std::chrono::floor<std::chrono::days>(std::chrono::abs(between)).count();
  return std::to_string(days) + (days == 1 ? " day" : " days");
}

}  // namespace

Result<std::unique_ptr<StoreTime>> StoreTime::Open(Store& store) {
  std::unique_ptr<StoreTime> time(new StoreTime(store));
  ROLLCALL_RETURN_IF_ERROR(time->Load());
  return time;
}

Status StoreTime::Load() {
  const MutexLock lock(mutex_);
  std::array<uint64_t, 4> numbers{};
  size_t next = 0;
  for (const std::string_view name : {kTime, kSeen, kAgreed, kSettled}) {
    const Result<uint64_t> number = store_.GetNumber(name);
    if (!number.ok()) return number.status();
    numbers[next++] = *number;
  }
  const auto count = [&](size_t i) { return seconds(static_cast<int64_t>(numbers[i])); };
  view_.record = {UnixSeconds(count(0)), UnixSeconds(count(1)), count(2), numbers[3] != 0};
  persisted_ = view_.record;
  if (view_.record.time != UnixSeconds()) return Status::Ok();
  const auto last = store_.LastKeyBefore(Table::kChunks, "");
  if (!last.ok()) return last.status();
  if (!last->has_value()) return Status::Ok();
  const std::optional<ChunkKey> key = DecodeChunkKey(**last);
  if (!key) {
    // Whoever reads that row says so; the start does without it.
    log::Error("store time: decode the last chunk key: not a key");
    return Status::Ok();
  }
  newest_report_ = key->day;
  return Status::Ok();
}

ClockState StoreTime::Follow(UnixMilliseconds wall, Steady steady) {
  const UnixSeconds now = std::chrono::floor<seconds>(wall);
  const MutexLock lock(mutex_);
  std::optional<seconds> elapsed;
  if (last_look_) elapsed = std::chrono::floor<seconds>(steady - *last_look_);
  // What is less than a second counts with the next look.
  last_look_ = elapsed ? *last_look_ + *elapsed : steady;
  ClockRecord& record = view_.record;
  if (newest_report_ && now >= kEarliestClock) {
    if (newest_report_->Start() <= now) {
      record.time = std::min(now, Day{newest_report_->number + 1}.Start());
      record.settled = true;
    }
    newest_report_.reset();
  }
  const View before = view_;
  view_.state = FollowClock(now, elapsed, record);
  if (view_.state == ClockState::kAhead && now - record.time > kLargestStep && HasNoReports()) {
    // There is nothing to lose, and nothing that speaks for the earlier time.
    record = ClockRecord();
    view_.state = FollowClock(now, std::nullopt, record);
  }
  if (view_.state != before.state) LogChange(before.state, view_);
  return view_.state;
}

bool StoreTime::HasNoReports() const {
  // rollcall's own samples come by themselves, whatever the clock says.
  Scan hosts = store_.NewScan(Table::kHosts, "", "");
  if (hosts.Valid() && hosts.key() == kSelfHost) hosts.Next();
  if (hosts.Valid() || !hosts.status().ok()) return false;
  return std::all_of(kAged.begin(), kAged.end(), [this](Table table) {
    const auto key = store_.LastKeyBefore(table, "");
    return key.ok() && !key->has_value();
  });
}

UnixMilliseconds StoreTime::NowMilliseconds() const {
  const MutexLock lock(mutex_);
  return view_.record.time;
}

std::optional<UnixSeconds> StoreTime::TimeToDeleteBy() const {
  const MutexLock lock(mutex_);
  const bool goes_on = view_.state == ClockState::kFollowed || view_.state == ClockState::kAhead;
  if (!last_look_ || !goes_on || !view_.record.settled) return std::nullopt;
  return view_.record.time;
}

StoreTime::View StoreTime::view() const {
  const MutexLock lock(mutex_);
  return view_;
}

seconds StoreTime::View::held_back() const {
  if (state == ClockState::kFollowed) return seconds(0);
  return record.seen - std::max(record.time, kEarliestClock);
}

std::string StoreTime::View::Explain() const {
  const std::string clock = "the clock says " + FormatRfc3339(record.seen);
  if (state == ClockState::kFollowed) {
    return clock + ", and the store's time follows it" +
           (record.settled ? "" : "; retention begins once it has done so for a day");
  }
  if (record.time == UnixSeconds()) {
    return clock + " and was never set: no report is taken until it is";
  }
  const std::string where = clock + ", " + Distance(held_back()) +
                            (held_back() < seconds(0) ? " before" : " after") +
                            " the store's time, " + FormatRfc3339(record.time);
  const std::string what = state == ClockState::kImplausible
                               ? ": no report is taken, and retention waits"
                               : ": retention waits";
  return where + what + ". Set the clock right, or where it is right say so: rollcall clock accept";
}

void StoreTime::LogChange(ClockState before, const View& now) const {
  if (now.state != ClockState::kFollowed) return log::Warn("{}", now.Explain());
  if (before != ClockState::kFollowed) {
    log::Info("the store's time follows the clock again: {}", FormatRfc3339(now.record.time));
  }
}

Status StoreTime::Accept(UnixSeconds wall) {
  if (wall < kEarliestClock) {
    return Status::FailedPrecondition("accept the clock: it says " + FormatRfc3339(wall) +
                                      " and was never set");
  }
  const MutexLock lock(mutex_);
  const ClockState before = view_.state;
  view_.record = {wall, wall, seconds(0), true};
  view_.state = ClockState::kFollowed;
  newest_report_.reset();
  LogChange(before, view_);
  return Status::Ok();
}

bool StoreTime::IsWorthPersisting() const {
  const MutexLock lock(mutex_);
  return view_.record.time != UnixSeconds() && IsWorthAWrite(persisted_, view_.record);
}

Status StoreTime::Persist() {
  // Asked every few seconds, and mostly there is nothing to write: no report waits for that.
  if (!IsWorthPersisting()) return Status::Ok();
  Transaction transaction(store_);
  const ClockRecord now = view().record;
  transaction.PutNumber(kTime, NumberOf(now.time.time_since_epoch()));
  transaction.PutNumber(kSeen, NumberOf(now.seen.time_since_epoch()));
  transaction.PutNumber(kAgreed, NumberOf(now.agreed));
  transaction.PutNumber(kSettled, now.settled ? 1 : 0);
  ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  const MutexLock lock(mutex_);
  persisted_ = now;
  return Status::Ok();
}

}  // namespace rollcall::storage
