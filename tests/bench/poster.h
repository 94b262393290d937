// Posts a known number of reports as fast as the server takes them, over a few connections that
// stay open.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/status.h"

namespace rollcall::bench {

struct Post {
  std::string source;
  std::string body;
};

// `make(i)` gives report i of 0..count-1; any of the posting threads calls it. Unavailable: one was
// not answered 200.
Status PostAll(int port, uint64_t count, const std::function<Post(uint64_t)>& make);

}  // namespace rollcall::bench
