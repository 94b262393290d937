#include "http/server/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

#include "http/server/text.h"

namespace rollcall::http {
namespace {

constexpr size_t kMinCompressedBytes = 1024;  // below it a packet is a packet
constexpr int kGzipWindowBits = 15 + 16;      // the largest window, and a gzip header
constexpr int kMemoryLevel = 8;               // zlib's own default

bool IsCompressible(std::string_view content_type) {
  const std::string_view type = TrimBlanks(content_type.substr(0, content_type.find(';')));
  return type.starts_with("text/") || type == "application/json" ||
         type == "application/javascript" || type == "image/svg+xml";
}

const std::string* FindHeader(const HttpResponse& response, std::string_view name) {
  const auto found =
      std::find_if(response.headers.begin(), response.headers.end(),
                   [&](const HttpHeader& header) { return SameHeaderName(header.name, name); });
  return found == response.headers.end() ? nullptr : &found->value;
}

// Empty: there was no memory for it.
std::string Gzip(std::string& body) {
  z_stream stream{};
  std::string packed;
  if (body.size() > std::numeric_limits<uInt>::max() ||
      deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindowBits, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return packed;
  }
  packed.resize(deflateBound(&stream, static_cast<uLong>(body.size())));
  stream.next_in = reinterpret_cast<Bytef*>(body.data());
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  packed.resize(result == Z_STREAM_END ? packed.size() - stream.avail_out : 0);
  packed.shrink_to_fit();
  deflateEnd(&stream);
  return packed;
}

}  // namespace

void CompressFor(const HttpRequest& request, HttpResponse& response) {
  const std::string* const type = FindHeader(response, "Content-Type");
  if (response.body.size() < kMinCompressedBytes || type == nullptr || !IsCompressible(*type) ||
      FindHeader(response, "Content-Encoding") != nullptr) {
    return;
  }
  if (FindHeader(response, "Vary") == nullptr) {
    response.headers.push_back({"Vary", "Accept-Encoding"});
  }
  if (!TakesGzip(request.Header("Accept-Encoding").value_or(""))) return;
  std::string packed = Gzip(response.body);
  if (packed.empty()) return;
  response.body = std::move(packed);
  response.headers.push_back({"Content-Encoding", "gzip"});
}

}  // namespace rollcall::http
