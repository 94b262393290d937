#include "base/nearest.h"

#include <algorithm>

namespace rollcall {
namespace {

constexpr size_t kLongestWord = 64;  // the work grows with the product of the lengths

size_t Edits(std::string_view a, std::string_view b) {
  std::vector<size_t> before_last(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({row[j - 1] + 1, last[j] + 1, last[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string DidYouMean(std::string_view word, const std::vector<std::string>& words) {
  const std::string* nearest = nullptr;
  size_t fewest = word.size() / 3 + 1;
  if (word.size() <= kLongestWord) {
    for (const std::string& one : words) {
      const size_t edits = Edits(word, one);
      if (edits < fewest) {
        fewest = edits;
        nearest = &one;
      }
    }
  }
  return nearest == nullptr ? "" : "; did you mean " + *nearest + "?";
}

}  // namespace rollcall
