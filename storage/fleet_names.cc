#include "storage/fleet_names.h"

#include <algorithm>

#include "storage/coding.h"
#include "storage/keys.h"
#include "storage/transaction.h"

namespace rollcall::storage {
namespace {

constexpr std::string_view kRefPrefix = "fleet/";
constexpr std::string_view kRulePrefix = "fleet_rule/";
// Stores made before names were kept have reports of this fleet alone.
constexpr std::string_view kFirstFleetName = "cozystack";

std::string NameIn(std::string_view prefix, std::string_view name) {
  return std::string(prefix) + std::string(name);
}

}  // namespace

Result<std::unique_ptr<FleetNames>> FleetNames::Open(Store& store) {
  std::unique_ptr<FleetNames> names(new FleetNames(store));
  ROLLCALL_RETURN_IF_ERROR(names->Load());
  return names;
}

Status FleetNames::Load() {
  const MutexLock lock(mutex_);
  const KeyRange rows = RangeOf(std::string(kRefPrefix));
  Scan scan = store_.NewScan(Table::kMeta, rows.begin, rows.end);
  for (; scan.Valid(); scan.Next()) {
    const std::string name(scan.key().substr(kRefPrefix.size()));
    const Result<uint64_t> ref = store_.GetNumber(scan.key());
    if (!ref.ok()) return ref.status();
    if (*ref == 0 || *ref > UINT16_MAX) {
      return Status::DataLoss("fleet " + name + ": " + std::to_string(*ref) + " is no ref");
    }
    refs_[name] = FleetRef{static_cast<uint16_t>(*ref)};
  }
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  if (refs_.contains(kFirstFleetName)) return Status::Ok();
  const KeyRange sources = RangeOfSources(kFirstFleet);
  const Scan first = store_.NewScan(Table::kSources, sources.begin, sources.end);
  // Sources that are damaged are there; who needs them is told.
  const bool is_damaged = first.status().code() == Code::kDataLoss;
  if (!is_damaged) ROLLCALL_RETURN_IF_ERROR(first.status());
  if (is_damaged || first.Valid()) refs_.try_emplace(std::string(kFirstFleetName), kFirstFleet);
  return Status::Ok();
}

FleetRef FleetNames::Find(std::string_view name) const {
  const MutexLock lock(mutex_);
  const auto at = refs_.find(name);
  return at == refs_.end() ? FleetRef{} : at->second;
}

Result<FleetRef> FleetNames::Assign(const std::string& name) {
  Transaction transaction(store_);  // one at a time, so no other is given the same ref
  if (const FleetRef known = Find(name); known.value != 0) return known;
  uint32_t ref = kFirstFleet.value;
  if (name != kFirstFleetName) {
    for (const auto& [_, taken] : All()) ref = std::max<uint32_t>(ref, taken.value);
    ++ref;
  }
  if (ref > UINT16_MAX) return Status::Unavailable("fleet " + name + ": no ref is left");
  transaction.PutNumber(NameIn(kRefPrefix, name), ref);
  ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  const MutexLock lock(mutex_);
  return refs_[name] = FleetRef{static_cast<uint16_t>(ref)};
}

std::map<std::string, FleetRef, std::less<>> FleetNames::All() const {
  const MutexLock lock(mutex_);
  return refs_;
}

Result<uint64_t> FleetNames::Rule(std::string_view name) const {
  return store_.GetNumber(NameIn(kRulePrefix, name));
}

Status FleetNames::SetRule(std::string_view name, uint64_t rule) {
  Transaction transaction(store_);
  transaction.PutNumber(NameIn(kRulePrefix, name), rule);
  return transaction.Commit();
}

}  // namespace rollcall::storage
