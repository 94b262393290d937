// What all forms of an import have in common: which timestamps are taken, and which series a sample
// is of. Pure functions.
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
  std::string source_label;
  UnixSeconds earliest{};  // both inclusive; other timestamps are refused
  UnixSeconds latest{};
  uint64_t hash_seed = 0;
};

// The number of a series, or what is wrong with it. `source_id` is as sent and not checked,
// `label_set` canonical and without the source's label; both live as long as the call.
using ResolveSeries =
    std::function<Result<uint32_t>(std::string_view source_id, std::string_view label_set)>;
// Is told each bad line's number (from 1) and reason. False: no more is read.
using RefuseLine = std::function<bool(uint64_t line, const std::string& reason)>;

// Whole seconds of a timestamp that is not negative.
UnixSeconds SecondsOf(int64_t milliseconds);
// Whether a time is taken.
bool IsImportable(UnixSeconds time, const ImportReaderOptions& options);
// What is wrong with a time that is not.
std::string WrongTime(UnixSeconds time, const ImportReaderOptions& options);

// Resolves a sample's series from its labels as they were sent, which are reordered and changed.
// `scratch` is overwritten. InvalidArgument: there is no source in it, or a bad one.
Result<uint32_t> ResolveLabels(std::string_view metric, std::vector<Label>& labels,
                               const ImportReaderOptions& options, const ResolveSeries& resolve,
                               std::string& scratch);

}  // namespace rollcall::ingest
