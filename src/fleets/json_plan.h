// A mapping made ready for one walk over a body: which places are wanted, as a tree of names, and
// where what stands there is put. Immutable once made; any number of threads may read it.
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

// A scope is the body, or one `each`: whatever goes through the same container with the same names
// shares it. Each of its items (the body is the only one of the first) has the same slots.
struct JsonPlan {
  static constexpr uint32_t kNoSlot = UINT32_MAX;

  struct Loop {
    uint32_t scope = 0;
    uint32_t node = 0;              // of an item
    std::vector<std::string> keys;  // sorted; empty: all

    bool Takes(std::string_view name) const;
  };
  // A place in the body.
  struct Node {
    uint32_t scope = 0;
    uint32_t slot = kNoSlot;  // where a scalar here is put, among its item's
    std::vector<std::pair<std::string, uint32_t>> members;  // sorted; names, and indexes as text
    std::vector<Loop> loops;

    bool IsInner() const { return !members.empty() || !loops.empty(); }
    // The member's node, or null.
    const uint32_t* Find(std::string_view name) const;
  };
  struct Scope {
    uint32_t parent = 0;
    uint32_t slots = 0;
  };
  // Where a rule finds something: `up` scopes above its own.
  struct Place {
    JsonReference::Kind kind = JsonReference::Kind::kPointer;
    uint32_t up = 0;
    uint32_t slot = 0;  // but for a key
  };
  struct LabelPlan {
    std::string name;
    Place place;
    std::shared_ptr<const re2::RE2> match;  // null: the text as it is
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

  // InvalidArgument: a pattern is none, or a reference names an `each` that is not there.
  static Result<JsonPlan> Make(const JsonMapping& mapping);
};

}  // namespace rollcall::fleets
