// The kinds of options that the table is made of: numbers, sizes, durations, texts. Used by
// option_table.cc while it makes the table.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/option_table.h"
#include "cli/option_value.h"

namespace rollcall::cli {

// Where an option's value lives.
template <typename T>
using Field = T& (*)(DemoOptions&);

struct Words {
  std::string_view meaning;
  std::string_view reason;
  std::string_view zero = {};
};

inline OptionSpec Base(unsigned users, std::string_view flag, std::string_view value_name,
                       Words words) {
  OptionSpec spec;
  spec.users = users;
  spec.flag = flag;
  spec.value_name = value_name;
  spec.meaning = words.meaning;
  spec.reason = words.reason;
  spec.zero = words.zero;
  return spec;
}

template <typename T>
T Read(Field<T> field, DemoOptions options) {
  return field(options);
}

template <typename T>
OptionSpec Number(unsigned users, std::string_view flag, uint64_t min, uint64_t max,
                  std::string_view unit, Field<T> field, Words words) {
  OptionSpec spec = Base(users, flag, "NUMBER", words);
  spec.allowed = AllowedNumbers(min, max, unit);
  spec.set = [=](std::string_view text, DemoOptions& options) {
    const Result<uint64_t> value = ParseNumber(text, min, max, unit);
    if (value.ok()) {
      field(options) = static_cast<T>(*value);
    }
    return value.status();
  };
  spec.show = [=](const DemoOptions& options) { return std::to_string(Read(field, options)); };
  return spec;
}

inline OptionSpec Size(unsigned users, std::string_view flag, uint64_t min_bytes,
                       uint64_t max_bytes, Field<size_t> field, Words words) {
  OptionSpec spec = Base(users, flag, "SIZE", words);
  spec.allowed = AllowedSizes(min_bytes, max_bytes);
  spec.set = [=](std::string_view text, DemoOptions& options) {
    const Result<uint64_t> value = ParseSize(text, min_bytes, max_bytes);
    if (value.ok()) {
      field(options) = *value;
    }
    return value.status();
  };
  spec.show = [=](const DemoOptions& options) { return FormatSize(Read(field, options)); };
  return spec;
}

inline OptionSpec Duration(unsigned users, std::string_view flag, std::chrono::milliseconds min,
                           std::chrono::milliseconds max, Field<std::chrono::milliseconds> field,
                           Words words) {
  OptionSpec spec = Base(users, flag, "DURATION", words);
  spec.allowed = AllowedDurations(min, max);
  spec.set = [=](std::string_view text, DemoOptions& options) {
    const Result<std::chrono::milliseconds> value = ParseDuration(text, min, max);
    if (value.ok()) {
      field(options) = *value;
    }
    return value.status();
  };
  spec.show = [=](const DemoOptions& options) { return FormatDuration(Read(field, options)); };
  return spec;
}

// `check` says what is wrong with a text; an empty one is taken only where `words.zero` says what
// it does.
inline OptionSpec Text(unsigned users, std::string_view flag, std::string_view value_name,
                       std::string_view allowed, Status (*check)(std::string_view),
                       Field<std::string> field, Words words) {
  OptionSpec spec = Base(users, flag, value_name, words);
  spec.allowed = allowed;
  const bool may_be_empty = !words.zero.empty();
  spec.set = [=](std::string_view text, DemoOptions& options) {
    if (!text.empty() || !may_be_empty) {
      ROLLCALL_RETURN_IF_ERROR(check(text));
    }
    field(options) = text;
    return Status::Ok();
  };
  spec.show = [=](const DemoOptions& options) { return Read(field, options); };
  return spec;
}

}  // namespace rollcall::cli
