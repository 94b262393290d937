#include "http/server/head.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "http/server/text.h"

namespace rollcall::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

// A head that does not end under the cap: is it the target that is too long, or the rest?
HeadError Overflow(std::string_view bytes, const HeadLimits& limits) {
  const std::string_view line = bytes.substr(0, bytes.find('\r'));
  const size_t blank = line.find(' ');
  if (blank != std::string_view::npos) {
    const std::string_view target = line.substr(blank + 1);
    if (target.substr(0, target.find(' ')).size() > limits.max_target_bytes) {
      return {414, "request target too long"};
    }
  }
  return {431, "request headers too large"};
}

HeadError ParseVersion(std::string_view version, Framing& framing) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || !digit(version[5]) ||
      version[6] != '.' || !digit(version[7])) {
    return {400, "malformed HTTP version"};
  }
  if (version[5] != '1' || version[7] > '1') {
    return {505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  }
  framing.http_1_0 = version[7] == '0';
  framing.keep_alive = !framing.http_1_0;
  return {};
}

// RFC 9112, 3.2.2: a server takes absolute-form targets although it is no proxy. The authority is
// not looked at, as Host is not either: every name of this server serves the same.
HeadError ParseTarget(std::string_view target, std::string& out) {
  for (char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f) {
      return {400, "the request target holds a byte that must be percent-encoded"};
    }
  }
  if (target.starts_with('/')) {
    out.assign(target);
    return {};
  }
  const size_t scheme_end = target.find("://");
  const std::string_view scheme = target.substr(0, scheme_end);
  if (scheme_end == std::string_view::npos ||
      !(EqualsIgnoringCase(scheme, "http") || EqualsIgnoringCase(scheme, "https"))) {
    return {400, "the request target must begin with '/' or be an http URL"};
  }
  target.remove_prefix(scheme_end + 3);
  const size_t authority_end = target.find_first_of("/?");
  if (authority_end == 0 || target.empty()) {
    return {400, "the request target's URL has no host"};
  }
  out.assign(authority_end != std::string_view::npos && target[authority_end] == '/' ? "" : "/");
  if (authority_end != std::string_view::npos) {
    out.append(target.substr(authority_end));
  }
  return {};
}

HeadError ParseRequestLine(std::string_view line, const HeadLimits& limits, HttpRequest& request,
                           Framing& framing) {
  const size_t method_end = line.find(' ');
  const size_t target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || target_end == method_end) {
    return {400, "malformed request line"};
  }
  const std::string_view method = line.substr(0, method_end);
  if (!IsToken(method)) {
    return {400, "malformed method"};
  }
  if (HeadError error = ParseVersion(line.substr(target_end + 1), framing); error.status != 0) {
    return error;
  }
  const std::string_view target = line.substr(method_end + 1, target_end - method_end - 1);
  if (target.size() > limits.max_target_bytes) {
    return {414, "request target too long"};
  }
  request.method.assign(method);
  return ParseTarget(target, request.target);
}

bool ParseContentLength(std::string_view text, uint64_t& length) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  length = 0;
  for (char c : text) {
    const auto digit = static_cast<uint64_t>(c - '0');
    if (c < '0' || c > '9' || length > (kMax - digit) / 10) {
      return false;
    }
    length = length * 10 + digit;
  }
  return !text.empty();
}

// Whether a hop before this one may have read `name` as `header`, for it writes '-' as '_'.
bool Resembles(std::string_view name, std::string_view header) {
  std::string read(name);
  std::replace(read.begin(), read.end(), '_', '-');
  return EqualsIgnoringCase(read, header);
}

// Collects the headers that say how the message goes on.
class FramingReader {
 public:
  explicit FramingReader(Framing& framing) : framing_(framing) {}

  HeadError Take(std::string_view name, std::string_view value) {
    switch (name.size()) {
      case 4:
        return EqualsIgnoringCase(name, "host") ? TakeHost() : HeadError{};
      case 6:
        if (EqualsIgnoringCase(name, "expect")) {
          framing_.expectation = EqualsIgnoringCase(value, "100-continue") && !expected_
                                     ? Expectation::kContinue
                                     : Expectation::kUnknown;
          expected_ = true;
        }
        return {};
      case 10:
        if (EqualsIgnoringCase(name, "connection")) {
          TakeConnection(value);
        }
        return {};
      case 14:
        return Resembles(name, "content-length") ? TakeContentLength(name, value) : HeadError{};
      case 16:
        if (EqualsIgnoringCase(name, "content-encoding")) {
          TakeCoding(value);
        }
        return {};
      case 17:
        return Resembles(name, "transfer-encoding") ? TakeTransferEncoding(name, value)
                                                    : HeadError{};
      default:
        return {};
    }
  }

  HeadError Finish() {
    if (hosts_ == 0 && !framing_.http_1_0) {
      return {400, "an HTTP/1.1 request needs a Host header"};
    }
    if (has_length_ && transfer_encodings_ > 0) {
      return {400, "both Content-Length and Transfer-Encoding"};
    }
    if (transfer_encodings_ > 0 && framing_.http_1_0) {
      return {400, "Transfer-Encoding in HTTP/1.0"};
    }
    if (transfer_encodings_ > 1) {
      return {400, "more than one Transfer-Encoding"};
    }
    if (transfer_encodings_ == 1 && !framing_.chunked) {
      return {501, "the only transfer coding understood is chunked"};
    }
    // HTTP/1.0 knows no interim answers.
    if (framing_.http_1_0 && framing_.expectation == Expectation::kContinue) {
      framing_.expectation = Expectation::kNone;
    }
    if (close_) {
      framing_.keep_alive = false;
    } else if (keep_alive_) {
      framing_.keep_alive = true;
    }
    return {};
  }

 private:
  HeadError TakeHost() {
    return ++hosts_ > 1 ? HeadError{400, "more than one Host header"} : HeadError{};
  }

  void TakeConnection(std::string_view value) {
    while (!value.empty()) {
      const std::string_view option = NextListElement(value);
      close_ = close_ || EqualsIgnoringCase(option, "close");
      keep_alive_ = keep_alive_ || EqualsIgnoringCase(option, "keep-alive");
    }
  }

  HeadError TakeContentLength(std::string_view name, std::string_view value) {
    if (!EqualsIgnoringCase(name, "content-length")) {
      return {400, "a header that resembles Content-Length"};
    }
    if (has_length_) {
      return {400, "more than one Content-Length"};
    }
    has_length_ = true;
    if (!ParseContentLength(value, framing_.content_length)) {
      return {400, "malformed Content-Length"};
    }
    return {};
  }

  HeadError TakeTransferEncoding(std::string_view name, std::string_view value) {
    if (!EqualsIgnoringCase(name, "transfer-encoding")) {
      return {400, "a header that resembles Transfer-Encoding"};
    }
    ++transfer_encodings_;
    framing_.chunked = EqualsIgnoringCase(value, "chunked");
    return {};
  }

  void TakeCoding(std::string_view value) {
    const bool gzip = EqualsIgnoringCase(value, "gzip") || EqualsIgnoringCase(value, "x-gzip");
    const bool identity = value.empty() || EqualsIgnoringCase(value, "identity");
    const bool zstd = EqualsIgnoringCase(value, "zstd");
    if (coded_ || !(gzip || zstd || identity)) {
      framing_.coding = ContentCoding::kUnknown;
    } else if (zstd) {
      framing_.coding = ContentCoding::kZstd;
    } else {
      framing_.coding = gzip ? ContentCoding::kGzip : ContentCoding::kIdentity;
    }
    coded_ = true;
  }

  Framing& framing_;
  int hosts_ = 0;
  int transfer_encodings_ = 0;
  bool has_length_ = false;
  bool close_ = false;
  bool keep_alive_ = false;
  bool expected_ = false;
  bool coded_ = false;
};

HeadError ParseHeaderLine(std::string_view line, HttpRequest& request, FramingReader& framing) {
  size_t name_end = 0;
  while (name_end < line.size() && IsTokenByte(line[name_end])) {
    ++name_end;
  }
  // Also where a line begins with a blank (a folded header) or has one before the colon.
  if (name_end == 0 || name_end == line.size() || line[name_end] != ':') {
    return {400, "malformed header line"};
  }
  const std::string_view value = TrimBlanks(line.substr(name_end + 1));
  for (char c : value) {
    if (!IsValueByte(c)) {
      return {400, "a header value holds a control byte"};
    }
  }
  const std::string_view name = line.substr(0, name_end);
  request.headers.push_back({std::string(name), std::string(value)});
  return framing.Take(name, value);
}

}  // namespace

HeadScanner::Result HeadScanner::Refuse(HeadError error) {
  error_ = error;
  return Result::kRefused;
}

HeadScanner::Result HeadScanner::Scan(std::string_view bytes, const HeadLimits& limits) {
  for (;;) {
    // What speaks another protocol here is told so now, not when the head's deadline ends.
    if (line_ == begin_ && bytes.size() > begin_ && !IsTokenByte(bytes[begin_]) &&
        !(begin_ == 0 && bytes[0] == '\r')) {
      return Refuse({400, "this is not HTTP"});
    }
    const void* found = bytes.size() > scanned_
                            ? std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_)
                            : nullptr;
    if (found == nullptr) {
      scanned_ = static_cast<uint32_t>(bytes.size());
      if (bytes.size() - begin_ > limits.max_bytes) {
        return Refuse(Overflow(bytes.substr(begin_), limits));
      }
      return Result::kIncomplete;
    }
    const auto line_feed = static_cast<uint32_t>(static_cast<const char*>(found) - bytes.data());
    if (line_feed == line_ || bytes[line_feed - 1] != '\r') {
      return Refuse({400, "a line ends without a carriage return"});
    }
    scanned_ = line_feed + 1;
    if (scanned_ - begin_ > limits.max_bytes) {
      return Refuse(Overflow(bytes.substr(begin_), limits));
    }
    const bool empty_line = line_feed == line_ + 1;
    line_ = scanned_;
    if (!empty_line) {
      continue;
    }
    if (line_feed > 1) {
      return Result::kComplete;
    }
    begin_ = scanned_;
  }
}

HeadError ParseHead(std::string_view head, const HeadLimits& limits, HttpRequest& request,
                    Framing& framing) {
  size_t line_end = head.find(kLineEnd);
  if (HeadError error = ParseRequestLine(head.substr(0, line_end), limits, request, framing);
      error.status != 0) {
    return error;
  }
  request.headers.reserve(8);
  FramingReader reader(framing);
  for (;;) {
    head.remove_prefix(line_end + kLineEnd.size());
    line_end = head.find(kLineEnd);
    if (line_end == 0 || line_end == std::string_view::npos) {
      return reader.Finish();
    }
    if (request.headers.size() == limits.max_headers) {
      return {431, "too many headers"};
    }
    if (HeadError error = ParseHeaderLine(head.substr(0, line_end), request, reader);
        error.status != 0) {
      return error;
    }
  }
}

}  // namespace rollcall::http
