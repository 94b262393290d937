// The words that a label of a made-up fleet has: which of them a source has, and how versions among
// them rise over the months. Immutable once made; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "demo/source.h"

namespace rollcall::demo {

class DemoWords {
 public:
  // What a source has at once.
  struct Item {
    size_t word;  // below size()
    std::string text;
  };

  DemoWords() = default;
  // `texts`, the most usual first; those that occur again are left out. A text with numbers that
  // have a dot between them, such as "v1.19.2-ds1", is the first of a row of versions; of several
  // that differ in their numbers alone, the first counts. `usual`: of the first so many nearly
  // every source has each that it may have; others have fewer and fewer. `seed` is of the label.
  DemoWords(uint64_t seed, const std::vector<std::string>& texts, size_t usual);

  bool empty() const { return words_.empty(); }
  size_t size() const { return words_.size(); }
  bool has_versions() const { return has_versions_; }
  // Returns a word as it was given.
  const std::string& text(size_t word) const { return words_[word].text; }

  // Returns the one word that a source has. Draws with the same `choice` choose words of the same
  // place in different labels: an operating system and its kernel. Requires a word.
  std::string Pick(const DemoMoment& at, uint64_t choice) const;
  // Returns the words that a source has, of which there may be several; never none. While a source
  // is being upgraded, it has a version and the one before.
  std::vector<Item> Present(const DemoMoment& at, uint64_t choice) const;

 private:
  struct Word {
    std::string text;
    // Of a version: what stands around its numbers, and these.
    std::string before = {};
    std::vector<std::string> numbers = {};
    std::string after = {};
  };

  uint32_t ShareOf(size_t word) const;  // per cent
  static Word Read(const std::string& text);
  static std::string TextOf(const Word& word, uint32_t release);
  // Returns which release of a product a source runs, the first being 0.
  uint32_t ReleaseOf(const DemoMoment& at) const;

  uint64_t seed_ = 0;
  size_t usual_ = 0;
  bool has_versions_ = false;
  std::vector<Word> words_;
};

}  // namespace rollcall::demo
