// The merge operator of the chunks table, which appends the operands to the value. Thread-safe.
#pragma once

#include <memory>

#include <rocksdb/merge_operator.h>

namespace rollcall::storage {

std::shared_ptr<rocksdb::MergeOperator> NewAppendOperator();

}  // namespace rollcall::storage
