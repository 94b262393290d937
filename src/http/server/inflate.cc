#include "http/server/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace rollcall::http {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // the largest window; a gzip header and nothing else
constexpr size_t kStepBytes = size_t{1} << 20;

class Inflater {
 public:
  Inflater() { ok_ = inflateInit2(&stream_, kGzipWindowBits) == Z_OK; }
  ~Inflater() {
    if (ok_) {
      inflateEnd(&stream_);
    }
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  bool ok() const { return ok_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ok_ = false;
};

}  // namespace

InflateResult InflateGzip(std::string_view gzip, BodyBuffer& out) {
  Inflater inflater;
  if (!inflater.ok()) {
    return InflateResult::kBudgetExhausted;
  }
  z_stream& stream = inflater.stream();
  for (;;) {
    std::span<char> tail;
    char beyond = 0;  // at the cap: shows whether there would be one byte more
    const BodyBuffer::Room room = out.Tail(kStepBytes, tail);
    if (room == BodyBuffer::Room::kBudgetExhausted) {
      return InflateResult::kBudgetExhausted;
    }
    const bool at_cap = room == BodyBuffer::Room::kTooLarge;
    if (at_cap) {
      tail = std::span<char>(&beyond, 1);
    }
    const size_t offered = std::min(gzip.size(), kStepBytes);
    // zlib's interface is not const-correct; it does not write to its input.
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(gzip.data()));
    stream.avail_in = static_cast<uInt>(offered);
    stream.next_out = reinterpret_cast<Bytef*>(tail.data());
    stream.avail_out = static_cast<uInt>(tail.size());
    const int result = inflate(&stream, Z_NO_FLUSH);
    gzip.remove_prefix(offered - stream.avail_in);
    const size_t produced = tail.size() - stream.avail_out;
    if (at_cap && produced > 0) {
      return InflateResult::kTooLarge;
    }
    out.Commit(produced);
    if (result == Z_STREAM_END) {
      if (gzip.empty()) {
        return InflateResult::kOk;
      }
      if (inflateReset(&stream) != Z_OK) {
        return InflateResult::kMalformed;
      }
      continue;
    }
    if (result != Z_OK || (gzip.empty() && produced == 0)) {
      return InflateResult::kMalformed;
    }
  }
}

}  // namespace rollcall::http
