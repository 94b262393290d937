// Unpacks a stream of bytes in pieces: gzip (several members one after another too), zstd (several
// frames), or bytes that are neither, which pass as they are. Which it is shows in the first bytes.
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
  // Is given what comes out; a failure ends the stream.
  using Sink = std::function<Status(std::string_view)>;

  explicit Decompressor(Sink sink);
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // InvalidArgument: the packed bytes are damaged.
  Status Feed(std::string_view piece);
  // InvalidArgument: the packed bytes end too early.
  Status Finish();

  class Decoder;  // of one format

 private:
  Status Choose();

  const Sink sink_;
  std::string first_bytes_;  // until they show the format
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace rollcall
