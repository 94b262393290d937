#include "parse/decompress.h"

#include <zlib.h>
#include <zstd.h>

#include <vector>

namespace rollcall {
namespace {

constexpr size_t kBufferBytes = 256 * 1024;
constexpr size_t kMagicBytes = 4;
constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";
constexpr int kMaxZstdWindowLog = 27;  // 128 MiB: what the zstd tool takes without being told more

}  // namespace

class Decompressor::Decoder {
 public:
  virtual ~Decoder() = default;
  virtual Status Feed(std::string_view piece, const Sink& sink) = 0;
  virtual Status Finish() = 0;
};

namespace {

class PlainDecoder final : public Decompressor::Decoder {
 public:
  Status Feed(std::string_view piece, const Decompressor::Sink& sink) override {
    return sink(piece);
  }
  Status Finish() override { return Status::Ok(); }
};

class GzipDecoder final : public Decompressor::Decoder {
 public:
  GzipDecoder() : buffer_(kBufferBytes) {
    // 16: a gzip header is expected.
    ready_ = inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK;
  }
  ~GzipDecoder() override {
    if (ready_) inflateEnd(&stream_);
  }

  Status Feed(std::string_view piece, const Decompressor::Sink& sink) override {
    if (!ready_) return Status::Unavailable("gzip: no memory");
    // zlib's interface is older than const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    do {
      if (member_ended_) {
        if (stream_.avail_in == 0) break;
        inflateReset(&stream_);
        member_ended_ = false;
      }
      stream_.next_out = buffer_.data();
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        return Status::InvalidArgument(std::string("gzip: damaged (") +
                                       (stream_.msg != nullptr ? stream_.msg : "no reason given") +
                                       ")");
      }
      member_ended_ = result == Z_STREAM_END;
      const size_t size = buffer_.size() - stream_.avail_out;
      if (size > 0) {
        ROLLCALL_RETURN_IF_ERROR(sink({reinterpret_cast<const char*>(buffer_.data()), size}));
      }
    } while (stream_.avail_in > 0 || stream_.avail_out == 0);
    return Status::Ok();
  }
  Status Finish() override {
    return member_ended_ ? Status::Ok() : Status::InvalidArgument("gzip: ends too early");
  }

 private:
  z_stream stream_{};
  std::vector<Bytef> buffer_;
  bool ready_ = false;
  bool member_ended_ = false;
};

class ZstdDecoder final : public Decompressor::Decoder {
 public:
  ZstdDecoder() : stream_(ZSTD_createDStream(), &ZSTD_freeDStream), buffer_(kBufferBytes) {
    if (stream_) ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kMaxZstdWindowLog);
  }

  Status Feed(std::string_view piece, const Decompressor::Sink& sink) override {
    if (!stream_) return Status::Unavailable("zstd: no memory");
    ZSTD_inBuffer in{piece.data(), piece.size(), 0};
    bool holds_more = true;
    while (in.pos < in.size || holds_more) {
      ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
      const size_t left = ZSTD_decompressStream(stream_.get(), &out, &in);
      if (ZSTD_isError(left) != 0) {
        return Status::InvalidArgument(std::string("zstd: damaged (") + ZSTD_getErrorName(left) +
                                       ")");
      }
      frame_ended_ = left == 0;
      // Once a frame is whole, a call without input would begin the next one.
      holds_more = !frame_ended_ && out.pos == out.size;
      if (out.pos > 0) ROLLCALL_RETURN_IF_ERROR(sink({buffer_.data(), out.pos}));
    }
    return Status::Ok();
  }
  Status Finish() override {
    return frame_ended_ ? Status::Ok() : Status::InvalidArgument("zstd: ends too early");
  }

 private:
  std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> stream_;
  std::vector<char> buffer_;
  bool frame_ended_ = false;
};

}  // namespace

Decompressor::Decompressor(Sink sink) : sink_(std::move(sink)) {}
Decompressor::~Decompressor() = default;

Status Decompressor::Choose() {
  if (std::string_view(first_bytes_).starts_with(kGzipMagic)) {
    decoder_ = std::make_unique<GzipDecoder>();
  } else if (std::string_view(first_bytes_).starts_with(kZstdMagic)) {
    decoder_ = std::make_unique<ZstdDecoder>();
  } else {
    decoder_ = std::make_unique<PlainDecoder>();
  }
  return decoder_->Feed(first_bytes_, sink_);
}

Status Decompressor::Feed(std::string_view piece) {
  if (piece.empty()) return Status::Ok();
  if (decoder_) return decoder_->Feed(piece, sink_);
  first_bytes_ += piece;
  return first_bytes_.size() < kMagicBytes ? Status::Ok() : Choose();
}

Status Decompressor::Finish() {
  if (!decoder_) {
    if (first_bytes_.empty()) return Status::Ok();
    ROLLCALL_RETURN_IF_ERROR(Choose());
  }
  return decoder_->Finish();
}

}  // namespace rollcall
