// The capture of a body: one walk over it that keeps what is at the places a plan names, as views,
// without copies. It checks the whole body and skips the rest. No recursion. One thread at a time;
// reuse a capture to reuse its memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/status.h"
#include "fleets/json_plan.h"
#include "fleets/undeclared_fields.h"
#include "parse/json_reader.h"

namespace rollcall::fleets {

struct JsonScalar {
  enum class Kind : uint8_t { kNone, kText, kNumber, kTrue, kFalse, kNull, kObject, kArray };
  Kind kind = Kind::kNone;
  bool has_escapes = false;
  std::string_view text;  // as JsonReader::token()
  size_t byte = 0;
};

// An item that an `each` visited.
struct JsonItem {
  uint32_t parent = 0;  // its index among the items of the enclosing scope
  uint32_t first_slot = 0;
  bool in_array = false;
  bool has_escapes = false;
  uint32_t index = 0;     // of the item in its array
  std::string_view name;  // of the member in its object
};

class JsonCapture {
 public:
  // Reads a body. The body must outlive what is read from it. Adds to `undeclared` the fields that
  // the plan does not name. InvalidArgument: "byte N: why": the body is not JSON, or an object has
  // a name twice that the plan needs. FailedPrecondition: more than `most_items` items. After a
  // failure the contents are unspecified.
  //
  // `hash_seed`: for hashes that tell names apart; must be unknown to the outside.
  Status Read(std::string_view body, const JsonPlan& plan, uint64_t hash_seed, size_t most_items,
              UndeclaredFields& undeclared);

  const std::vector<JsonItem>& items(uint32_t scope) const { return items_[scope]; }
  const JsonScalar& slot(const JsonItem& item, uint32_t slot) const {
    return slots_[item.first_slot + slot];
  }

 private:
  // A place of the plan that the walk has reached.
  struct Active {
    uint32_t node;
    uint32_t item;
  };
  // An open array or object that holds something the plan names.
  struct Level {
    bool is_array = false;
    bool is_any = false;  // the current member was reached by an `each` over all names
    uint32_t index = 0;
    size_t first_active = 0;
    size_t end_active = 0;
    size_t first_name = 0;
    std::string_view step = {};  // the name of the current member
  };
  struct Name {
    Hash128 hash;
    size_t byte;
    auto operator<=>(const Name&) const = default;
  };

  Status Walk();
  Status TakeValue(JsonReader::Event event);
  Status EnterMember();
  Status EnterItem();
  Status Enter(std::string_view name, bool has_escapes);
  Status AddItem(const JsonPlan::Loop& loop, uint32_t parent, std::string_view name,
                 bool has_escapes);
  Status Leave();
  Status Skip();
  void TellUndeclared();
  void Put(std::span<const Active> active, JsonReader::Event event);

  const JsonPlan* plan_ = nullptr;
  uint64_t hash_seed_ = 0;
  size_t most_items_ = 0;
  UndeclaredFields* undeclared_ = nullptr;

  JsonReader reader_;
  std::vector<std::vector<JsonItem>> items_;  // by scope
  size_t item_count_ = 0;
  std::vector<JsonScalar> slots_;
  std::vector<Active> active_;  // of the levels, then of the current value
  std::vector<Level> levels_;
  std::vector<Name> names_;  // names in the levels' objects that the plan needs
  std::string unescaped_;
};

}  // namespace rollcall::fleets
