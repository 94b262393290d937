// The answer of a Prometheus API to an instant query: JSON with one sample per label set. Pure
// function; see api/README.md, "Contract".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall {

// Bounds of an answer, inclusive. What goes over one is refused as a whole.
inline constexpr size_t kMaxInstantVectorJsonBytes = 1024 * 1024;
inline constexpr int kMaxInstantVectorJsonDepth = 16;

struct InstantSample {
  std::string label_value;  // empty where the sample does not have the label
  double value = 0;         // may be infinite, is never NaN
};

// The samples in their order, each with the value of its label `label`. InvalidArgument where the
// answer is not JSON, not of that shape, over a bound, or a failure that the server tells (its
// words are in the message), or where it says of itself that a part is missing: a cluster's answer
// without one of its storage nodes is not the number that was asked for. Pure; any bytes may come.
Result<std::vector<InstantSample>> ParseInstantVectorJson(std::string_view json,
                                                          std::string_view label);

}  // namespace rollcall
