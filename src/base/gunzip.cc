#include "base/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace rollcall {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // the largest window; a gzip header and nothing else

uInt Bounded(size_t bytes) {
  return static_cast<uInt>(std::min<size_t>(bytes, std::numeric_limits<uInt>::max()));
}

}  // namespace

struct Gunzip::Stream {
  z_stream z{};
};

Gunzip::Gunzip() : stream_(std::make_unique<Stream>()) {
  if (inflateInit2(&stream_->z, kGzipWindowBits) != Z_OK) stream_.reset();
}

Gunzip::~Gunzip() {
  if (stream_) inflateEnd(&stream_->z);
}

Gunzip::Step Gunzip::Run(std::string_view gzip, std::span<char> room) {
  if (!stream_) return {0, 0, State::kNoMemory};
  z_stream& z = stream_->z;
  if (member_ended_ && inflateReset(&z) != Z_OK) return {0, 0, State::kDamaged};
  // zlib's interface is not const-correct; it does not write to its input.
  z.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(gzip.data()));
  z.avail_in = Bounded(gzip.size());
  z.next_out = reinterpret_cast<Bytef*>(room.data());
  z.avail_out = Bounded(room.size());
  const uInt offered = z.avail_in;
  const uInt wanted = z.avail_out;
  const int result = inflate(&z, Z_NO_FLUSH);
  member_ended_ = result == Z_STREAM_END;
  Step step{offered - z.avail_in, wanted - z.avail_out, State::kMore};
  if (member_ended_) {
    step.state = State::kMemberEnd;
  } else if (result == Z_MEM_ERROR) {
    step.state = State::kNoMemory;
  } else if (result != Z_OK && result != Z_BUF_ERROR) {
    step.state = State::kDamaged;
  }
  return step;
}

const char* Gunzip::reason() const {
  return stream_ && stream_->z.msg != nullptr ? stream_->z.msg : "no reason given";
}

}  // namespace rollcall
