#include "storage/host_rows.h"

#include <cmath>
#include <limits>
#include <random>

#include "tests/storage/format_examples.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExample;
using rollcall::test::FormatExampleLines;
using rollcall::test::ToHex;

// 2026-03-07 12:00:05, by `date -u -d ... +%s`.
constexpr UnixSeconds kNoonOfRows{std::chrono::seconds(1'772'884'805)};

HostSample Requests(double v) { return {UnixSeconds(), v, 0, 0, 0}; }

// What is read back of a sample with so many requests a second.
double ReadBack(double v) {
  HostSample sample;
  EXPECT_TRUE(DecodeHostSample(EncodeHostSample(Requests(v)), sample).ok()) << v;
  return sample.requests_sec;
}

TEST(HostRows, AreTheBytesOfTheFormat) {
  EXPECT_EQ(ToHex(EncodeKey(HostSampleKey::Of(kNoonOfRows, {7}))),
            ToHex(FormatExample("key of host_samples: 2026-03-07 12:00:05, host 7")));
  EXPECT_EQ(ToHex(EncodeHostRecord({{7}, Hour::Of(kNoonOfRows)})),
            ToHex(FormatExample("hosts: host 7, hour 492468")));
  EXPECT_EQ(
      ToHex(EncodeHostSample({kNoonOfRows, 120.5, 12.25, 0.5, 3})),
      ToHex(FormatExample("host_samples: 120.5 requests a second, 12.25 ms, 0.5 %, 3 backends")));
  const auto lines = FormatExampleLines("thousandths 0, 12.5, 0.001, 1000000, 1e300");
  ASSERT_EQ(lines.size(), 5U);
  const double values[] = {0, 12.5, 0.001, 1e6, 1e300};
  for (size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(ToHex(EncodeHostSample(Requests(values[i]))), ToHex(lines[i]) + " 00 00 00");
  }
}

TEST(HostRows, AKeyIsReadBackAsItsHostAndTime) {
  const auto key = DecodeHostSampleKey(EncodeKey(HostSampleKey::Of(kNoonOfRows, {7})));
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->time(), kNoonOfRows);
  EXPECT_EQ(key->host.value, 7U);
  EXPECT_FALSE(DecodeHostSampleKey(std::string(9, '\0')).has_value());
  EXPECT_FALSE(DecodeHostSampleKey(std::string(11, '\0')).has_value());
  EXPECT_FALSE(DecodeHostSampleKey(std::string(8, '\0') + "\x54\x60").has_value()) << "21600";
  EXPECT_TRUE(DecodeHostSampleKey(std::string(8, '\0') + "\x54\x5f").has_value()) << "21599";
}

TEST(HostRows, KeysSortByStretchThenHostThenSecond) {
  std::mt19937 random(3);
  std::vector<HostSampleKey> keys;
  for (int i = 0; i < 300; ++i) {
    keys.push_back({static_cast<uint32_t>(random() % 3 == 0 ? random() : random() % 300),
                    {static_cast<uint32_t>(random() % 700)},
                    static_cast<uint16_t>(random() % 21'600)});
  }
  for (const HostSampleKey& a : keys) {
    for (const HostSampleKey& b : keys) ASSERT_EQ(a < b, EncodeKey(a) < EncodeKey(b));
  }
}

TEST(HostRows, EveryNumberIsReadBackToTheLastBit) {
  for (const double v :
       {0.0, 0.1, 0.001, 0.0005, 1.0 / 3, 12.345, 99.999, 1250.5, 1e15, 9e15, 1e16,
        9007199254740.991, 9007199254740.993, 1e300, 5e-324, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(ReadBack(v), v);
  }
  std::mt19937_64 random(5);
  for (int i = 0; i < 20'000; ++i) {
    const double any = std::bit_cast<double>(random() >> 1);
    if (std::isfinite(any)) {
      ASSERT_EQ(ReadBack(any), any);
    }
    const double measured = static_cast<double>(random() % 100'000'000) / 1000;
    ASSERT_EQ(ReadBack(measured), measured);
  }
  EXPECT_FALSE(std::signbit(ReadBack(-0.0)));
}

TEST(HostRows, AMinutesSampleIsSmall) {
  EXPECT_LE(EncodeHostSample({kNoonOfRows, 1250.504, 45.2, 0.512, 12}).size(), 10U);
}

TEST(HostRows, OtherBytesAreDamage) {
  const std::string good = EncodeHostSample({kNoonOfRows, 120.5, 1.0 / 3, 0.5, 3});
  HostSample sample;
  ASSERT_TRUE(DecodeHostSample(good, sample).ok());
  for (size_t n = 0; n < good.size(); ++n) {
    EXPECT_EQ(DecodeHostSample(good.substr(0, n), sample).code(), Code::kDataLoss) << n;
  }
  EXPECT_FALSE(DecodeHostSample(good + '\0', sample).ok());
  const auto raw = [](double v) {
    std::string bytes("\0\0\1", 3);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes += static_cast<char>(std::bit_cast<uint64_t>(v) >> shift);
    }
    return bytes + '\0';
  };
  EXPECT_TRUE(DecodeHostSample(raw(1.0 / 3), sample).ok());
  for (const double v : {std::nan(""), HUGE_VAL, -1.0, 100.1}) {
    EXPECT_FALSE(DecodeHostSample(raw(v), sample).ok()) << v;
  }
  EXPECT_FALSE(DecodeHostSample(std::string("\3\0\0\0", 4), sample).ok()) << "no such tag";
  HostRecord record;
  EXPECT_FALSE(DecodeHostRecord(std::string("\0\1", 2), record).ok()) << "host 0";
  EXPECT_FALSE(DecodeHostRecord("\1", record).ok());
  EXPECT_FALSE(DecodeHostRecord("\1\1\1", record).ok());
  std::mt19937 random(11);
  for (int i = 0; i < 50'000; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    if (DecodeHostSample(bytes, sample).ok()) {
      EXPECT_TRUE(std::isfinite(sample.requests_sec) && sample.requests_sec >= 0);
      EXPECT_LE(sample.error_rate, 100);
    }
    static_cast<void>(DecodeHostRecord(bytes, record));
  }
}

}  // namespace
}  // namespace rollcall::storage
