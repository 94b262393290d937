#include "storage/source_directory.h"

#include "storage/coding.h"
#include "storage/keys.h"

namespace rollcall::storage {

Result<std::unique_ptr<SourceDirectory>> SourceDirectory::Open(Store& store) {
  std::unique_ptr<SourceDirectory> directory(new SourceDirectory(store));
  ROLLCALL_RETURN_IF_ERROR(directory->sequence_.Load(store));
  directory->size_ = directory->sequence_.committed();
  return directory;
}

Result<std::optional<SourceDirectory::Known>> SourceDirectory::Find(FleetRef fleet,
                                                                    const SourceId& id) const {
  const auto stored = store_.Get(Table::kSources, EncodeSourceKey(fleet, id.text()));
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return std::optional<Known>();
  Reader reader(**stored);
  const SourceRef ref{reader.Varint32()};
  const UnixSeconds first_seen{std::chrono::seconds(UnZigZag(reader.Varint()))};
  if (!reader.ok() || ref.value == 0) {
    return Status::DataLoss("decode source " + id.text() + ": not a number");
  }
  return std::optional(Known{ref, first_seen});
}

void SourceDirectory::Remove(FleetRef fleet, const SourceId& id, SourceRef ref,
                             Transaction& transaction) {
  transaction.Delete(Table::kSources, EncodeSourceKey(fleet, id.text()));
  transaction.Delete(Table::kSourceIds, EncodeKey(ref));
}

Result<SourceRef> SourceDirectory::Intern(FleetRef fleet, const SourceId& id, UnixSeconds now,
                                          Transaction& transaction,
                                          const std::function<bool()>& may_be_new) {
  const auto known = Find(fleet, id);
  if (!known.ok()) return known.status();
  if (known->has_value()) return (*known)->ref;
  if (may_be_new && !may_be_new()) return SourceRef{0};
  const std::string key = EncodeSourceKey(fleet, id.text());
  const Result<uint32_t> number = sequence_.Take();
  if (!number.ok()) return number.status();
  const SourceRef ref{*number};
  std::string value;
  PutVarint(ref.value, value);
  PutVarint(ZigZag(now.time_since_epoch().count()), value);
  transaction.Put(Table::kSources, key, value);
  transaction.Put(Table::kSourceIds, EncodeKey(ref), key);
  return ref;
}

void SourceDirectory::Committed() {
  sequence_.Committed();
  size_ = sequence_.committed();
}

}  // namespace rollcall::storage
