#include "demo/words.h"

#include <algorithm>

#include "base/text.h"

namespace rollcall::demo {
namespace {

// How long before the fleet begins the first release came out.
constexpr uint32_t kReleasedBefore = 120 * kDay;
constexpr uint32_t kReleasesOfAMinor = 3;

// How long after a release a source takes it up: most soon, some much later.
uint32_t DrawLag(DemoRandom& random) {
  const uint32_t kind = random.Below(100);
  if (kind < 60) return random.Between(kDay, 45 * kDay);
  if (kind < 90) return random.Between(45 * kDay, 150 * kDay);
  return random.Between(150 * kDay, 400 * kDay);
}

}  // namespace

DemoWords::DemoWords(uint64_t seed, const std::vector<std::string>& texts, size_t usual)
    : seed_(seed), usual_(usual) {
  for (const std::string& text : texts) {
    Word word = Read(text);
    const bool is_known = std::any_of(words_.begin(), words_.end(), [&](const Word& known) {
      return known.text == text || (!word.numbers.empty() && !known.numbers.empty() &&
                                    known.before == word.before && known.after == word.after);
    });
    if (is_known) continue;
    has_versions_ |= !word.numbers.empty();
    words_.push_back(std::move(word));
  }
}

DemoWords::Word DemoWords::Read(const std::string& text) {
  for (size_t begin = 0; begin < text.size(); ++begin) {
    if (!IsAsciiDigit(text[begin])) continue;
    std::vector<std::string> numbers;
    size_t end = begin;
    for (size_t at = begin; at < text.size() && IsAsciiDigit(text[at]); ++at) {
      const size_t first = at;
      while (at < text.size() && IsAsciiDigit(text[at])) ++at;
      numbers.push_back(text.substr(first, at - first));
      end = at;
      if (at >= text.size() || text[at] != '.') break;
    }
    // Longer numbers are none that a version has.
    const bool is_short = std::all_of(numbers.begin(), numbers.end(),
                                      [](const std::string& one) { return one.size() <= 6; });
    if (numbers.size() > 1 && is_short) {
      return {text, text.substr(0, begin), std::move(numbers), text.substr(end)};
    }
    begin = end;
  }
  return {text};
}

// Of 1.8.4 come 1.8.5 and 1.8.6, then 1.9.0; of 1.8 comes 1.9; of 22.04.1, a year and a month,
// 22.04.2.
std::string DemoWords::TextOf(const Word& word, uint32_t release) {
  if (word.numbers.empty()) return word.text;
  std::vector<std::string> numbers = word.numbers;
  const auto raise = [&](size_t place, uint32_t by) {
    numbers[place] = std::to_string(std::stoul(numbers[place]) + by);
  };
  const bool is_date = numbers[1].size() > 1 && numbers[1].front() == '0';
  if (numbers.size() == 2) {
    if (!is_date) raise(1, release);
  } else if (is_date || release < kReleasesOfAMinor) {
    raise(2, release);
  } else {
    raise(1, release / kReleasesOfAMinor);
    numbers[2] = std::to_string(release % kReleasesOfAMinor);
  }
  std::string text = word.before;
  for (size_t i = 0; i < numbers.size(); ++i) text += (i == 0 ? "" : ".") + numbers[i];
  return text + word.after;
}

uint32_t DemoWords::ReleaseOf(const DemoMoment& at) const {
  const uint32_t every = DemoRandom(seed_).Between(35 * kDay, 55 * kDay);
  const auto newest = [&](uint32_t time, uint32_t lag) {
    return time + kReleasedBefore < lag ? 0 : (time + kReleasedBefore - lag) / every;
  };
  DemoRandom random(SeedOf(at.seed, seed_));
  const bool upgrades = !random.Percent(6);
  const uint32_t lag = DrawLag(random);
  // Who joins takes the newest; who was there before is as far as it usually is.
  const uint32_t first = newest(at.joins, at.joins == 0 ? lag : 0);
  return upgrades ? std::max(first, newest(at.time, lag)) : first;
}

std::string DemoWords::Pick(const DemoMoment& at, uint64_t choice) const {
  // The second word is half as usual as the first, the third a third, and so on.
  constexpr uint32_t kWhole = 840;
  uint32_t all = 0;
  for (uint32_t i = 1; i <= words_.size(); ++i) all += kWhole / i;
  const uint64_t part = SeedOf(at.seed, choice) >> 32;
  uint32_t left = static_cast<uint32_t>((part * all) >> 32);
  size_t word = 0;
  for (; word + 1 < words_.size(); ++word) {
    const uint32_t share = kWhole / static_cast<uint32_t>(word + 1);
    if (left < share) break;
    left -= share;
  }
  return TextOf(words_[word], ReleaseOf(at));
}

// Of words that only some have, fewer and fewer. Where all are such, a source has a choice of a
// few.
uint32_t DemoWords::ShareOf(size_t word) const {
  const uint32_t most = usual_ == 0 ? 50 : 75;
  const size_t place = word - usual_ + 1;
  return static_cast<uint32_t>(most - (most - 5) * place / (words_.size() - usual_ + 1));
}

std::vector<DemoWords::Item> DemoWords::Present(const DemoMoment& at, uint64_t choice) const {
  std::vector<Item> items;
  for (size_t word = 0; word < words_.size(); ++word) {
    DemoRandom random(SeedOf(SeedOf(at.seed, SeedOf(choice, seed_)), word));
    const bool is_usual = word < usual_;
    const bool has_it = random.Percent(is_usual ? 97 : ShareOf(word));
    // A third of what only some have they took up later.
    const bool is_later = !is_usual && random.Percent(33);
    const uint32_t since = is_later ? random.Below(at.span - at.joins + 1) : 0;
    if (!has_it || at.time < at.joins + since) continue;
    items.push_back({word, TextOf(words_[word], ReleaseOf(at))});
    if (words_[word].numbers.empty()) continue;
    std::string before = TextOf(words_[word], ReleaseOf(at.BeforeUpgrade()));
    if (before != items.back().text) items.push_back({word, std::move(before)});
  }
  if (items.empty()) items.push_back({0, TextOf(words_[0], ReleaseOf(at))});
  return items;
}

}  // namespace rollcall::demo
