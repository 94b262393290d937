// The merge operator of the peaks table, which applies changes to the row before them. Thread-safe.
#pragma once

#include <memory>

#include <rocksdb/merge_operator.h>

namespace rollcall::storage {

std::shared_ptr<rocksdb::MergeOperator> NewPeaksOperator();

}  // namespace rollcall::storage
