// How often a random test goes round.
#pragma once

namespace rollcall::test {

// A quarter under a sanitizer, which makes a round many times as long: there the same code need not
// be run for as many different numbers, which the release stage compares in full.
constexpr int Rounds(int rounds) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return rounds / 4;
#else
  return rounds;
#endif
}

}  // namespace rollcall::test
