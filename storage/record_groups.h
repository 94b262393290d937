// What a declared view makes of the records of a full block: the group of each. Rows of
// `record_groups`, which follow from `records`: they are written in the background, so that a view
// need not read the records again, and go with any record of the block. Plain values and pure
// functions; the bytes: storage/FORMAT.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/record_column.h"

namespace rollcall::storage {

struct RecordGroups {
  std::vector<std::string> texts;  // of the groups
  ColumnView numbers;              // by slot: 1 + the place of its group's text; 0: in no group
};

// Requires kRecordsOfBlock numbers, none above the number of texts.
std::string EncodeRecordGroups(std::span<const std::string> texts,
                               std::span<const uint64_t> numbers);
// DataLoss: the bytes are not such a row.
Result<RecordGroups> DecodeRecordGroups(std::string_view bytes);

struct RecordGroupsKey {
  uint64_t block = 0;
  uint64_t view = 0;  // the hash of what the view declares
  auto operator<=>(const RecordGroupsKey&) const = default;
};
std::string EncodeKey(const RecordGroupsKey& key);
std::optional<RecordGroupsKey> DecodeRecordGroupsKey(std::string_view bytes);
// Where the rows of a block begin.
std::string EncodeGroupsOfBlock(uint64_t block);

}  // namespace rollcall::storage
