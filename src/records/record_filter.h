// Which records a view shows: conditions that all must hold. A plain value; any number of threads
// may read it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "model/record.h"

namespace re2 {
class RE2;
}

namespace rollcall::records {

// The longest pattern, inclusive.
inline constexpr size_t kMaxPatternBytes = 1000;

// A regular expression (RE2) for payloads. Its memory is bounded however it is written, and its
// time by the length of what it is tried on. Copies share it; thread-safe.
class PayloadPattern {
 public:
  // InvalidArgument: over a bound, or RE2 does not take it; the message says why.
  static Result<PayloadPattern> Make(std::string_view text);

  const std::string& text() const;
  int groups() const;
  bool Finds(std::string_view payload) const;
  // Returns the text of the first group where it is found first; nullopt: nowhere, or not as a part
  // of what was found. Requires groups() > 0. Views `payload`.
  std::optional<std::string_view> Capture(std::string_view payload) const;

 private:
  explicit PayloadPattern(std::shared_ptr<const re2::RE2> pattern) : pattern_(std::move(pattern)) {}
  std::shared_ptr<const re2::RE2> pattern_;
};

struct RecordFilter {
  // The whole, or its beginning with a star: "org.clearlinux/kernel/*". Empty: any.
  std::string classification;
  bool is_exact = false;  // a star in it is itself
  uint8_t severity = 0;   // 0: any
  std::string build;      // empty: any, like the next two
  std::string machine_id;
  std::string system_name;
  std::optional<bool> external;
  // By the machine's clock: from the first, inclusive, to the second, exclusive.
  std::optional<UnixSeconds> captured_from;
  std::optional<UnixSeconds> captured_before;
  std::optional<UnixSeconds> received_after;  // exclusive
  std::optional<RecordId> below;              // exclusive
  std::optional<PayloadPattern> payload;      // found in the payload
  std::optional<PayloadPattern> not_payload;  // not found in it

  bool NeedsPayload() const { return payload || not_payload; }
};

// Returns whether a text is what a filter asks for: the same, or with its star the beginning.
bool MatchesClassification(std::string_view asked, std::string_view classification);

}  // namespace rollcall::records
