// The merge operator of peaks: a row, and behind it what reports changed in it since it was written
// whole.
#pragma once

#include <memory>

#include <rocksdb/merge_operator.h>

namespace rollcall::storage {

std::shared_ptr<rocksdb::MergeOperator> NewPeaksOperator();

}  // namespace rollcall::storage
