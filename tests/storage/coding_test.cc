#include "storage/coding.h"

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "tests/storage/format_examples.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExampleLines;
using rollcall::test::FromHex;
using rollcall::test::ToHex;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr __int128 kSmallest128 = static_cast<__int128>(static_cast<unsigned __int128>(1) << 127);

// What a put writes, in hex.
template <typename T>
std::string Written(void (*put)(T, std::string&), T value) {
  std::string out;
  put(value, out);
  return ToHex(out);
}

// That a number is written as an example of FORMAT.md says, and read back from it.
template <typename T, typename Put, typename Take>
void ExpectExample(const std::string& name, const std::vector<T>& numbers, Put put, Take take) {
  const std::vector<std::string> lines = FormatExampleLines(name);
  ASSERT_EQ(lines.size(), numbers.size()) << name;
  for (size_t i = 0; i < numbers.size(); ++i) {
    std::string out;
    put(numbers[i], out);
    EXPECT_EQ(ToHex(out), ToHex(lines[i])) << name << ", line " << i + 1;
    Reader reader(lines[i]);
    EXPECT_TRUE(take(reader) == numbers[i]) << name << ", line " << i + 1;
    EXPECT_TRUE(reader.ok() && reader.AtEnd()) << name << ", line " << i + 1;
  }
}

TEST(Coding, NumbersAreTheBytesOfTheFormat) {
  ExpectExample<uint64_t>("varint 0, 127, 128, 300, 2^64-1", {0, 127, 128, 300, UINT64_MAX},
                          PutVarint, [](Reader& r) { return r.Varint(); });
  ExpectExample<int64_t>(
      "zigzag 0, -1, 1, -30, 899", {0, -1, 1, -30, 899},
      [](int64_t v, std::string& out) { PutVarint(ZigZag(v), out); },
      [](Reader& r) { return UnZigZag(r.Varint()); });
  ExpectExample<__int128>("signed128 0, -1, 2^64, -2^127",
                          {0, -1, static_cast<__int128>(1) << 64, kSmallest128}, PutSigned128,
                          [](Reader& r) { return r.Signed128(); });
  ExpectExample<double>("value 0, 3, 168, 811020009472, 2^62",
                        {0, 3, 168, 811020009472.0, 4611686018427387904.0}, PutValue,
                        [](Reader& r) { return r.Value(); });
  ExpectExample<double>("value 2.5, -1, -0, +Inf, -Inf", {2.5, -1, -0.0, kInfinity, -kInfinity},
                        PutValue, [](Reader& r) { return r.Value(); });
}

TEST(Coding, MinusZeroStaysMinusZero) {
  const std::string bytes = FormatExampleLines("value 2.5, -1, -0, +Inf, -Inf").at(2);
  Reader reader(bytes);
  EXPECT_TRUE(std::signbit(reader.Value()));
}

TEST(Coding, BigEndianNumbersAreReadBackAndSortAsNumbersDo) {
  std::string out;
  PutBigEndian16(0x0102, out);
  PutBigEndian32(0x03040506, out);
  PutBigEndian64(0x0708090A0B0C0D0EU, out);
  EXPECT_EQ(ToHex(out), "01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e");
  Reader reader(out);
  EXPECT_EQ(reader.BigEndian16(), 0x0102);
  EXPECT_EQ(reader.BigEndian32(), 0x03040506U);
  EXPECT_EQ(reader.BigEndian64(), 0x0708090A0B0C0D0EU);
  EXPECT_TRUE(reader.ok() && reader.AtEnd());
}

TEST(Coding, EveryVarintIsReadBack) {
  std::mt19937_64 random(1);
  std::vector<uint64_t> numbers = {0, 1, UINT64_MAX, UINT32_MAX, uint64_t{UINT32_MAX} + 1};
  for (unsigned bit = 0; bit < 64; ++bit) {
    numbers.push_back(uint64_t{1} << bit);
    numbers.push_back((uint64_t{1} << bit) - 1);
    for (int i = 0; i < 20; ++i) numbers.push_back(random() >> bit);
  }
  std::string out;
  for (const uint64_t v : numbers) {
    const size_t before = out.size();
    PutVarint(v, out);
    const auto bits = static_cast<size_t>(std::bit_width(v));
    EXPECT_EQ(out.size() - before, std::max<size_t>(1, (bits + 6) / 7)) << v;
  }
  Reader reader(out);
  for (const uint64_t v : numbers) ASSERT_EQ(reader.Varint(), v);
  EXPECT_TRUE(reader.ok() && reader.AtEnd());
}

TEST(Coding, EverySignedNumberIsReadBackFromItsZigzag) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 10'000; ++i) {
    const auto v = static_cast<int64_t>(random()) >> (random() % 64);
    ASSERT_EQ(UnZigZag(ZigZag(v)), v);
    const __int128 wide =
        static_cast<__int128>(static_cast<unsigned __int128>(random()) << 64 | random()) >>
        (random() % 128);
    std::string out;
    PutSigned128(wide, out);
    ASSERT_LE(out.size(), 19U);
    Reader reader(out);
    ASSERT_TRUE(reader.Signed128() == wide);
    ASSERT_TRUE(reader.ok() && reader.AtEnd());
  }
  for (const int64_t v : {INT64_MIN, INT64_MIN + 1, INT64_MAX, int64_t{-1}, int64_t{0}}) {
    EXPECT_EQ(UnZigZag(ZigZag(v)), v);
  }
}

TEST(Coding, EveryValueIsReadBackToTheBit) {
  std::mt19937_64 random(3);
  std::vector<double> values = {0,
                                -0.0,
                                1,
                                -1,
                                0.1,
                                4611686018427387904.0,
                                1e19,
                                -1e19,
                                5e-324,
                                kInfinity,
                                -kInfinity,
                                std::numeric_limits<double>::max(),
                                std::nextafter(4611686018427387904.0, kInfinity),
                                std::nextafter(4611686018427387904.0, 0)};
  while (values.size() < 20'000) {
    const auto v = std::bit_cast<double>(random());
    if (!std::isnan(v)) values.push_back(v);
    values.push_back(static_cast<double>(random() >> (random() % 64)));
  }
  for (const double v : values) {
    std::string out;
    PutValue(v, out);
    ASSERT_LE(out.size(), 10U);
    Reader reader(out);
    ASSERT_EQ(std::bit_cast<uint64_t>(reader.Value()), std::bit_cast<uint64_t>(v)) << v;
    ASSERT_TRUE(reader.ok() && reader.AtEnd()) << v;
  }
}

TEST(Coding, WholeNumbersUpToTwoToThe62TakeNoRawDouble) {
  EXPECT_EQ(Written(PutValue, 4611686018427387904.0), "80 80 80 80 80 80 80 80 80 01");
  EXPECT_EQ(Written(PutValue, std::nextafter(4611686018427387904.0, kInfinity)),
            "01 43 d0 00 00 00 00 00 01");
}

TEST(Coding, EveryNumberCutShortIsAFailure) {
  std::string whole;
  PutVarint(UINT64_MAX, whole);
  for (size_t size = 0; size < whole.size(); ++size) {
    Reader reader(std::string_view(whole).substr(0, size));
    EXPECT_EQ(reader.Varint(), 0U);
    EXPECT_FALSE(reader.ok()) << size;
  }
  whole.clear();
  PutSigned128(kSmallest128, whole);
  for (size_t size = 0; size < whole.size(); ++size) {
    Reader reader(std::string_view(whole).substr(0, size));
    EXPECT_TRUE(reader.Signed128() == 0);
    EXPECT_FALSE(reader.ok()) << size;
  }
  whole.clear();
  PutValue(2.5, whole);
  for (size_t size = 0; size < whole.size(); ++size) {
    Reader reader(std::string_view(whole).substr(0, size));
    EXPECT_EQ(reader.Value(), 0);
    EXPECT_FALSE(reader.ok()) << size;
  }
  for (size_t size = 0; size < 8; ++size) {
    const std::string bytes(size, '\1');
    EXPECT_EQ(Reader(bytes).BigEndian64(), 0U);
    Reader reader(bytes);
    reader.BigEndian64();
    EXPECT_FALSE(reader.ok()) << size;
  }
}

TEST(Coding, PaddedVarintsAreTakenUpToTenBytesAnd64Bits) {
  const auto read = [](std::string_view hex) -> std::string {
    const std::string bytes = FromHex(hex);
    Reader reader(bytes);
    const uint64_t v = reader.Varint();
    return reader.ok() ? std::to_string(v) : "refused";
  };
  EXPECT_EQ(read("80 00"), "0");
  EXPECT_EQ(read("85 80 80 80 80 80 80 80 80 00"), "5");
  EXPECT_EQ(read("80 80 80 80 80 80 80 80 80 02"), "refused");
  EXPECT_EQ(read("80 80 80 80 80 80 80 80 80 80 00"), "refused");
  EXPECT_EQ(read("ff ff ff ff ff ff ff ff ff ff"), "refused");
}

TEST(Coding, A128BitNumberHasNoMoreThan19Bytes) {
  const auto ok = [](const std::string& bytes) {
    Reader reader(bytes);
    reader.Signed128();
    return reader.ok();
  };
  EXPECT_TRUE(ok(std::string(18, '\x80') + '\3'));
  EXPECT_FALSE(ok(std::string(18, '\x80') + '\4'));
  EXPECT_FALSE(ok(std::string(19, '\x80') + '\0'));
  EXPECT_FALSE(ok(std::string(100, '\xff')));
}

TEST(Coding, A32BitVarintRefusesMore) {
  for (const auto& [v, fits] : {std::pair<uint64_t, bool>(0, true),
                                {UINT32_MAX, true},
                                {uint64_t{UINT32_MAX} + 1, false},
                                {UINT64_MAX, false}}) {
    std::string bytes;
    PutVarint(v, bytes);
    Reader reader(bytes);
    EXPECT_EQ(reader.Varint32(), fits ? static_cast<uint32_t>(v) : 0);
    EXPECT_EQ(reader.ok(), fits) << v;
  }
}

TEST(Coding, AValueIsNeverNan) {
  for (const char* const hex :
       {"01 7f f8 00 00 00 00 00 00", "01 ff f0 00 00 00 00 00 01", "01 ff ff ff ff ff ff ff ff"}) {
    const std::string bytes = FromHex(hex);
    Reader reader(bytes);
    EXPECT_EQ(reader.Value(), 0);
    EXPECT_FALSE(reader.ok()) << hex;
  }
}

TEST(Coding, AnUnknownTagBeforeARawValueIsAFailure) {
  const std::string bytes = FromHex("03 40 04 00 00 00 00 00 00");
  Reader reader(bytes);
  EXPECT_EQ(reader.Value(), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(Coding, AfterAFailureNothingMoreIsRead) {
  const std::string bytes = FromHex("05 01 02 03");
  Reader reader(bytes);
  EXPECT_EQ(reader.Varint(), 5U);
  EXPECT_EQ(reader.BigEndian32(), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.left(), 0U);
  EXPECT_EQ(reader.Varint(), 0U);
  EXPECT_EQ(reader.BigEndian16(), 0);
  EXPECT_TRUE(reader.Bytes(1).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(Coding, BytesAreTakenOnlyWhereThereAreSoMany) {
  Reader reader("abc");
  EXPECT_EQ(reader.Bytes(2), "ab");
  EXPECT_EQ(reader.Bytes(0), "");
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.Bytes(SIZE_MAX), "");
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace rollcall::storage
