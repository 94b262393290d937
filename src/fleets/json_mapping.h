// A mapping: how series are made from a JSON body, as data; what a declaration says under `from`.
// Plain values, which JsonMapper follows. README.md explains the mapping by example.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::fleets {

// A place in a body, relative to the body itself or to the current item of an `each`.
struct JsonReference {
  enum class Kind {
    kPointer,
    kKey,    // the name of the item in its object, or its index in its array, from 0
    kValue,  // the item itself
  };
  Kind kind = Kind::kPointer;
  size_t level = 0;                // 0: the body; n: the item of the n-th `each`
  std::vector<std::string> steps;  // of a pointer, unescaped; never empty for kPointer

  bool operator==(const JsonReference&) const = default;
};

// A range of numbers, both ends inclusive.
struct NumberRange {
  std::string text;  // as declared: "4-10"
  double from = 0;
  double to = 0;  // may be infinite

  bool operator==(const NumberRange&) const = default;
};

struct JsonLabel {
  std::string name;
  JsonReference at;
  std::string match = {};  // RE2 for the whole text; empty: the text is taken as it is
  std::optional<std::string> replace = {};
  std::vector<NumberRange> ranges = {};  // ascending; empty: numbers are not grouped into ranges

  bool operator==(const JsonLabel&) const = default;
};

// A loop over an array or an object below the item of the `each` before it.
struct JsonEach {
  std::vector<std::string> steps;      // the path to it, unescaped; empty: the item itself
  std::vector<std::string> keys = {};  // the members to visit; empty: all

  bool operator==(const JsonEach&) const = default;
};

struct JsonRule {
  std::string metric;
  std::vector<JsonEach> each = {};  // outermost first
  std::vector<JsonLabel> labels = {};
  std::optional<JsonReference> value = {};  // nullopt: the value is 1

  bool operator==(const JsonRule&) const = default;
};

struct JsonMapping {
  std::vector<std::string> id;  // the path to the installation's id; never empty
  std::vector<JsonRule> rules;

  bool operator==(const JsonMapping&) const = default;
};

}  // namespace rollcall::fleets
