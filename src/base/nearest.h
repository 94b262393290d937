// The word that somebody who wrote another one most likely meant. Pure function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

// "; did you mean WORD?" for the word that is the fewest edits away (a byte more, less or other, or
// two that changed places), where that is at most a third of the word's length; else nothing.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& words);

}  // namespace rollcall
