// The size of a test that is as large as one likes: rounds of a random one, lines of a hostile
// body. Pure function; any thread.
#pragma once

#include <algorithm>

namespace rollcall::test {

// Returns how many of `rounds` to run: all of them, or an eighth under a sanitizer, at least one,
// where each takes many times as long. A sanitizer need not see as many different numbers; the
// release stage compares them all.
constexpr int Rounds(int rounds) {
#ifdef ROLLCALL_SANITIZED
  return std::max(rounds / 8, 1);
#else
  return rounds;
#endif
}

}  // namespace rollcall::test
