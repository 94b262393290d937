// The kinds of options that the option table is made of: numbers, sizes, durations, texts,
// targets, switches. Used by option_table.cc while it makes the table; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cli/option_checks.h"
#include "cli/option_table.h"
#include "cli/option_value.h"
#include "hosts/targets.h"

namespace rollcall::cli {

// Returns the field of Options that holds the value of an option.
template <typename T>
using Field = T& (*)(Options&);
// The Field of a member of Options.
#define ROLLCALL_FIELD(member) [](Options& o) -> decltype((o.member)) { return o.member; }

// What the help says about an option; see OptionSpec.
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
T Read(Field<T> field, Options options) {
  return field(options);
}

template <typename T>
OptionSpec Number(unsigned users, std::string_view flag, uint64_t min, uint64_t max,
                  std::string_view unit, Field<T> field, Words words) {
  OptionSpec spec = Base(users, flag, "NUMBER", words);
  spec.allowed = AllowedNumbers(min, max, unit);
  spec.set = [=](std::string_view text, Options& options) {
    const Result<uint64_t> value = ParseNumber(text, min, max, unit);
    if (value.ok()) {
      field(options) = static_cast<T>(*value);
    }
    return value.status();
  };
  spec.show = [=](const Options& options) { return std::to_string(Read(field, options)); };
  return spec;
}

inline OptionSpec Size(unsigned users, std::string_view flag, uint64_t min_bytes,
                       uint64_t max_bytes, Field<size_t> field, Words words) {
  OptionSpec spec = Base(users, flag, "SIZE", words);
  spec.allowed = AllowedSizes(min_bytes, max_bytes);
  spec.set = [=](std::string_view text, Options& options) {
    const Result<uint64_t> value = ParseSize(text, min_bytes, max_bytes);
    if (value.ok()) {
      field(options) = *value;
    }
    return value.status();
  };
  spec.show = [=](const Options& options) { return FormatSize(Read(field, options)); };
  return spec;
}

// The field may have a unit other than milliseconds; `min` and `max` must be whole numbers of
// that unit.
template <typename D = std::chrono::milliseconds>
OptionSpec Duration(unsigned users, std::string_view flag, std::chrono::milliseconds min,
                    std::chrono::milliseconds max, std::type_identity_t<Field<D>> field,
                    Words words) {
  OptionSpec spec = Base(users, flag, "DURATION", words);
  spec.allowed = AllowedDurations(min, max);
  spec.set = [=](std::string_view text, Options& options) {
    const Result<std::chrono::milliseconds> value = ParseDuration(text, min, max);
    if (value.ok()) {
      field(options) = std::chrono::duration_cast<D>(*value);
    }
    return value.status();
  };
  spec.show = [=](const Options& options) { return FormatDuration(Read(field, options)); };
  return spec;
}

// `check` returns what is wrong with a text. An empty text is accepted only if `words.zero` says
// what it does.
inline OptionSpec Text(unsigned users, std::string_view flag, std::string_view value_name,
                       std::string_view allowed, Status (*check)(std::string_view),
                       Field<std::string> field, Words words) {
  OptionSpec spec = Base(users, flag, value_name, words);
  spec.allowed = allowed;
  const bool may_be_empty = !words.zero.empty();
  spec.set = [=](std::string_view text, Options& options) {
    if (!text.empty() || !may_be_empty) {
      ROLLCALL_RETURN_IF_ERROR(check(text));
    }
    field(options) = text;
    return Status::Ok();
  };
  spec.show = [=](const Options& options) { return Read(field, options); };
  return spec;
}

// A list of targets, NAME=URL each, with blanks between them.
inline OptionSpec Targets(unsigned users, std::string_view flag,
                          Field<std::vector<hosts::Target>> field, Words words) {
  OptionSpec spec = Base(users, flag, "NAME=URL", words);
  spec.allowed = kAllowedTargets;
  spec.repeats = true;
  spec.set = [=](std::string_view text, Options& options) {
    Result<std::vector<hosts::Target>> targets = ParseTargets(text);
    if (targets.ok()) field(options) = std::move(*targets);
    return targets.status();
  };
  spec.show = [=](const Options& options) {
    std::string text;
    for (const hosts::Target& target : Read(field, options)) {
      text += (text.empty() ? "" : " ") + target.name + "=" + target.url;
    }
    return text;
  };
  return spec;
}

inline OptionSpec Switch(unsigned users, std::string_view flag, Field<bool> field, Words words) {
  constexpr std::string_view kAllowed = "true or false";
  OptionSpec spec = Base(users, flag, "", words);
  spec.allowed = kAllowed;
  spec.set = [=](std::string_view text, Options& options) {
    const bool on = text == "true" || text == "1";
    if (!on && text != "false" && text != "0") {
      return Status::InvalidArgument(QuoteWord(text) + " is not " + std::string(kAllowed));
    }
    field(options) = on;
    return Status::Ok();
  };
  spec.show = [=](const Options& options) -> std::string {
    return Read(field, options) ? "true" : "false";
  };
  return spec;
}

}  // namespace rollcall::cli
