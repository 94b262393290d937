#include "parse/decompress.h"

#include <zstd.h>

#include <vector>

#include "base/gunzip.h"

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
  GzipDecoder() : buffer_(kBufferBytes) {}

  Status Feed(std::string_view piece, const Decompressor::Sink& sink) override {
    bool holds_more = false;  // what did not fit into the buffer
    while (!piece.empty() || holds_more) {
      const Gunzip::Step step = gunzip_.Run(piece, buffer_);
      if (step.state == Gunzip::State::kNoMemory) return Status::Unavailable("gzip: no memory");
      if (step.state == Gunzip::State::kDamaged) {
        return Status::InvalidArgument(std::string("gzip: damaged (") + gunzip_.reason() + ")");
      }
      piece.remove_prefix(step.taken);
      whole_ = step.state == Gunzip::State::kMemberEnd;
      holds_more = !whole_ && step.made == buffer_.size();
      if (step.made > 0) ROLLCALL_RETURN_IF_ERROR(sink({buffer_.data(), step.made}));
    }
    return Status::Ok();
  }
  Status Finish() override {
    return whole_ ? Status::Ok() : Status::InvalidArgument("gzip: ends too early");
  }

 private:
  Gunzip gunzip_;
  std::vector<char> buffer_;
  bool whole_ = false;
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
      // Once a frame is complete, a call without input would begin the next one.
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
