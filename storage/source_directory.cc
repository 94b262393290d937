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

Result<SourceRef> SourceDirectory::Intern(FleetRef fleet, const SourceId& id, UnixSeconds now,
                                          Transaction& transaction,
                                          const std::function<bool()>& may_be_new) {
  const std::string key = EncodeSourceKey(fleet, id.text());
  const auto stored = store_.Get(Table::kSources, key);
  if (!stored.ok()) return stored.status();
  if (stored->has_value()) {
    Reader reader(**stored);
    const SourceRef ref{reader.Varint32()};
    if (!reader.ok() || ref.value == 0) {
      return Status::DataLoss("decode source " + id.text() + ": not a number");
    }
    return ref;
  }
  if (may_be_new && !may_be_new()) return SourceRef{0};
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
