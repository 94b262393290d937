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
      partition.chunks.push_back(std::make_unique<Chunk>());
      partition.used = 0;
    }
    (*partition.chunks.back())[partition.used++] = row;
  }

  // Calls visit(row) for the rows of a partition.
  template <typename Visit>
  void ForEach(size_t partition, Visit visit) const {
    const Partition& rows = partitions_[partition];
    for (const auto& chunk : rows.chunks) {
      const size_t end = &chunk == &rows.chunks.back() ? rows.used : kRowsOfAChunk;
      for (size_t i = 0; i < end; ++i) visit((*chunk)[i]);
    }
  }

 private:
  static constexpr size_t kRowsOfAChunk = 256;
  using Chunk = std::array<Row, kRowsOfAChunk>;
  struct Partition {
    std::vector<std::unique_ptr<Chunk>> chunks;
    size_t used = 0;  // of the last chunk
  };

  std::vector<Partition> partitions_ = std::vector<Partition>(kPartitions);
};

}  // namespace rollcall::records
