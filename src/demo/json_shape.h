// The shape of the JSON that a fleet's mapping reads: a plan (fleets/json_plan.h) with what may
// stand in each of its places. Immutable once made; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "demo/amount.h"
#include "demo/words.h"
#include "fleets/declaration.h"
#include "fleets/json_plan.h"

namespace rollcall::demo {

// Words and names are kept as they stand in JSON, with their quotes.
struct DemoJsonShape {
  struct Slot {
    enum class Kind { kUnused, kId, kWord, kAmount, kSwitch };
    Kind kind = Kind::kUnused;
    uint64_t seed = 0;
    DemoWords words = {};
    DemoAmount amount = {};
    // By the name of the item that it is in: of a switch 1 where it is usually on, else 0.
    std::map<std::string, double> usual = {};
  };
  struct Scope {
    std::vector<Slot> slots;
    bool is_used = false;
    bool is_array = false;
    // What its items are called: in an object their names, in an array the words in one slot. Empty
    // in an array of numbers.
    DemoWords items = {};
    uint32_t items_slot = fleets::JsonPlan::kNoSlot;
    uint64_t seed = 0;
  };

  fleets::JsonPlan plan;
  std::vector<Scope> scopes;  // as those of the plan
  std::vector<bool> is_used;  // by node of the plan: whether something is to stand there

  // InvalidArgument: never for a declaration that ParseDeclaration returned.
  static Result<DemoJsonShape> Make(const fleets::Declaration& declaration);
};

// Returns a text as it stands in JSON.
std::string DemoQuotedJson(std::string_view text);

}  // namespace rollcall::demo
