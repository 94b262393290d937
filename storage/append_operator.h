// RocksDB's merge operator for chunks: the operands, one after another.
#pragma once

#include <memory>

#include <rocksdb/merge_operator.h>

namespace rollcall::storage {

std::shared_ptr<rocksdb::MergeOperator> NewAppendOperator();

}  // namespace rollcall::storage
