// How series are made from a JSON body, as data: what a fleet's declaration says under `from`.
// Plain values; JsonMapper works by them. README.md explains the mapping by example.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::fleets {

// A place in a body: seen from the body itself, or from an item that an `each` has come to.
struct JsonReference {
  enum class Kind {
    kPointer,
    kKey,    // the item's name in its object, or its index in its array, from 0
    kValue,  // the item itself
  };
  Kind kind = Kind::kPointer;
  size_t level = 0;                // 0: the body; n: the item of the n-th `each`
  std::vector<std::string> steps;  // of a pointer, unescaped; never empty there

  bool operator==(const JsonReference&) const = default;
};

// Inclusive.
struct NumberRange {
  std::string text;  // as declared: "4-10"
  double from = 0;
  double to = 0;  // may be infinite

  bool operator==(const NumberRange&) const = default;
};

struct JsonLabel {
  std::string name;
  JsonReference at;
  std::string match = {};  // RE2, for the whole text; empty: taken as it is
  std::optional<std::string> replace = {};
  std::vector<NumberRange> ranges = {};  // empty: no number is made a range; else ascending

  bool operator==(const JsonLabel&) const = default;
};

// Goes through an array or an object that is below the item of the `each` before it.
struct JsonEach {
  std::vector<std::string> steps;      // to it, unescaped; empty: the item itself
  std::vector<std::string> keys = {};  // the only members; empty: all

  bool operator==(const JsonEach&) const = default;
};

struct JsonRule {
  std::string metric;
  std::vector<JsonEach> each = {};  // outermost first
  std::vector<JsonLabel> labels = {};
  std::optional<JsonReference> value = {};  // none: 1

  bool operator==(const JsonRule&) const = default;
};

struct JsonMapping {
  std::vector<std::string> id;  // the steps to the installation's id; never empty
  std::vector<JsonRule> rules;

  bool operator==(const JsonMapping&) const = default;
};

// The steps of a JSON pointer, unescaped; the pointer is well-formed. And back.
std::vector<std::string> StepsOf(std::string_view pointer);
std::string PointerText(const std::vector<std::string>& steps);
// A member's name as one step of a pointer, escaped.
std::string PointerStep(std::string_view name);

}  // namespace rollcall::fleets
