// A gzip decoder that works step by step, one member after the other. Owned by whoever reads the
// stream; one thread. Memory: zlib's window of 32 KiB.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace rollcall {

class Gunzip {
 public:
  enum class State {
    kMore,       // needs more input, or more room for its output
    kMemberEnd,  // a member is complete; input that follows is the next one
    kDamaged,    // the bytes are not gzip; reason() says why
    kNoMemory,
  };
  struct Step {
    size_t taken;  // bytes of the input that were read
    size_t made;   // bytes of the room that were filled
    State state;
  };

  Gunzip();
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  // Inflates until the input or the room is used up, or a member ends. Must not be called again
  // after kDamaged or kNoMemory.
  Step Run(std::string_view gzip, std::span<char> room);

  // After kDamaged: returns what zlib says is wrong. Any other time: "no reason given".
  const char* reason() const;

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;  // null: out of memory
  bool member_ended_ = false;
};

}  // namespace rollcall
