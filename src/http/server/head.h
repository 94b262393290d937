// The parser of a request's head (request line and headers). Strict wherever two readers of the
// same bytes could disagree about where a request ends, because request smuggling depends on that.
// ParseHead is pure and for any thread; a HeadScanner is owned by its connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/server/message.h"

namespace rollcall::http {

// Inclusive bounds.
struct HeadLimits {
  size_t max_bytes = 0;    // up to and including the empty line
  size_t max_headers = 0;  // header lines
  size_t max_target_bytes = 0;
};

// Why a head is refused: the status to answer with, and one line for a person (a string literal).
struct HeadError {
  int status = 0;  // 0: no error
  const char* reason = "";
};

// Finds the end of a head that arrives in pieces. Looks at each byte once, however small the
// pieces are.
class HeadScanner {
 public:
  enum class Result { kIncomplete, kComplete, kRefused };

  // `bytes` is all that has arrived of this request so far, so it begins with the bytes of the
  // previous call. kComplete: the head is bytes[head_begin(), head_end()). kRefused: see error().
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
  uint32_t line_ = 0;  // where the current line begins
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

// Parses a complete head, as HeadScanner delimits it, into `request` (method, target and headers)
// and `framing`. Reduces a target in absolute form (`http://host/path`) to origin form. On an error
// both outputs hold what was parsed until then.
HeadError ParseHead(std::string_view head, const HeadLimits& limits, HttpRequest& request,
                    Framing& framing);

}  // namespace rollcall::http
