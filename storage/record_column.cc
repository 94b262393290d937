#include "storage/record_column.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "storage/coding.h"

namespace rollcall::storage {
namespace {

constexpr uint64_t kHasDictionary = 1;
constexpr size_t kHeadKey = 0;  // in the place of a column

// How many bytes hold the numbers from 0 to `most`: 0, 1, 2, 4 or 8.
size_t WidthOf(uint64_t most) {
  if (most == 0) return 0;
  if (most <= UINT8_MAX) return 1;
  if (most <= UINT16_MAX) return 2;
  return most <= UINT32_MAX ? 4 : 8;
}

void PutLittleEndian(uint64_t v, size_t width, std::string& out) {
  for (size_t i = 0; i < width; ++i) out += static_cast<char>(v >> 8 * i);
}

template <typename T>
T Load(const char* data, size_t i) {
  static_assert(std::endian::native == std::endian::little);
  T v;
  std::memcpy(&v, data + i * sizeof(T), sizeof(T));
  return v;
}

// Calls use(T()) with the type of codes of that width, which is not 0.
template <typename Use>
auto WithWidth(size_t width, Use use) {
  switch (width) {
    case 1:
      return use(uint8_t());
    case 2:
      return use(uint16_t());
    case 4:
      return use(uint32_t());
    default:
      return use(uint64_t());
  }
}

// Bit i of the result: byte i of `v` is 0. `v` has 8 bytes, the lowest first.
uint64_t ZeroBytes(uint64_t v) {
  constexpr uint64_t kLow = 0x7f7f7f7f7f7f7f7f;
  const uint64_t zero = ~(((v & kLow) + kLow) | v | kLow);  // 0x80 in each byte that is 0
  return (zero >> 7) * 0x0102040810204080 >> 56;
}

// Which of the 64 codes from `first` on are `code`.
uint64_t EqualBytes(const char* data, size_t first, uint8_t code) {
  const uint64_t pattern = uint64_t{code} * 0x0101010101010101;
  uint64_t equal = 0;
  for (size_t i = 0; i < 8; ++i) {
    equal |= ZeroBytes(Load<uint64_t>(data + first, i) ^ pattern) << 8 * i;
  }
  return equal;
}

// Clears the bits of slots that `keeps(slot)` is false for. Slots beyond `size` go too.
template <typename Keeps>
void KeepWhere(size_t size, BlockBits& bits, Keeps keeps) {
  for (size_t i = 0; i < BlockBits::kWords; ++i) {
    uint64_t kept = 0;
    for (uint64_t left = bits.word(i); left != 0; left &= left - 1) {
      const auto bit = static_cast<size_t>(std::countr_zero(left));
      const size_t slot = i * 64 + bit;
      if (slot < size && keeps(slot)) kept |= uint64_t{1} << bit;
    }
    bits.word(i) = kept;
  }
}

Status NotAColumn(size_t bytes, const char* why) {
  return Status::DataLoss("decode a column of records: " + std::to_string(bytes) +
                          " bytes: " + why);
}

}  // namespace

std::string_view NameOf(RecordColumn column) {
  constexpr std::array<std::string_view, kRecordColumns.size()> kNames{
      "reception", "capture", "severity",  "external", "classification",
      "build",     "system",  "host type", "machine",  "stack"};
  return kNames[IndexOf(column)];
}

BlockBits BlockBits::FirstOf(size_t slots) {
  BlockBits bits;
  for (size_t i = 0; i < slots / 64; ++i) bits.words_[i] = ~uint64_t{0};
  if (slots % 64 != 0) bits.words_[slots / 64] = (uint64_t{1} << slots % 64) - 1;
  return bits;
}

void BlockBits::RemoveAll(const BlockBits& others) {
  for (size_t i = 0; i < kWords; ++i) words_[i] &= ~others.words_[i];
}

void BlockBits::KeepOnly(const BlockBits& others) {
  for (size_t i = 0; i < kWords; ++i) words_[i] &= others.words_[i];
}

bool BlockBits::Any() const {
  return std::any_of(words_.begin(), words_.end(), [](uint64_t word) { return word != 0; });
}

size_t BlockBits::Count() const {
  size_t count = 0;
  for (const uint64_t word : words_) count += static_cast<size_t>(std::popcount(word));
  return count;
}

std::string EncodeColumn(std::span<const uint64_t> values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const uint64_t base = *least;
  size_t width = WidthOf(*most - base);
  std::vector<uint64_t> distinct;
  if (width > 1) {
    distinct.assign(values.begin(), values.end());
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    const size_t code_width = WidthOf(distinct.size() - 1);
    // A value of the dictionary takes at most as many bytes as it has.
    if (code_width * values.size() + width * distinct.size() < width * values.size()) {
      width = code_width;
    } else {
      distinct.clear();
    }
  }
  std::string out;
  PutVarint(width << 1 | (distinct.empty() ? 0 : kHasDictionary), out);
  PutVarint(values.size(), out);
  if (distinct.empty()) {
    PutVarint(base, out);
    for (const uint64_t v : values) PutLittleEndian(v - base, width, out);
    return out;
  }
  PutVarint(distinct.size(), out);
  uint64_t before = 0;
  for (const uint64_t v : distinct) {
    PutVarint(v - before, out);
    before = v;
  }
  for (const uint64_t v : values) {
    const auto at = std::lower_bound(distinct.begin(), distinct.end(), v);
    PutLittleEndian(static_cast<uint64_t>(at - distinct.begin()), width, out);
  }
  return out;
}

Result<ColumnView> ColumnView::Decode(std::string bytes) {
  const auto owner = std::make_shared<const std::string>(std::move(bytes));
  Reader reader(*owner);
  ColumnView view;
  const uint64_t form = reader.Varint();
  view.width_ = form >> 1;
  view.size_ = reader.Varint();
  const bool has_width = view.width_ <= 2 || view.width_ == 4 || view.width_ == 8;
  if (!reader.ok() || !has_width || view.size_ == 0 || view.size_ > kRecordsOfBlock) {
    return NotAColumn(owner->size(), "no width and size");
  }
  if ((form & kHasDictionary) == 0) {
    view.base_ = reader.Varint();
  } else {
    const uint64_t count = reader.Varint();
    if (count == 0 || count > view.size_) return NotAColumn(owner->size(), "no dictionary");
    std::vector<uint64_t> distinct;
    distinct.reserve(count);
    for (uint64_t v = 0; distinct.size() < count;) {
      const uint64_t step = reader.Varint();
      if (!reader.ok() || __builtin_add_overflow(v, step, &v) || (step == 0 && !distinct.empty())) {
        return NotAColumn(owner->size(), "its dictionary does not ascend");
      }
      distinct.push_back(v);
    }
    view.distinct_ = std::make_shared<const std::vector<uint64_t>>(std::move(distinct));
  }
  if (!reader.ok() || reader.left() != view.size_ * view.width_) {
    return NotAColumn(owner->size(), "too few or too many for its values");
  }
  view.data_ = owner->data() + (owner->size() - reader.left());
  view.owner_ = owner;
  if (view.distinct_ && view.LargestCode() >= view.distinct_->size()) {
    return NotAColumn(owner->size(), "a value that its dictionary does not have");
  }
  return view;
}

ColumnView ColumnView::Of(std::shared_ptr<const void> owner, std::span<const uint64_t> values) {
  ColumnView view;
  view.owner_ = std::move(owner);
  view.data_ = reinterpret_cast<const char*>(values.data());
  view.width_ = sizeof(uint64_t);
  view.size_ = values.size();
  return view;
}

uint64_t ColumnView::Code(size_t slot) const {
  if (width_ == 0) return 0;
  return WithWidth(width_,
                   [&](auto type) -> uint64_t { return Load<decltype(type)>(data_, slot); });
}

uint64_t ColumnView::LargestCode() const {
  if (width_ == 0) return 0;
  return WithWidth(width_, [&](auto type) -> uint64_t {
    decltype(type) largest = 0;
    for (size_t i = 0; i < size_; ++i) largest = std::max(largest, Load<decltype(type)>(data_, i));
    return largest;
  });
}

uint64_t ColumnView::operator[](size_t slot) const {
  return distinct_ ? (*distinct_)[Code(slot)] : base_ + Code(slot);
}

void ColumnView::CopyTo(std::vector<uint64_t>& values) const {
  values.resize(size_);
  if (width_ == 0) {
    std::fill(values.begin(), values.end(), (*this)[0]);
    return;
  }
  WithWidth(width_, [&](auto type) {
    using Code = decltype(type);
    if (distinct_) {
      const uint64_t* const distinct = distinct_->data();
      for (size_t i = 0; i < size_; ++i) values[i] = distinct[Load<Code>(data_, i)];
    } else {
      for (size_t i = 0; i < size_; ++i) values[i] = base_ + Load<Code>(data_, i);
    }
  });
}

void ColumnView::KeepEqual(uint64_t value, BlockBits& bits) const {
  if (distinct_) {
    const auto at = std::lower_bound(distinct_->begin(), distinct_->end(), value);
    if (at == distinct_->end() || *at != value) {
      bits = BlockBits();
    } else {
      KeepCode(static_cast<uint64_t>(at - distinct_->begin()), bits);
    }
  } else if (value < base_) {
    bits = BlockBits();
  } else {
    KeepCode(value - base_, bits);
  }
}

void ColumnView::KeepCode(uint64_t code, BlockBits& bits) const {
  if (width_ == 0) {
    if (code != 0) bits = BlockBits();
    return;
  }
  if (width_ == 1) {
    if (code > UINT8_MAX) {
      bits = BlockBits();
      return;
    }
    const size_t whole = size_ / 64;
    for (size_t i = 0; i < whole; ++i) {
      if (bits.word(i) != 0) bits.word(i) &= EqualBytes(data_, i * 64, static_cast<uint8_t>(code));
    }
    if (whole == BlockBits::kWords) return;
  }
  KeepWhere(size_, bits, [&](size_t slot) { return Code(slot) == code; });
}

void ColumnView::KeepAbove(uint64_t least, BlockBits& bits) const {
  KeepWhere(size_, bits, [&](size_t slot) { return (*this)[slot] > least; });
}

BlockBits BlockHead::Present() const {
  BlockBits bits = BlockBits::FirstOf(slots);
  if (absent) bits.RemoveAll(*absent);
  return bits;
}

std::string EncodeBlockHead(const BlockHead& head) {
  std::string out;
  for (const UnixSeconds time :
       {head.first_reception, head.last_reception, head.first_capture, head.last_capture}) {
    PutVarint(ZigZag(time.time_since_epoch().count()), out);
  }
  if (!head.absent) return out;
  // Stretches: how many slots are there, then how many are absent.
  size_t at = 0;
  for (size_t slot = 0; slot < kRecordsOfBlock;) {
    if (!head.absent->Has(slot)) {
      ++slot;
      continue;
    }
    size_t end = slot;
    while (end < kRecordsOfBlock && head.absent->Has(end)) ++end;
    PutVarint(slot - at, out);
    PutVarint(end - slot, out);
    at = slot = end;
  }
  return out;
}

Status DecodeBlockHead(std::string_view bytes, BlockHead& head) {
  const Status damage =
      Status::DataLoss("decode the head of a block of records: " + std::to_string(bytes.size()) +
                       " bytes are not one");
  Reader reader(bytes);
  head.slots = kRecordsOfBlock;
  for (UnixSeconds* const time :
       {&head.first_reception, &head.last_reception, &head.first_capture, &head.last_capture}) {
    *time = UnixSeconds(std::chrono::seconds(UnZigZag(reader.Varint())));
  }
  head.absent = nullptr;
  head.count = kRecordsOfBlock;
  if (!reader.ok()) return damage;
  if (reader.AtEnd()) return Status::Ok();
  BlockBits absent;
  for (uint64_t at = 0; !reader.AtEnd();) {
    const uint64_t there = reader.Varint();
    const uint64_t gone = reader.Varint();
    if (!reader.ok() || gone == 0 || there > kRecordsOfBlock - at ||
        gone > kRecordsOfBlock - at - there) {
      return damage;
    }
    at += there;
    for (const uint64_t end = at + gone; at < end; ++at) absent.Add(at);
  }
  head.count = static_cast<uint32_t>(kRecordsOfBlock - absent.Count());
  head.absent = std::make_shared<const BlockBits>(absent);
  return head.count > 0 ? Status::Ok() : damage;
}

std::string EncodeBlockKey(uint64_t block) {
  std::string out;
  PutBigEndian64(block, out);
  out += static_cast<char>(kHeadKey);
  return out;
}

std::string EncodeColumnKey(uint64_t block, RecordColumn column) {
  std::string out;
  PutBigEndian64(block, out);
  out += static_cast<char>(column);
  return out;
}

}  // namespace rollcall::storage
