// A decompressor for a stream that comes in pieces: gzip (one or more members), zstd (one or more
// frames), or neither, in which case the bytes pass unchanged. The first bytes show which it is.
//
// Owned by whoever reads the stream; one thread. Memory: the format's window, for zstd at most 128
// MiB, and a buffer of 256 KiB.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall {

class Decompressor {
 public:
  // Called with the decompressed bytes; a failure ends the stream.
  using Sink = std::function<Status(std::string_view)>;

  explicit Decompressor(Sink sink);
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // Decompresses a piece into the sink. InvalidArgument: the compressed bytes are damaged. A
  // failure of the sink is returned as it is.
  Status Feed(std::string_view piece);
  // Ends the stream. InvalidArgument: the compressed bytes end too early.
  Status Finish();

  class Decoder;  // decodes one format

 private:
  Status Choose();

  const Sink sink_;
  std::string first_bytes_;  // kept until they show the format
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace rollcall
