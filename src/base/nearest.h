// A suggestion for a misspelt word. Pure function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

// Returns "; did you mean WORD?" with the word of `words` that is the fewest edits away from
// `word`, if those are at most a third of its length; else an empty text. An edit adds, removes or
// changes a byte, or swaps two neighbours. A `word` over 64 bytes gets no suggestion.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& words);

}  // namespace rollcall
