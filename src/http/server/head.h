// The head of a request (request line and headers): where it ends, and what it says. Strict where
// two readers of the same bytes could disagree about where a request ends, because that is what
// request smuggling lives on. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/server/message.h"

namespace rollcall::http {

// Inclusive bounds.
struct HeadLimits {
  size_t max_bytes = 0;    // up to and with the empty line
  size_t max_headers = 0;  // header lines
  size_t max_target_bytes = 0;
};

// Why a head is refused: the status to answer with and one line for a person. `reason` is a
// literal.
struct HeadError {
  int status = 0;  // 0: no error
  const char* reason = "";
};

// Finds the end of a head that arrives in pieces. Each byte is looked at once, however small the
// pieces are.
class HeadScanner {
 public:
  enum class Result { kIncomplete, kComplete, kRefused };

  // `bytes` is all that has come so far of this request, so it begins with what the previous call
  // saw. kComplete: the head is bytes[head_begin(), head_end()). kRefused: see error().
  Result Scan(std::string_view bytes, const HeadLimits& limits);

  // One empty line before the request line is not part of the head.
  size_t head_begin() const { return begin_; }
  size_t head_end() const { return scanned_; }
  HeadError error() const { return error_; }
  void Reset() { *this = HeadScanner(); }

 private:
  Result Refuse(HeadError error);

  HeadError error_;
  uint32_t begin_ = 0;
  uint32_t line_ = 0;  // where the line that is being scanned begins
  uint32_t scanned_ = 0;
};

enum class Expectation { kNone, kContinue, kUnknown };
enum class ContentCoding { kIdentity, kGzip, kZstd, kUnknown };

// What the head says about the bytes that follow it.
struct Framing {
  uint64_t content_length = 0;
  bool chunked = false;
  bool keep_alive = true;
  bool http_1_0 = false;
  Expectation expectation = Expectation::kNone;
  ContentCoding coding = ContentCoding::kIdentity;

  bool has_body() const { return chunked || content_length > 0; }
};

// Reads a complete head (as HeadScanner delimits it) into `request` (its method, target and
// headers) and `framing`. An absolute-form target (`http://host/path`) is reduced to its origin
// form. On an error both outputs hold what was read until then.
HeadError ParseHead(std::string_view head, const HeadLimits& limits, HttpRequest& request,
                    Framing& framing);

}  // namespace rollcall::http
