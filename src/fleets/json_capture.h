// Walks a body once and keeps what stands in the places that a plan wants: views, no copies. All of
// the body is checked, what nobody wants is passed over. No recursion. One thread at a time; reuse
// it, since its memory is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/status.h"
#include "fleets/json_plan.h"
#include "fleets/json_reader.h"
#include "fleets/undeclared_fields.h"

namespace rollcall::fleets {

struct JsonScalar {
  enum class Kind : uint8_t { kNone, kText, kNumber, kTrue, kFalse, kNull, kObject, kArray };
  Kind kind = Kind::kNone;
  bool has_escapes = false;
  std::string_view text;  // as JsonReader::token()
  size_t byte = 0;
};

// What an `each` came to.
struct JsonItem {
  uint32_t parent = 0;  // in the scope around it
  uint32_t first_slot = 0;
  bool in_array = false;
  bool has_escapes = false;
  uint32_t index = 0;     // in its array
  std::string_view name;  // in its object
};

class JsonCapture {
 public:
  // InvalidArgument: "byte N: why": it is no JSON, or a name that is wanted stands twice in one
  // object. FailedPrecondition: more than `most_items` items. What was kept is then unspecified.
  //
  // `hash_seed`: names are told apart by it; known to nobody outside. The body outlives what is
  // read of it.
  Status Read(std::string_view body, const JsonPlan& plan, uint64_t hash_seed, size_t most_items,
              UndeclaredFields& undeclared);

  const std::vector<JsonItem>& items(uint32_t scope) const { return items_[scope]; }
  const JsonScalar& slot(const JsonItem& item, uint32_t slot) const {
    return slots_[item.first_slot + slot];
  }

 private:
  // A place that the walk has come to.
  struct Active {
    uint32_t node;
    uint32_t item;
  };
  // An array or object that is open, and holds something that is wanted.
  struct Level {
    bool is_array = false;
    bool is_any = false;  // the member is one of any name
    uint32_t index = 0;
    size_t first_active = 0;
    size_t end_active = 0;
    size_t first_name = 0;
    std::string_view step = {};  // to the member that is read
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
  std::vector<Active> active_;  // of the levels, then of the value that is read
  std::vector<Level> levels_;
  std::vector<Name> names_;  // of the levels' objects, those that are wanted
  std::string unescaped_;
};

}  // namespace rollcall::fleets
