#include "jobs/record_retention.h"

#include <ctime>
#include <string>

#include "base/log.h"
#include "storage/transaction.h"

namespace rollcall::jobs {
namespace {

constexpr int kHour = 4;
constexpr int kMinute = 30;
constexpr std::chrono::milliseconds kBudget{500};

// When the latest one was done, Unix seconds.
constexpr std::string_view kDone = "records_pruned";

std::string Describe(const records::RecordPruner& pruner) {
  std::string text;
  for (const auto& [rule, count] : pruner.by_rule()) {
    if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " by " + rule;
  }
  return text;
}

}  // namespace

UnixSeconds NextRecordRetention(UnixSeconds time) {
  const auto at = static_cast<std::time_t>(time.time_since_epoch().count());
  std::tm local{};
  localtime_r(&at, &local);
  // Of this day, or of the next.
  for (const int days : {0, 1}) {
    std::tm wanted{};
    wanted.tm_year = local.tm_year;
    wanted.tm_mon = local.tm_mon;
    wanted.tm_mday = local.tm_mday + days;
    wanted.tm_hour = kHour;
    wanted.tm_min = kMinute;
    wanted.tm_isdst = -1;
    const UnixSeconds next{std::chrono::seconds(std::mktime(&wanted))};
    if (next > time) return next;
  }
  return time + std::chrono::hours(24);
}

Status RecordRetentionJob::Run() {
  const std::optional<UnixSeconds> time = stores_.time().TimeToDeleteBy();
  if (!time) return Status::Ok();
  const UnixSeconds now = *time;
  if (!due_) {
    const Result<uint64_t> done = stores_.store().GetNumber(kDone);
    if (!done.ok()) return done.status();
    const UnixSeconds since{std::chrono::seconds(*done)};
    due_ = NextRecordRetention(*done == 0 || since > now ? now : since);
  }
  if (now < *due_) return Status::Ok();
  if (!pruner_) pruner_ = std::make_unique<records::RecordPruner>(stores_, retention_, now);
  const Result<bool> more = pruner_->Step(kBudget, false);
  if (!more.ok()) return more.status();
  if (*more) return Status::Ok();
  if (pruner_->total() > 0) log::Info("records deleted: {}", Describe(*pruner_));
  pruner_.reset();
  due_ = NextRecordRetention(now);
  storage::Transaction transaction(stores_.store());
  transaction.PutNumber(kDone, static_cast<uint64_t>(now.time_since_epoch().count()));
  return transaction.Commit();
}

}  // namespace rollcall::jobs
