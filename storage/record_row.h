// The rows of records as bytes: the record itself, and its entry in the index by machine. Pure
// functions; the bytes: storage/FORMAT.md.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/record.h"

namespace rollcall::storage {

// A record whose words and stack are refs. The views are into the row.
struct RecordRow {
  uint8_t version = 0;
  uint8_t severity = 0;
  bool external = false;
  int32_t payload_version = 0;
  UnixSeconds capture{};
  UnixSeconds reception{};
  std::array<WordRef, kRecordWords.size()> words{};  // in the order of kRecordWords
  StackRef stack;
  std::string machine_id;
  std::string event_id;
  bool is_packed = false;  // the payload, by base/pack.h
  std::string_view payload;

  WordRef word(std::string Record::*field) const {
    for (size_t i = 0; i < kRecordWords.size(); ++i) {
      if (kRecordWords[i] == field) return words[i];
    }
    return {};
  }
};

std::string EncodeRecordRow(const RecordRow& row);
// DataLoss where the bytes are not such a row; the output is then unspecified.
Status DecodeRecordRow(std::string_view bytes, RecordRow& row);

std::string EncodeKey(RecordId id);
std::optional<RecordId> DecodeRecordKey(std::string_view bytes);

// An entry of the index by machine. The newest records of a machine come first.
struct RecordMachineKey {
  uint64_t machine = 0;  // the hash of its id
  RecordId id;
  auto operator<=>(const RecordMachineKey&) const = default;
};
std::string EncodeKey(const RecordMachineKey& key);
std::optional<RecordMachineKey> DecodeRecordMachineKey(std::string_view bytes);

}  // namespace rollcall::storage
