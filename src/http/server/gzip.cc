#include "http/server/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

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

// A stream's pieces as one gzip, made as they come: quickly rather than small, since the peer
// waits.
class GzipStream final : public BodyStream {
 public:
  explicit GzipStream(std::shared_ptr<BodyStream> plain) : plain_(std::move(plain)) {
    ready_ = deflateInit2(&deflate_, Z_BEST_SPEED, Z_DEFLATED, kGzipWindowBits, kMemoryLevel,
                          Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~GzipStream() override {
    if (ready_) deflateEnd(&deflate_);
  }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  bool ready() const { return ready_; }

  Result<bool> Next(std::string& out) override {
    piece_.clear();
    const Result<bool> more = plain_->Next(piece_);
    if (!more.ok()) return more;
    deflate_.next_in = reinterpret_cast<Bytef*>(piece_.data());
    deflate_.avail_in = static_cast<uInt>(piece_.size());
    const int flush = *more ? Z_NO_FLUSH : Z_FINISH;
    do {
      const size_t before = out.size();
      out.resize(before + kOutBytes);
      deflate_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
      deflate_.avail_out = kOutBytes;
      if (deflate(&deflate_, flush) == Z_STREAM_ERROR) return Status::Internal("deflate an answer");
      out.resize(out.size() - deflate_.avail_out);
    } while (deflate_.avail_out == 0);
    return more;
  }

 private:
  static constexpr uInt kOutBytes = 32 * 1024;
  const std::shared_ptr<BodyStream> plain_;
  std::string piece_;
  z_stream deflate_{};
  bool ready_ = false;
};

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
  const bool is_small = response.stream == nullptr && response.body.size() < kMinCompressedBytes;
  if (is_small || type == nullptr || !IsCompressible(*type) ||
      FindHeader(response, "Content-Encoding") != nullptr) {
    return;
  }
  if (FindHeader(response, "Vary") == nullptr) {
    response.headers.push_back({"Vary", "Accept-Encoding"});
  }
  if (!TakesGzip(request.Header("Accept-Encoding").value_or(""))) return;
  if (response.stream != nullptr) {
    auto packed = std::make_shared<GzipStream>(response.stream);
    if (!packed->ready()) return;
    response.stream = std::move(packed);
  } else {
    std::string packed = Gzip(response.body);
    if (packed.empty()) return;
    response.body = std::move(packed);
  }
  response.headers.push_back({"Content-Encoding", "gzip"});
}

}  // namespace rollcall::http
