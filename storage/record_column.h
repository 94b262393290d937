// The columns of records: of each block of consecutive ids, one field of all of them, packed so
// that a filter reads some bytes a record and skips blocks without a hit. Plain values and pure
// functions; the bytes: storage/FORMAT.md.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/record.h"

namespace rollcall::storage {

// A block is that many consecutive ids: 1 to 65,536, and so on. So many that a scan of ten million
// records is some hundred reads, and few enough that the block that is being filled, which is in
// memory, is small, and read again quickly at a start.
inline constexpr size_t kRecordsOfBlock = 65'536;

constexpr uint64_t BlockOf(RecordId id) { return (id.value - 1) / kRecordsOfBlock; }
constexpr size_t SlotOf(RecordId id) { return (id.value - 1) % kRecordsOfBlock; }
constexpr RecordId IdAt(uint64_t block, size_t slot) {
  return {block * kRecordsOfBlock + slot + 1};
}

// The numbers stand on disk.
enum class RecordColumn : uint8_t {
  kReception = 1,  // Unix seconds
  kCapture = 2,    // Unix seconds
  kSeverity = 3,
  kExternal = 4,        // 0 or 1
  kClassification = 5,  // WordRef
  kBuild = 6,           // WordRef
  kSystem = 7,          // WordRef
  kHostType = 8,        // WordRef
  kMachine = 9,         // Records::MachineHash of the machine's id
  kStack = 10,          // StackRef
};
inline constexpr std::array kRecordColumns{RecordColumn::kReception,      RecordColumn::kCapture,
                                           RecordColumn::kSeverity,       RecordColumn::kExternal,
                                           RecordColumn::kClassification, RecordColumn::kBuild,
                                           RecordColumn::kSystem,         RecordColumn::kHostType,
                                           RecordColumn::kMachine,        RecordColumn::kStack};
constexpr size_t IndexOf(RecordColumn column) { return static_cast<size_t>(column) - 1; }
std::string_view NameOf(RecordColumn column);

// One bit for each slot of a block.
class BlockBits {
 public:
  static BlockBits FirstOf(size_t slots);  // the first ones set
  bool Has(size_t slot) const { return (words_[slot / 64] >> slot % 64 & 1) != 0; }
  void Add(size_t slot) { words_[slot / 64] |= uint64_t{1} << slot % 64; }
  void Remove(size_t slot) { words_[slot / 64] &= ~(uint64_t{1} << slot % 64); }
  void RemoveAll(const BlockBits& others);
  void KeepOnly(const BlockBits& others);
  bool Any() const;
  size_t Count() const;
  // The 64 slots from 64 × i on; the lowest bit is the first of them.
  uint64_t& word(size_t i) { return words_[i]; }
  uint64_t word(size_t i) const { return words_[i]; }
  static constexpr size_t kWords = kRecordsOfBlock / 64;

  // Calls visit(slot) for each set bit, first to last, or last to first; of the second, until it
  // returns false.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (size_t i = 0; i < kWords; ++i) {
      for (uint64_t left = words_[i]; left != 0; left &= left - 1) {
        visit(i * 64 + static_cast<size_t>(std::countr_zero(left)));
      }
    }
  }
  template <typename Visit>
  void ForEachBackwards(Visit visit) const {
    for (size_t i = kWords; i-- > 0;) {
      for (uint64_t left = words_[i]; left != 0;) {
        const size_t bit = 63 - static_cast<size_t>(std::countl_zero(left));
        if (!visit(i * 64 + bit)) return;
        left &= ~(uint64_t{1} << bit);
      }
    }
  }
  bool operator==(const BlockBits&) const = default;

 private:
  std::array<uint64_t, kWords> words_{};
};

// The values of one column of a block, by slot. A copy shares them.
class ColumnView {
 public:
  ColumnView() = default;
  // Reads a stored column. DataLoss: the bytes are not one.
  static Result<ColumnView> Decode(std::string bytes);
  // Shows values that are in memory; `owner` keeps them there.
  static ColumnView Of(std::shared_ptr<const void> owner, std::span<const uint64_t> values);

  size_t size() const { return size_; }
  uint64_t operator[](size_t slot) const;
  // The distinct values, ascending, where the column has a dictionary; else empty.
  std::span<const uint64_t> distinct() const { return distinct_ ? *distinct_ : kNone; }
  // The place of a slot's value in distinct(). Requires a dictionary.
  size_t code(size_t slot) const { return static_cast<size_t>(Code(slot)); }

  // Sets `values` to the values of all slots.
  void CopyTo(std::vector<uint64_t>& values) const;
  // Takes the bits of slots that have another value, or a value up to `least`.
  void KeepEqual(uint64_t value, BlockBits& bits) const;
  void KeepAbove(uint64_t least, BlockBits& bits) const;

 private:
  inline static const std::vector<uint64_t> kNone;

  uint64_t Code(size_t slot) const;
  uint64_t LargestCode() const;
  void KeepCode(uint64_t code, BlockBits& bits) const;

  std::shared_ptr<const void> owner_;  // of what data_ points to
  std::shared_ptr<const std::vector<uint64_t>> distinct_;
  const char* data_ = nullptr;  // little-endian codes of `width_` bytes each
  size_t width_ = 0;            // 0: all have the value base_
  size_t size_ = 0;
  uint64_t base_ = 0;  // the value of code 0, where there is no dictionary
};

// Requires 1 to kRecordsOfBlock values.
std::string EncodeColumn(std::span<const uint64_t> values);

// What is known of a block without its columns.
struct BlockHead {
  uint64_t block = 0;
  uint32_t slots = 0;  // of a full block all
  uint32_t count = 0;  // records; the other slots are absent
  UnixSeconds first_reception{};
  UnixSeconds last_reception{};
  UnixSeconds first_capture{};
  UnixSeconds last_capture{};
  // The slots without a record: deleted, or never given out. Null: there are none.
  std::shared_ptr<const BlockBits> absent = nullptr;

  BlockBits Present() const;
};

// The head's row. Of a full block; its number is in the key. The times are of the records that it
// had when it was full: what is deleted may leave them too wide.
std::string EncodeBlockHead(const BlockHead& head);
Status DecodeBlockHead(std::string_view bytes, BlockHead& head);

// Keys of `record_columns`: a block's head comes before its columns.
std::string EncodeBlockKey(uint64_t block);
std::string EncodeColumnKey(uint64_t block, RecordColumn column);

}  // namespace rollcall::storage
