// The number of rounds of a random test. Pure function; any thread.
#pragma once

namespace rollcall::test {

// Returns how many of `rounds` to run: all of them, or a quarter under a sanitizer, where a round
// takes many times as long. A sanitizer need not see as many different numbers; the release stage
// compares them all.
constexpr int Rounds(int rounds) {
#ifdef ROLLCALL_SANITIZED
  return rounds / 4;
#else
  return rounds;
#endif
}

}  // namespace rollcall::test
