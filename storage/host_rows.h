// The rows of hosts and of their samples as bytes. Pure functions; the bytes: storage/FORMAT.md.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "model/host_sample.h"
#include "model/ids.h"

namespace rollcall::storage {

// An hour, counted from 1970-01-01 00:00 UTC.
struct Hour {
  uint32_t number = 0;

  // Returns the hour of `t`; hour 0 for what is before it.
  static Hour Of(UnixSeconds t) {
    const auto hours = std::chrono::floor<std::chrono::hours>(t).time_since_epoch().count();
    return {hours < 0 ? 0 : static_cast<uint32_t>(hours)};
  }
  UnixSeconds Start() const { return UnixSeconds(std::chrono::hours(number)); }
  auto operator<=>(const Hour&) const = default;
};

// Samples are kept by stretches of time, counted from 1970: so long that a day of a host lies in
// few places, and no longer, for what is old is deleted by the stretch.
inline constexpr std::chrono::hours kStretch{6};

struct HostSampleKey {
  uint32_t stretch = 0;
  HostRef host;
  uint16_t second = 0;  // of the stretch

  // Requires a time from 1970 on.
  static HostSampleKey Of(UnixSeconds time, HostRef host) {
    const auto stretch = static_cast<uint32_t>(time.time_since_epoch() / kStretch);
    return {stretch, host, static_cast<uint16_t>((time - StartOf(stretch)).count())};
  }
  static UnixSeconds StartOf(uint32_t stretch) { return UnixSeconds(kStretch * int64_t{stretch}); }
  UnixSeconds time() const { return StartOf(stretch) + std::chrono::seconds(second); }
  auto operator<=>(const HostSampleKey&) const = default;
};

struct HostRecord {
  HostRef ref;
  Hour newest;  // of its samples
  auto operator<=>(const HostRecord&) const = default;
};

std::string EncodeKey(const HostSampleKey& key);
// Returns nullopt where the bytes are not such a key.
std::optional<HostSampleKey> DecodeHostSampleKey(std::string_view bytes);

// The sample's time is in its key.
std::string EncodeHostSample(const HostSample& sample);
std::string EncodeHostRecord(const HostRecord& record);
// DataLoss where the bytes are not such a row; the output is then unspecified.
Status DecodeHostSample(std::string_view bytes, HostSample& sample);
Status DecodeHostRecord(std::string_view bytes, HostRecord& record);

}  // namespace rollcall::storage
