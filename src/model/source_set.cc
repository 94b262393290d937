#include "model/source_set.h"

#include <algorithm>
#include <bit>

namespace rollcall {
namespace {

constexpr uint32_t kBits = 64;
constexpr size_t kBytes = 8;

}  // namespace

void SourceSet::Add(SourceRef source) {
  const size_t word = source.value / kBits;
  if (word >= words_.size()) words_.resize(word + 1);
  words_[word] |= uint64_t{1} << (source.value % kBits);
}

bool SourceSet::Contains(SourceRef source) const {
  const size_t word = source.value / kBits;
  return word < words_.size() && (words_[word] >> (source.value % kBits) & 1) != 0;
}

size_t SourceSet::size() const {
  size_t count = 0;
  for (const uint64_t word : words_) count += static_cast<size_t>(std::popcount(word));
  return count;
}

SourceSet& SourceSet::operator|=(const SourceSet& other) {
  if (words_.size() < other.words_.size()) words_.resize(other.words_.size());
  for (size_t i = 0; i < other.words_.size(); ++i) words_[i] |= other.words_[i];
  return *this;
}

SourceSet& SourceSet::operator&=(const SourceSet& other) {
  words_.resize(std::min(words_.size(), other.words_.size()));
  for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  return *this;
}

SourceSet& SourceSet::operator-=(const SourceSet& other) {
  const size_t shared = std::min(words_.size(), other.words_.size());
  for (size_t i = 0; i < shared; ++i) words_[i] &= ~other.words_[i];
  return *this;
}

bool SourceSet::operator==(const SourceSet& other) const { return ToBytes() == other.ToBytes(); }

std::string SourceSet::ToBytes() const {
  std::string bytes;
  bytes.reserve(words_.size() * kBytes);
  for (const uint64_t word : words_) {
    for (size_t i = 0; i < kBytes; ++i) bytes += static_cast<char>(word >> (i * 8));
  }
  bytes.resize(bytes.find_last_not_of('\0') + 1);
  return bytes;
}

SourceSet SourceSet::FromBytes(std::string_view bytes) {
  SourceSet set;
  set.words_.resize((bytes.size() + kBytes - 1) / kBytes);
  for (size_t i = 0; i < bytes.size(); ++i) {
    set.words_[i / kBytes] |= uint64_t{static_cast<unsigned char>(bytes[i])} << (i % kBytes * 8);
  }
  return set;
}

}  // namespace rollcall
