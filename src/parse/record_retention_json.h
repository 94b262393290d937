// How long records are kept, from an operator's file:
//
//   {"keep_days": 35,
//    "severity": {"4": 0, "1": 7},
//    "classification": {"org.clearlinux/heartbeat/*": 3}}
//
// Pure functions, plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall {

struct RecordRetention {
  // A filter and how many days the records that it names are kept; 0: for ever.
  struct OfSeverity {
    uint8_t severity = 0;
    uint32_t days = 0;
  };
  struct OfClass {
    std::string pattern;  // the whole, or its beginning with a star
    uint32_t days = 0;
  };

  // Of the records that no filter names; 0: for ever.
  uint32_t keep_days = 35;
  std::vector<OfSeverity> severities;
  std::vector<OfClass> classes;
};

// InvalidArgument: it is not such an object; the message names the member.
Result<RecordRetention> ParseRecordRetention(std::string_view json);

// Returns whether a class is what a pattern names: the same, or with its star the beginning.
bool MatchesClass(std::string_view pattern, std::string_view classification);

}  // namespace rollcall
