// Rows by their hash, in partitions: those that belong together are in one, so that counting what
// is distinct needs no more memory at a time than a processor has at hand. Plain value; one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace rollcall::records {

template <typename Row>
class PartitionedRows {
 public:
  static constexpr unsigned kBits = 9;
  static constexpr size_t kPartitions = size_t{1} << kBits;

  // The hash's highest bits choose the partition.
  void Add(uint64_t hash, const Row& row) {
    Partition& partition = partitions_[hash >> (64 - kBits)];
    if (partition.used == kRowsOfAChunk || partition.chunks.empty()) {
      partition.chunks.push_back(NewChunk());
      partition.used = 0;
    }
    partition.chunks.back()->rows[partition.used++] = row;
  }

  // Calls visit(row) for the rows of a partition.
  template <typename Visit>
  void ForEach(size_t partition, Visit visit) const {
    const Partition& rows = partitions_[partition];
    for (const Chunk* const chunk : rows.chunks) {
      const size_t end = chunk == rows.chunks.back() ? rows.used : kRowsOfAChunk;
      for (size_t i = 0; i < end; ++i) visit(chunk->rows[i]);
    }
  }

 private:
  static constexpr size_t kRowsOfAChunk = 256;
  // Allocated one by one, chunks would each cost a call to the kernel.
  static constexpr size_t kChunksOfASlab = 256;
  struct Chunk {
    std::array<Row, kRowsOfAChunk> rows;
  };
  struct Partition {
    std::vector<Chunk*> chunks;
    size_t used = 0;  // of the last chunk
  };

  Chunk* NewChunk() {
    if (slabs_.empty() || used_ == kChunksOfASlab) {
      slabs_.push_back(std::make_unique_for_overwrite<Chunk[]>(kChunksOfASlab));
      used_ = 0;
    }
    return &slabs_.back()[used_++];
  }

  std::vector<std::unique_ptr<Chunk[]>> slabs_;
  size_t used_ = 0;  // of the last slab
  std::vector<Partition> partitions_ = std::vector<Partition>(kPartitions);
};

}  // namespace rollcall::records
