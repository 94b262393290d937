// The answer of a Prometheus API to an instant query: JSON with one sample per label set. Pure
// function; see api/README.md, "Contract".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall {

// Bounds on an answer, both inclusive. An answer over a bound is refused as a whole.
inline constexpr size_t kMaxInstantVectorJsonBytes = 1024 * 1024;
inline constexpr int kMaxInstantVectorJsonDepth = 16;

struct InstantSample {
  std::string label_value;  // empty if the sample does not have the label
  double value = 0;         // may be infinite, is never NaN
};

// Returns the samples in their order, each with the value of the label named `label`.
// InvalidArgument: not JSON, not of that shape, over a bound, or a failure that the server reports
// (the message quotes it). Also if the answer says that it is partial: from a cluster that lacks
// one of its storage nodes it is not the number that was asked for. Pure; accepts any bytes.
Result<std::vector<InstantSample>> ParseInstantVectorJson(std::string_view json,
                                                          std::string_view label);

}  // namespace rollcall
