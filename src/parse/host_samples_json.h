// The JSON body by which somebody pushes samples of a host, or of several in an array of such
// objects. Pure functions.
//
//   {"host":"a.example","samples":[{"ts":1772884800,"requests_sec":120.5,"p99_ms":12.25,
//                                   "error_rate":0.5,"active_backends":3}]}
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "model/host_sample.h"

namespace rollcall {

// All inclusive.
struct HostSamplesBounds {
  UnixSeconds earliest;
  UnixSeconds latest;
  size_t samples = 0;  // of the whole body
};

// Returns what the body says, in its order; members that are none of those above are ignored.
// InvalidArgument: the body is not such JSON, has a member twice, more hosts than samples are
// allowed, or a value that no sample may have; the message is for the sender and names the place:
// "byte 7: why", "samples[3]: ts 5 is not from 1 to 4", "[2]: host is missing". Pure; accepts any
// bytes.
Result<std::vector<HostSamples>> ParseHostSamplesJson(std::string_view body,
                                                      const HostSamplesBounds& bounds);

}  // namespace rollcall
