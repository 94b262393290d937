// Which group of a declared view each record is in. Where columns do not have what a view groups
// and filters by, records have to be read; what came of it is kept block by block
// (storage/record_groups.h). Used while a view is made, and by the job that keeps groups; one
// thread each.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/status.h"
#include "records/record_filter.h"
#include "records/slot_filter.h"
#include "records/source.h"
#include "records/view_declaration.h"
#include "records/word_texts.h"

namespace rollcall::records {

// A longer text of a group is cut.
inline constexpr size_t kMostGroupBytes = 256;

// Returns whether the view needs more of a record than columns have.
bool ReadsRecords(const ViewDeclaration& view);

// Returns a hash of all of the view that decides about a record's group; times do not.
uint64_t GroupsHashOf(const ViewDeclaration& view);

class ViewGroups {
 public:
  // `filter` is that of the view, perhaps with times. All must outlive this object.
  ViewGroups(const Source& source, const ViewDeclaration& view, const SlotFilter& filter)
      : view_(view), filter_(filter), texts_(source) {}

  // Returns the text of a value of the column that the view groups by.
  Result<std::string> TextOf(uint64_t value);
  // Returns the group of a record, which is read; nullopt: it is in none.
  Result<std::optional<std::string>> GroupOf(const storage::RecordScan& scan, size_t slot);

 private:
  const ViewDeclaration& view_;
  const SlotFilter& filter_;
  WordTexts texts_;
};

// The column that has what a view groups by; nullopt: only the record has it.
std::optional<storage::RecordColumn> GroupColumnOf(const ViewDeclaration& view);

// Makes the row of `record_groups` of a full block and a view, some records at a time.
class GroupMaker {
 public:
  GroupMaker(ViewDeclaration view, storage::BlockHead head)
      : view_(std::move(view)), head_(std::move(head)) {}

  // Returns whether it is of this block, with the records that the block has now.
  bool IsOf(const storage::BlockHead& head) const {
    return head.block == head_.block && head.absent == head_.absent;
  }
  // Reads records until then, at least one; the next call goes on. The scan stands at the block.
  // Returns true once all are read. Fails as reads of the store; Unavailable also where the source
  // is told to stop.
  Result<bool> Continue(const Source& source, const storage::RecordScan& scan,
                        std::chrono::steady_clock::time_point end);
  // Returns the row; nullopt where its texts are too many to be worth it. Requires that all records
  // are read.
  std::optional<std::string> Row() const;

 private:
  const ViewDeclaration view_;
  const storage::BlockHead head_;
  size_t left_ = storage::kRecordsOfBlock;  // so many slots, the lowest, are not read yet
  std::vector<std::string> texts_;
  size_t text_bytes_ = 0;
  std::unordered_map<std::string, uint64_t> numbers_;  // by text
  std::vector<uint64_t> of_slots_ = std::vector<uint64_t>(storage::kRecordsOfBlock);
};

}  // namespace rollcall::records
