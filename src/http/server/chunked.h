// A decoder of the chunked transfer coding for a body that arrives in pieces (RFC 9112, 7.1).
// Strict: sizes are hex digits and nothing else, every line ends with CR LF. Skips extensions and
// trailers, within a bound. One decoder per message; thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rollcall::http {

class ChunkedDecoder {
 public:
  enum class Result { kMore, kDone, kMalformed, kOverhead };
  struct Step {
    Result result = Result::kMore;
    size_t used = 0;        // bytes of the input consumed
    std::string_view data;  // a piece of the body, within the input
  };

  // `max_overhead_bytes`: how long the extensions and trailers of the whole message may be
  // together, inclusive.
  explicit ChunkedDecoder(size_t max_overhead_bytes) : overhead_left_(max_overhead_bytes) {}

  // Decodes `input` up to and including the next piece of data. kMore: call again with the input
  // after the first `used` bytes, once there is any. kDone: the input after `used` belongs to the
  // next request. kOverhead: extensions and trailers exceed their bound. After kDone, kMalformed or
  // kOverhead the decoder must not be used again.
  Step Next(std::string_view input);

 private:
  enum class State : uint8_t {
    kSizeFirst,     // the first digit of a chunk's size
    kSize,          // further digits, or the end of them
    kExtension,     // from ';' to CR
    kSizeFeed,      // the LF after the size
    kData,          // the chunk itself
    kDataReturn,    // the CR after it
    kDataFeed,      // the LF after that
    kTrailerFirst,  // the first byte of a trailer line, or the CR of the last line
    kTrailer,       // the rest of a trailer line
    kTrailerFeed,   // the LF that ends a trailer line
    kLastFeed,      // the LF that ends the message
  };

  Result TakeByte(char c);
  Result TakeSizeByte(char c);
  Result TakeSkippedByte(char c, State after_return);

  uint64_t chunk_left_ = 0;
  size_t overhead_left_;
  uint8_t digits_ = 0;
  State state_ = State::kSizeFirst;
};

}  // namespace rollcall::http
