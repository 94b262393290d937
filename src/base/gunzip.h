// The inside of a gzip stream, step by step: one member after the other, as zlib gives them. Owned
// by whoever reads the stream; one thread. Memory: zlib's window of 32 KiB.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace rollcall {

class Gunzip {
 public:
  enum class State {
    kMore,       // it wants more input, or more room
    kMemberEnd,  // a member is whole; where more input follows it is the next one
    kDamaged,    // these bytes are no gzip; reason() says why
    kNoMemory,
  };
  struct Step {
    size_t taken;  // of the input
    size_t made;   // of the room
    State state;
  };

  Gunzip();
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  // Inflates until the input or the room is used up, or a member ends. Not to be called again after
  // kDamaged and kNoMemory.
  Step Run(std::string_view gzip, std::span<char> room);

  const char* reason() const;

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;  // null: there was no memory for it
  bool member_ended_ = false;
};

}  // namespace rollcall
