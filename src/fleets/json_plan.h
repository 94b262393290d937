// A plan: a mapping prepared for a single walk over a body. A tree of names says which places are
// needed, and where to put what is there. Immutable once made; any number of threads may read it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "fleets/json_mapping.h"

namespace re2 {
class RE2;
}

namespace rollcall::fleets {

// A scope is the body, or one `each`; all `each` over the same container with the same names share
// one. Every item of a scope has the same slots; the first scope has one item, the body.
struct JsonPlan {
  static constexpr uint32_t kNoSlot = UINT32_MAX;

  struct Loop {
    uint32_t scope = 0;
    uint32_t node = 0;              // the node of its items
    std::vector<std::string> keys;  // sorted; empty: all

    // Returns whether the loop visits the member with this name.
    bool Takes(std::string_view name) const;
  };
  // A place in the body.
  struct Node {
    uint32_t scope = 0;
    uint32_t slot = kNoSlot;  // where a value here is put, among the slots of its item
    std::vector<std::pair<std::string, uint32_t>> members;  // sorted; names, or indexes as text
    std::vector<Loop> loops;

    bool IsInner() const { return !members.empty() || !loops.empty(); }
    // Returns the node of the member with this name; null if it has none.
    const uint32_t* Find(std::string_view name) const;
  };
  struct Scope {
    uint32_t parent = 0;
    uint32_t slots = 0;
  };
  // Where a rule finds a value: `up` scopes above its own.
  struct Place {
    JsonReference::Kind kind = JsonReference::Kind::kPointer;
    uint32_t up = 0;
    uint32_t slot = 0;  // unused for a key
  };
  struct LabelPlan {
    std::string name;
    Place place;
    std::shared_ptr<const re2::RE2> match;  // null: the text is taken as it is
    std::optional<std::string> replace;
    std::vector<NumberRange> ranges;
  };
  struct Rule {
    std::string metric;
    uint32_t scope = 0;
    std::vector<LabelPlan> labels;
    std::optional<Place> value;
  };

  std::vector<Node> nodes;  // the first is the body
  std::vector<Scope> scopes;
  std::vector<Rule> rules;
  uint32_t id_slot = 0;
  std::string id_pointer;

  // InvalidArgument: a pattern is not valid RE2, or a reference names an `each` that does
  // not exist.
  static Result<JsonPlan> Make(const JsonMapping& mapping);
};

}  // namespace rollcall::fleets
