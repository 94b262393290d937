#include "storage/byte_dictionary.h"

#include <utility>

#include "storage/coding.h"
#include "storage/keys.h"

namespace rollcall::storage {
namespace {

// Some 8 MiB.
constexpr size_t kMaxCachedRefs = 1 << 17;
constexpr size_t kMaxCachedBytes = 16 * 1024 * 1024;
// Of a string in the cache, beside its bytes.
constexpr size_t kCachedOverhead = 96;

}  // namespace

std::string EncodeDictionaryKey(uint32_t ref) { return EncodePrefix(ref); }

Result<std::unique_ptr<ByteDictionary>> ByteDictionary::Open(Store& store, Table table,
                                                             std::string last_name,
                                                             std::string removed_name) {
  std::unique_ptr<ByteDictionary> dictionary(
      new ByteDictionary(store, table, std::move(last_name), std::move(removed_name)));
  ROLLCALL_RETURN_IF_ERROR(dictionary->sequence_.Load(store));
  const Result<uint64_t> removed = store.GetNumber(dictionary->removed_name_);
  if (!removed.ok()) return removed.status();
  dictionary->removed_ = *removed;
  dictionary->last_ = dictionary->sequence_.committed();
  return dictionary;
}

Result<uint32_t> ByteDictionary::ReadRef(const Hash128& hash, const Snapshot* snapshot) const {
  const auto stored = store_.Get(table_, EncodeKey(hash), snapshot);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return uint32_t{0};
  Reader reader(**stored);
  const uint32_t ref = reader.Varint32();
  if (reader.ok() && reader.AtEnd() && ref != 0) return ref;
  return Status::DataLoss("decode " + std::string(RowOf(table_).name) + ": not a ref");
}

Result<uint32_t> ByteDictionary::Intern(std::string_view bytes, Transaction& transaction) {
  if (bytes.empty()) return uint32_t{0};
  const Hash128 hash = HashOf(bytes);
  if (const auto cached = refs_.find(hash); cached != refs_.end()) return cached->second;
  Result<uint32_t> ref = ReadRef(hash, nullptr);
  if (!ref.ok()) return ref;
  if (*ref == 0) {
    ref = sequence_.Take();
    if (!ref.ok()) return ref;
    std::string value;
    PutVarint(*ref, value);
    transaction.Put(table_, EncodeKey(hash), value);
    transaction.Put(table_, EncodeDictionaryKey(*ref), bytes);
    staged_.push_back(hash);
  }
  refs_.emplace(hash, *ref);
  return ref;
}

void ByteDictionary::Remove(uint32_t ref, std::string_view bytes, Transaction& transaction) {
  const Hash128 hash = HashOf(bytes);
  transaction.Delete(table_, EncodeKey(hash));
  transaction.Delete(table_, EncodeDictionaryKey(ref));
  refs_.erase(hash);
  ++staged_removals_;
}

void ByteDictionary::Save(Transaction& transaction) const {
  sequence_.Save(transaction);
  if (staged_removals_ > 0) transaction.PutNumber(removed_name_, removed_ + staged_removals_);
}

void ByteDictionary::Committed() {
  staged_.clear();
  removed_ += std::exchange(staged_removals_, 0);
  sequence_.Committed();
  last_ = sequence_.committed();
  if (refs_.size() > kMaxCachedRefs) refs_.clear();
}

void ByteDictionary::Abandoned() {
  for (const Hash128& hash : staged_) refs_.erase(hash);
  staged_.clear();
  staged_removals_ = 0;
  sequence_.Abandoned();
}

Result<uint32_t> ByteDictionary::Find(std::string_view bytes, const Snapshot* snapshot) const {
  if (bytes.empty()) return uint32_t{0};
  return ReadRef(HashOf(bytes), snapshot);
}

Result<std::shared_ptr<const std::string>> ByteDictionary::BytesOf(uint32_t ref,
                                                                   const Snapshot* snapshot) const {
  if (ref == 0) return std::make_shared<const std::string>();
  {
    const MutexLock lock(mutex_);
    if (const auto known = bytes_.find(ref); known != bytes_.end()) return known->second;
  }
  auto stored = store_.Get(table_, EncodeDictionaryKey(ref), snapshot);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) {
    return Status::DataLoss("read " + std::string(RowOf(table_).name) + " " + std::to_string(ref) +
                            ": it is not there");
  }
  auto bytes = std::make_shared<const std::string>(std::move(**stored));
  const size_t size = bytes->size() + kCachedOverhead;
  const MutexLock lock(mutex_);
  if (cached_bytes_ + size > kMaxCachedBytes) {
    bytes_.clear();
    cached_bytes_ = 0;
  }
  if (bytes_.emplace(ref, bytes).second) cached_bytes_ += size;
  return bytes;
}

}  // namespace rollcall::storage
