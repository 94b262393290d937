#include "cli/option_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace rollcall::cli {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  uint64_t factor;
};

// Largest first: the first that divides a value is the one to write it with.
constexpr std::array<Unit, 3> kSizeUnits{
    {{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}}};
constexpr std::array<Unit, 4> kDurationUnits{
    {{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

// A number that digits give, and what follows them. Nothing where there are no digits or too many.
struct Amount {
  uint64_t number;
  std::string_view rest;
};

std::optional<Amount> ReadAmount(std::string_view text) {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc()) {
    return std::nullopt;
  }
  return Amount{number, std::string_view(stop, static_cast<size_t>(end - stop))};
}

std::optional<uint64_t> Scale(uint64_t number, uint64_t factor) {
  uint64_t product = 0;
  if (__builtin_mul_overflow(number, factor, &product)) {
    return std::nullopt;
  }
  return product;
}

std::optional<uint64_t> ReadSize(std::string_view text) {
  const std::optional<Amount> amount = ReadAmount(text);
  if (!amount || amount->rest.empty()) {
    return amount ? std::optional(amount->number) : std::nullopt;
  }
  for (const Unit& unit : kSizeUnits) {
    if (EqualsIgnoringCase(amount->rest, unit.name) ||
        EqualsIgnoringCase(amount->rest, unit.name.substr(0, 1))) {
      return Scale(amount->number, unit.factor);
    }
  }
  return std::nullopt;
}

std::optional<uint64_t> ReadDuration(std::string_view text) {
  const std::optional<Amount> amount = ReadAmount(text);
  if (!amount) {
    return std::nullopt;
  }
  if (amount->number == 0 && amount->rest.empty()) {
    return 0;
  }
  for (const Unit& unit : kDurationUnits) {
    if (amount->rest == unit.name) {
      return Scale(amount->number, unit.factor);
    }
  }
  return std::nullopt;
}

template <size_t n>
std::string Format(uint64_t value, const std::array<Unit, n>& units) {
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) {
      return std::to_string(value / unit.factor).append(unit.name);
    }
  }
  return std::to_string(value);
}

Status Not(std::string_view text, const std::string& allowed) {
  return Status::InvalidArgument(QuoteWord(text) + " is not " + allowed);
}

bool IsHost(std::string_view host) {
  const bool bracketed = host.starts_with('[');
  if (bracketed) {
    if (!host.ends_with(']') || host.size() < 4) {
      return false;
    }
    host = host.substr(1, host.size() - 2);
  }
  const std::string_view extra = bracketed ? ":.%" : ".-_";
  return std::all_of(host.begin(), host.end(), [&](char c) {
    return IsAsciiAlphanumeric(c) || extra.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string AllowedNumbers(uint64_t min, uint64_t max, std::string_view unit) {
  std::string words = "a whole number ";
  if (!unit.empty()) {
    words.append("of ").append(unit).append(" ");
  }
  return words + "from " + std::to_string(min) + " to " + std::to_string(max);
}

std::string AllowedSizes(uint64_t min_bytes, uint64_t max_bytes) {
  return "a size from " + FormatSize(min_bytes) + " to " + FormatSize(max_bytes) +
         " (bytes, or with KiB, MiB or GiB)";
}

std::string AllowedDurations(milliseconds min, milliseconds max) {
  return "a duration from " + FormatDuration(min) + " to " + FormatDuration(max) +
         " (a whole number with ms, s, m or h)";
}

Result<uint64_t> ParseNumber(std::string_view text, uint64_t min, uint64_t max,
                             std::string_view unit) {
  const std::optional<Amount> amount = ReadAmount(text);
  if (!amount || !amount->rest.empty() || amount->number < min || amount->number > max) {
    return Not(text, AllowedNumbers(min, max, unit));
  }
  return amount->number;
}

Result<uint64_t> ParseSize(std::string_view text, uint64_t min_bytes, uint64_t max_bytes) {
  const std::optional<uint64_t> bytes = ReadSize(text);
  if (!bytes || *bytes < min_bytes || *bytes > max_bytes) {
    return Not(text, AllowedSizes(min_bytes, max_bytes));
  }
  return *bytes;
}

std::string FormatSize(uint64_t bytes) { return Format(bytes, kSizeUnits); }

Result<milliseconds> ParseDuration(std::string_view text, milliseconds min, milliseconds max) {
  const std::optional<uint64_t> count = ReadDuration(text);
  if (!count || *count < static_cast<uint64_t>(min.count()) ||
      *count > static_cast<uint64_t>(max.count())) {
    return Not(text, AllowedDurations(min, max));
  }
  return milliseconds(static_cast<milliseconds::rep>(*count));
}

std::string FormatDuration(milliseconds duration) {
  return Format(static_cast<uint64_t>(duration.count()), kDurationUnits);
}

bool IsListenAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  return colon != std::string_view::npos && IsHost(text.substr(0, colon)) &&
         ParseNumber(text.substr(colon + 1), 0, 65535, "").ok();
}

}  // namespace rollcall::cli
