// What the front says of itself. Owned by the front; the instruments are the registry's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "http/server/front.h"
#include "metrics/registry.h"

namespace rollcall::http {

// Why a connection ended.
enum class CloseReason : uint8_t {
  kPeer,            // the peer closed it
  kReset,           // the peer, or the network, broke it
  kAnswered,        // the request asked for the close, or was HTTP/1.0
  kRejected,        // after an answer of the front's own
  kDeadlineHeader,  // the head did not come in time
  kDeadlineBody,    // nor the body
  kIdle,
  kSlowReader,  // the answer was not taken in time
  kEvicted,     // it had been idle longest when a new one came
  kShutdown,
};
inline constexpr size_t kCloseReasons = 10;

// Why the front answered a request, or a connection, by itself.
enum class RejectReason : uint8_t {
  kMalformed,    // 400, 501, 505
  kHeaderLimit,  // 414, 431
  kBodyLimit,    // 413
  kExpectation,  // 417
  kCoding,       // 415
  kTimeout,      // 408
  kLaneFull,     // 503
  kBuffersFull,  // 503
  kConnections,  // 503
};
inline constexpr size_t kRejectReasons = 9;

struct FrontMetrics {
  explicit FrontMetrics(metrics::Registry& registry);

  void Closed(CloseReason reason) { closed[static_cast<size_t>(reason)]->Add(); }
  void Rejected(RejectReason reason) { rejected[static_cast<size_t>(reason)]->Add(); }

  std::array<metrics::Gauge*, 2> connections{};        // by Listener
  std::array<metrics::Counter*, 2> accepted{};         // by Listener
  std::array<metrics::Gauge*, kLanes> queue_length{};  // by Lane
  std::array<metrics::Counter*, kCloseReasons> closed{};
  std::array<metrics::Counter*, kRejectReasons> rejected{};
  metrics::Gauge* buffered_bytes = nullptr;
};

}  // namespace rollcall::http
