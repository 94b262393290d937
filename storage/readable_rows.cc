#include "storage/readable_rows.h"

#include <optional>

namespace rollcall::storage {
namespace {

// Keys are taken for numbers of so many bytes when the end of a damaged block is looked for.
constexpr size_t kSearchedBytes = 16;

// The key behind `key` by 2^step units in the last of the searched bytes; nullopt: there is none.
std::optional<std::string> Beyond(std::string key, size_t step) {
  key.resize(kSearchedBytes, '\0');
  size_t at = kSearchedBytes - 1 - step / 8;
  uint32_t carry = uint32_t{1} << step % 8;
  for (;; --at) {
    carry += static_cast<uint8_t>(key[at]);
    key[at] = static_cast<char>(carry);
    carry >>= 8;
    if (carry == 0) return key;
    if (at == 0) return std::nullopt;
  }
}

}  // namespace

Status ReadableRows::ForEach(
    const std::function<Status(rocksdb::Slice key, rocksdb::Slice value)>& visit) {
  Rows rows = At("");
  std::string last;
  while (true) {
    for (; rows->Valid(); rows->Next()) {
      last = rows->key().ToString();
      ROLLCALL_RETURN_IF_ERROR(visit(rows->key(), rows->value()));
    }
    if (rows->status().ok()) return Status::Ok();
    ++places_;
    rows = Behind(last);
    if (!rows) return Status::Ok();
  }
}

ReadableRows::Rows ReadableRows::At(const std::string& key) {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  Rows rows(db_.NewIterator(options, table_));
  rows->Seek(key);
  return rows;
}

ReadableRows::Rows ReadableRows::Behind(const std::string& key) {
  for (size_t step = 0; step < kSearchedBytes * 8; ++step) {
    const auto far = Beyond(key, step);
    if (!far) return nullptr;
    if (!At(*far)->status().ok()) continue;
    std::string near = *far;
    std::string bad = key;
    bad.resize(kSearchedBytes, '\0');
    for (size_t half = step; half-- > 0;) {
      const auto middle = Beyond(bad, half);
      if (!middle || *middle >= near) continue;
      (At(*middle)->status().ok() ? near : bad) = *middle;
    }
    return At(near);
  }
  return nullptr;
}

}  // namespace rollcall::storage
