// The rules that all formats of an import share: which timestamps are accepted, and to which series
// a sample belongs. Pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "model/label_set.h"

namespace rollcall::ingest {

struct ImportReaderOptions {
  std::string id_label;      // of the fleet; dropped
  std::string source_label;  // names the source
  UnixSeconds earliest{};    // both inclusive; other timestamps are refused
  UnixSeconds latest{};
  uint64_t hash_seed = 0;
};

// Returns the number of a series, or what is wrong with it. `source_id` is as sent and unchecked;
// `label_set` is canonical and without the source label. Both are valid only during the call.
using ResolveSeries =
    std::function<Result<uint32_t>(std::string_view source_id, std::string_view label_set)>;
// Called for each bad line with its number (from 1) and the reason. Returns false to end
// the reading.
using RefuseLine = std::function<bool(uint64_t line, const std::string& reason)>;

// Returns the whole seconds of a timestamp. Requires that it is not negative.
UnixSeconds SecondsOf(int64_t milliseconds);
// Returns whether a time is accepted.
bool IsImportable(UnixSeconds time, const ImportReaderOptions& options);
// Returns what is wrong with a time that is not accepted.
std::string WrongTime(UnixSeconds time, const ImportReaderOptions& options);

// Returns the number of a sample's series, from its labels as sent; they are reordered and changed.
// Overwrites `scratch`. InvalidArgument: the source is missing or invalid.
Result<uint32_t> ResolveLabels(std::string_view metric, std::vector<Label>& labels,
                               const ImportReaderOptions& options, const ResolveSeries& resolve,
                               std::string& scratch);

}  // namespace rollcall::ingest
