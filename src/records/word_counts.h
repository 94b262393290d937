// Views that count all records by one text of theirs: by build, by classification, by platform.
// Pure functions of a moment's records; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "records/source.h"

namespace rollcall::records {

struct WordCount {
  std::string text;
  uint64_t records = 0;

  bool operator==(const WordCount&) const = default;
};

// Returns how many records have each text of a column of WordRefs, the most frequent first and then
// by text. DataLoss, Unavailable: as reads of the store.
Result<std::vector<WordCount>> CountByWord(const Source& source, storage::RecordColumn column);

struct BuildCounts {
  std::vector<WordCount> builds;  // those that are whole numbers, ascending
  uint64_t others = 0;            // records of other builds
};
Result<BuildCounts> CountByBuild(const Source& source);

// Orders builds that are whole numbers by their size; requires digits only. A leading 0 is nothing.
bool IsLowerBuild(const std::string& a, const std::string& b);
// Returns whether a build is a whole number: digits only, and some.
bool IsWholeBuild(std::string_view build);

}  // namespace rollcall::records
