// The records: every one that was taken in, with an index by machine, and columns by which a filter
// finds records without reading them (storage/record_scan.h). In memory is the block of columns
// that is being filled, up to 5 MiB once there is a record, and some bytes of each full block.
// Owned by Stores.
//
// What takes a transaction is for whoever holds it. Everything else is thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "model/record.h"
#include "storage/byte_dictionary.h"
#include "storage/record_column.h"
#include "storage/record_groups.h"
#include "storage/record_row.h"
#include "storage/transaction.h"

namespace rollcall::storage {

// A block as it is filled. Copies share the values; whoever has the longest one fills them, and
// what a copy has of them, those below head.slots, never changes.
struct FillingBlock {
  using Values = std::array<std::unique_ptr<uint64_t[]>, kRecordColumns.size()>;

  BlockHead head;
  std::shared_ptr<Values> values;  // null: there was never a record
};

// The records as of one moment. Copies share it; it must not outlive the Records.
struct RecordsView {
  std::shared_ptr<const std::vector<BlockHead>> full;  // ascending
  FillingBlock filling;
  Snapshot snapshot;
};

class Records final : private Participant {
 public:
  // Returns what is the same in records that crashed in the same way, or nothing; the store keeps
  // each distinct one once. Called within the transaction that stores the record.
  using StackOf = std::function<std::string(const Record&)>;

  // Reads the block that was being filled, and writes the columns of blocks that have none.
  static Result<std::unique_ptr<Records>> Open(Store& store);

  // Must be called before the first Append, if at all. Without it no record has a stack.
  void SetStackOf(StackOf stack_of) { stack_of_ = std::move(stack_of); }

  // Puts a record into the transaction; sets its id, the next one, and makes its reception no
  // earlier than that of the one before, unless that is over a day ahead: a clock, or an import,
  // was wrong then. Unavailable, DataLoss: as reads of the store; the transaction is then to be
  // abandoned.
  Status Append(Record& record, Transaction& transaction);

  // Puts a record into the transaction under the id that it has, whatever the order, for an import
  // into a store that takes nothing else in meanwhile. It shows once the store is opened again.
  // Returns false where it is there, or its whole block was deleted. InvalidArgument: the id is
  // another record's; the transaction is as before. Requires an id, and that no transaction of the
  // import is abandoned.
  Result<bool> Import(const Record& record, Transaction& transaction);

  // Puts the deletion of records into the transaction, which appends none: those of a block's slots
  // that there are. Readers do not see them from now on, unless the transaction is abandoned.
  // Unavailable, DataLoss: as reads of the store.
  Status Remove(uint64_t block, const BlockBits& slots, Transaction& transaction);
  // Gives back the room of all records before the first block that still has one. Makes its own
  // transaction.
  Status DropRemoved();

  RecordsView View() const;
  // What is stored of records before it was deleted, and is on its way out: a view that was taken
  // before may find it or not.
  RecordId first() const { return {first_.load(std::memory_order_relaxed)}; }
  // The newest record, of those that were ever taken in; 0: there was none.
  RecordId last() const;
  // How many records there are.
  uint64_t count() const;

  // Returns a record; nullopt where it is not there.
  Result<std::optional<Record>> Read(RecordId id, const Snapshot* snapshot = nullptr) const;
  // Returns the record that a row stands for.
  Result<Record> Decode(RecordId id, std::string_view row, const Snapshot* snapshot) const;

  // Refs of texts, and texts of refs.
  const ByteDictionary& words() const { return *words_; }
  const ByteDictionary& stacks() const { return *stacks_; }
  // The value of a machine's id in RecordColumn::kMachine.
  uint64_t MachineHash(std::string_view machine_id) const {
    return HashBytes(machine_id, store_.hash_seed()).low;
  }
  // Returns the newest records of machines with this hash, newest first, at most `most` of them.
  // They may include some that are not in the view.
  Result<std::vector<RecordId>> OfMachine(uint64_t machine, RecordId below, size_t most,
                                          const RecordsView& view) const;
  // Returns a stored column of a full block. DataLoss: it is not there, or damaged.
  Result<ColumnView> ReadColumn(uint64_t block, RecordColumn column,
                                const Snapshot* snapshot = nullptr) const;
  // Returns what a declared view made of a full block; nullopt where that is not there. DataLoss:
  // it is damaged.
  Result<std::optional<RecordGroups>> ReadGroups(RecordGroupsKey key,
                                                 const Snapshot* snapshot = nullptr) const;
  // Writes that row, which was made of the block with this head, of a view of this object. Returns
  // false where the block has lost records since, and nothing is written. Makes its own
  // transaction, which is not synced.
  Result<bool> WriteGroups(const BlockHead& of, uint64_t view, const std::string& row);
  // Returns what the columns of the first `slots` numbers of a block have to say, from the records.
  Result<FillingBlock> ReadBlock(uint64_t block, size_t slots,
                                 const Snapshot* snapshot = nullptr) const;
  const Store& store() const { return store_; }

 private:
  friend class RecordSweep;
  explicit Records(Store& store) : store_(store) {}
  Status Load();
  // Reads the heads of the full blocks from `begin` to `end`, exclusive.
  Result<std::vector<BlockHead>> LoadHeads(uint64_t begin, uint64_t end);
  // Returns the first block from `block` to `end`, exclusive, with a record, if there is one.
  Result<std::optional<uint64_t>> FirstBlock(uint64_t block, uint64_t end) const;
  // Writes the columns of a full block from its records; returns its head. `written`: what came of
  // it.
  Result<BlockHead> Mend(uint64_t block, Status& written);
  Status EndImport();
  // Writes the index by machine where it is missing.
  Status MendIndex();
  Result<RecordRow> MakeRow(const Record& record, std::string& packed, Transaction& transaction);
  static FillingBlock NewBlock(uint64_t block);
  static void Fill(FillingBlock& filling, const RecordRow& row, uint64_t machine);
  static void Skip(FillingBlock& filling, size_t slots);
  static void WriteColumns(const FillingBlock& filling, Transaction& transaction);
  static void DeleteRows(uint64_t block, const BlockBits& slots, const ColumnView& machines,
                         Transaction& transaction);
  // Of the blocks from `begin` to `end`, exclusive.
  static void DeleteGroups(uint64_t begin, uint64_t end, Transaction& transaction);
  UnixSeconds LastReception() const REQUIRES(mutex_);
  void Save(Transaction& transaction) const override;
  void Committed() override;
  void Abandoned() override;

  Store& store_;
  std::unique_ptr<ByteDictionary> words_;
  std::unique_ptr<ByteDictionary> stacks_;
  StackOf stack_of_;
  // Used only within transactions: the block that is being filled as the transaction under way has
  // it, after those that it has filled. Empty: it has no records.
  std::vector<FillingBlock> staged_;
  UnixSeconds last_reception_{};
  // Of the transaction under way: what full_ and the head of filling_ were before a removal.
  struct Removal {
    std::shared_ptr<const std::vector<BlockHead>> full;
    BlockHead filling;
  };
  std::optional<Removal> removal_;
  std::atomic<uint64_t> first_{1};
  // Of an import: what the transaction under way has, by the hash of the row, and all of them.
  std::unordered_map<uint64_t, Hash128> importing_;
  uint64_t imported_from_ = 0;
  uint64_t imported_last_ = 0;

  mutable Mutex mutex_;
  std::shared_ptr<const std::vector<BlockHead>> full_ GUARDED_BY(mutex_) =
      std::make_shared<const std::vector<BlockHead>>();
  FillingBlock filling_ GUARDED_BY(mutex_);
  const Participation participation_{store_, *this};
};

}  // namespace rollcall::storage
