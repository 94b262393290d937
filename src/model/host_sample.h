// How one host did at one instant: its name, and the sample that is kept of it. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status.h"

namespace rollcall {

// The host under which rollcall records itself.
inline constexpr std::string_view kSelfHost = "rollcall";

// The name of a host as whoever serves it says it: 1 to 253 of A-Z a-z 0-9 . _ - : * [ ] @ / ~ +,
// so that names with a port, IPv6 addresses and wildcards are names. Case counts. Validated once,
// here.
class HostName {
 public:
  static constexpr size_t kMaxBytes = 253;

  // InvalidArgument: a phrase that follows the name of the field, and says which rule is broken.
  static Result<HostName> Parse(std::string_view text);

  const std::string& text() const { return text_; }
  auto operator<=>(const HostName&) const = default;

 private:
  explicit HostName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

struct HostSample {
  UnixSeconds time{};
  double requests_sec = 0;  // finite, not negative, like the next
  double p99_ms = 0;
  double error_rate = 0;  // percent, 0 to 100
  uint32_t active_backends = 0;

  bool operator==(const HostSample&) const = default;
};

// Samples of one host, in any order.
struct HostSamples {
  HostName host;
  std::vector<HostSample> samples;
};

}  // namespace rollcall
