#include "storage/record_groups.h"

#include <algorithm>

#include "storage/coding.h"

namespace rollcall::storage {

std::string EncodeRecordGroups(std::span<const std::string> texts,
                               std::span<const uint64_t> numbers) {
  std::string out;
  PutVarint(texts.size(), out);
  for (const std::string& text : texts) {
    PutVarint(text.size(), out);
    out += text;
  }
  return out + EncodeColumn(numbers);
}

Result<RecordGroups> DecodeRecordGroups(std::string_view bytes) {
  const auto damaged = [&](const char* why) {
    return Status::DataLoss("decode groups of records: " + std::to_string(bytes.size()) +
                            " bytes: " + why);
  };
  RecordGroups groups;
  Reader reader(bytes);
  const uint64_t texts = reader.Varint();
  if (texts > kRecordsOfBlock) return damaged("more groups than records");
  for (uint64_t i = 0; i < texts; ++i) {
    const uint64_t size = reader.Varint();
    if (size > reader.left()) return damaged("a text is cut off");
    groups.texts.emplace_back(reader.Bytes(size));
  }
  if (!reader.ok()) return damaged("cut off");
  Result<ColumnView> numbers = ColumnView::Decode(std::string(reader.Bytes(reader.left())));
  if (!numbers.ok()) return numbers.status();
  groups.numbers = *std::move(numbers);
  if (groups.numbers.size() != kRecordsOfBlock) return damaged("not of a full block");
  std::vector<uint64_t> all;
  groups.numbers.CopyTo(all);
  if (*std::max_element(all.begin(), all.end()) > texts) return damaged("a group without a text");
  return groups;
}

std::string EncodeKey(const RecordGroupsKey& key) {
  std::string bytes = EncodeGroupsOfBlock(key.block);
  PutBigEndian64(key.view, bytes);
  return bytes;
}

std::optional<RecordGroupsKey> DecodeRecordGroupsKey(std::string_view bytes) {
  Reader reader(bytes);
  const RecordGroupsKey key{reader.BigEndian64(), reader.BigEndian64()};
  return reader.ok() && reader.AtEnd() ? std::optional(key) : std::nullopt;
}

std::string EncodeGroupsOfBlock(uint64_t block) {
  std::string bytes;
  PutBigEndian64(block, bytes);
  return bytes;
}

}  // namespace rollcall::storage
