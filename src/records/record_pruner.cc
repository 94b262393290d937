#include "records/record_pruner.h"

#include <algorithm>
#include <unordered_map>

#include "base/log.h"
#include "storage/transaction.h"

namespace rollcall::records {
namespace {

using storage::BlockBits;
using storage::ColumnView;
using storage::RecordColumn;

// Deleted in one transaction: some milliseconds, during which records and reports wait.
constexpr size_t kPrunedAtOnce = 4'096;

std::string Records(uint64_t count) {
  return std::to_string(count) + (count == 1 ? " record" : " records");
}

std::string Days(uint32_t days) { return std::to_string(days) + (days == 1 ? " day" : " days"); }

}  // namespace

RecordPruner::RecordPruner(storage::Stores& stores, const RecordRetention& retention,
                           UnixSeconds now)
    : store_(stores.store()),
      records_(stores.records()),
      now_(now),
      count_(records_.count()),
      keep_{"keep_days: " + Days(retention.keep_days), retention.keep_days} {
  std::vector<Rule> all{keep_};
  for (const auto& [severity, days] : retention.severities) {
    all.push_back({"severity " + std::to_string(severity) + ": " + Days(days), days});
    severities_.emplace_back(severity, all.back());
  }
  for (const auto& [pattern, days] : retention.classes) {
    all.push_back({pattern + ": " + Days(days), days});
    classes_.emplace_back(pattern, all.back());
  }
  for (const Rule& rule : all) {
    if (rule.days == 0) continue;
    by_rule_[rule.name] = 0;
    kept_by_all_ = kept_by_all_ ? std::max(*kept_by_all_, KeptFrom(rule)) : KeptFrom(rule);
  }
}

const RecordPruner::Rule* RecordPruner::RuleOf(uint64_t severity,
                                               const std::string& classification) const {
  const Rule* shortest = nullptr;
  bool is_named = false;
  const auto consider = [&](const Rule& rule) {
    is_named = true;
    if (rule.days > 0 && (shortest == nullptr || rule.days < shortest->days)) shortest = &rule;
  };
  for (const auto& [of, rule] : severities_) {
    if (of == severity) consider(rule);
  }
  for (const auto& [pattern, rule] : classes_) {
    if (MatchesClass(pattern, classification)) consider(rule);
  }
  if (!is_named) consider(keep_);
  return shortest;
}

uint64_t RecordPruner::total() const {
  uint64_t total = 0;
  for (const auto& [rule, count] : by_rule_) total += count;
  return total;
}

std::string RecordPruner::Describe(bool dry_run) const {
  std::string text;
  for (const auto& [rule, count] : by_rule_) text += rule + ": " + Records(count) + "\n";
  text += (dry_run ? "would be deleted: " : "deleted: ") + std::to_string(total()) + " of " +
          Records(count_) + "\n";
  if (texts() > 0) text += "with texts that no other record has: " + std::to_string(texts()) + "\n";
  return text;
}

Result<bool> RecordPruner::Step(std::chrono::milliseconds budget, bool dry_run) {
  const auto end = std::chrono::steady_clock::now() + budget;
  if (!kept_by_all_) return false;
  do {
    storage::RecordScan scan(records_);
    if (!scan.SeekBlock(next_block_)) {
      if (dry_run || total() == 0) return false;
      return GiveRoomBack(budget);
    }
    const uint64_t block = scan.head().block;
    const Result<bool> is_done = PruneBlock(scan, dry_run);
    if (!is_done.ok()) return is_done.status();
    next_block_ = *is_done ? block + 1 : block;
  } while (std::chrono::steady_clock::now() < end);
  return true;
}

Result<bool> RecordPruner::GiveRoomBack(std::chrono::milliseconds budget) {
  if (!sweep_) {
    ROLLCALL_RETURN_IF_ERROR(records_.DropRemoved());
    const Result<bool> is_due = storage::RecordSweep::IsDue(records_);
    if (!is_due.ok() || !*is_due) return is_due;
    sweep_.emplace(records_);
  }
  const Result<bool> more = sweep_->Step(budget);
  if (more.ok() || more.status().code() != Code::kDataLoss) return more;
  // What a damaged record has is not known; that keeps no other from being deleted tomorrow.
  log::Error("texts that no record has stay: {}", more.status().message());
  return false;
}

Result<bool> RecordPruner::PruneBlock(const storage::RecordScan& scan, bool dry_run) {
  if (scan.head().first_reception >= *kept_by_all_) return true;
  const auto classes = scan.Column(RecordColumn::kClassification);
  if (!classes.ok()) return classes.status();
  const auto severities = scan.Column(RecordColumn::kSeverity);
  if (!severities.ok()) return severities.status();
  const auto receptions = scan.Column(RecordColumn::kReception);
  if (!receptions.ok()) return receptions.status();

  std::unordered_map<uint64_t, const Rule*> rules;  // by severity and class
  std::unordered_map<const Rule*, uint64_t> counts;
  BlockBits old;
  size_t count = 0;
  Status status;
  scan.present().ForEach([&](size_t slot) {
    if (!status.ok() || (!dry_run && count == kPrunedAtOnce)) return;
    const uint64_t kind = (*classes)[slot] << 8 | (*severities)[slot];
    auto rule = rules.find(kind);
    if (rule == rules.end()) {
      const auto name =
          records_.words().BytesOf(static_cast<uint32_t>((*classes)[slot]), &scan.view().snapshot);
      if (!name.ok()) {
        status = name.status();
        return;
      }
      rule = rules.emplace(kind, RuleOf((*severities)[slot], **name)).first;
    }
    if (rule->second == nullptr) return;
    const UnixSeconds reception{std::chrono::seconds((*receptions)[slot])};
    if (reception >= KeptFrom(*rule->second)) return;
    old.Add(slot);
    ++counts[rule->second];
    ++count;
  });
  ROLLCALL_RETURN_IF_ERROR(status);
  if (count > 0 && !dry_run) {
    storage::Transaction transaction(store_);
    ROLLCALL_RETURN_IF_ERROR(records_.Remove(scan.head().block, old, transaction));
    ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  }
  for (const auto& [rule, of_rule] : counts) by_rule_[rule->name] += of_rule;
  return dry_run || count < kPrunedAtOnce;
}

}  // namespace rollcall::records
