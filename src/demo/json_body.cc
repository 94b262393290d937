#include <algorithm>
#include <utility>
#include <vector>

#include "demo/body.h"
#include "demo/json_shape.h"

namespace rollcall::demo {
namespace {

using fleets::JsonPlan;
using Slot = DemoJsonShape::Slot;

// An array of numbers has so many.
constexpr size_t kNumbersOfAnArray = 3;

// Walks the plan as a capture does, and writes what a capture reads.
class JsonBody final : public DemoBody {
 public:
  explicit JsonBody(DemoJsonShape shape) : shape_(std::move(shape)) {}

  void Write(const DemoMoment& at, const std::string& id, uint64_t /*order*/,
             std::string& out) override {
    at_ = &at;
    id_ = &id;
    out_ = &out;
    out.clear();
    WriteValue({{0, {}}});
    out += '\n';
  }

 private:
  // An item of a scope: its name, or the word that stands in its place.
  struct Item {
    uint64_t seed = 0;
    std::string text = {};
  };
  // A place that a value is at; several rules may look at one value from different scopes.
  struct Place {
    uint32_t node;
    Item item;
  };
  using Places = std::vector<Place>;
  using Members = std::vector<std::pair<std::string, Places>>;  // in the order in which they come

  const JsonPlan::Node& NodeOf(const Place& place) const { return shape_.plan.nodes[place.node]; }

  void WriteValue(const Places& places) {
    // Whatever else looks there.
    if (std::any_of(places.begin(), places.end(),
                    [&](const Place& place) { return IsId(place); })) {
      return WriteId();
    }
    Members members;
    std::vector<Places> items;
    for (const Place& place : places) {
      for (const auto& [name, node] : NodeOf(place).members) {
        if (shape_.is_used[node]) At(DemoQuotedJson(name), members).push_back({node, place.item});
      }
    }
    for (const Place& place : places) {
      for (const JsonPlan::Loop& loop : NodeOf(place).loops) {
        if (shape_.scopes[loop.scope].is_used) AddItems(loop, place.item, members, items);
      }
    }
    if (!members.empty()) return WriteObject(members);
    if (!items.empty()) return WriteArray(items);
    for (const Place& place : places) {
      const JsonPlan::Node& node = NodeOf(place);
      if (shape_.is_used[place.node] && node.slot != JsonPlan::kNoSlot) {
        return WriteScalar(node.scope, node.slot, place.item);
      }
    }
    *out_ += "true";  // it is enough that it is there
  }

  bool IsId(const Place& place) const {
    const JsonPlan::Node& node = NodeOf(place);
    return node.scope == 0 && node.slot == shape_.plan.id_slot;
  }

  static Places& At(const std::string& name, Members& members) {
    for (auto& [known, places] : members) {
      if (known == name) return places;
    }
    return members.emplace_back(name, Places()).second;
  }

  // Adds the items of a loop: in an object to the members, in an array to the items.
  void AddItems(const JsonPlan::Loop& loop, const Item& parent, Members& members,
                std::vector<Places>& items) const {
    const DemoJsonShape::Scope& scope = shape_.scopes[loop.scope];
    const uint64_t seed = SeedOf(parent.seed, scope.seed);
    std::vector<DemoWords::Item> words;
    if (!scope.items.empty()) words = scope.items.Present(*at_, seed);
    if (scope.items.empty()) words.resize(kNumbersOfAnArray);
    for (size_t i = 0; i < words.size(); ++i) {
      const uint64_t number = scope.items.empty() ? i : words[i].word;
      const Place place{loop.node, {SeedOf(seed, number), words[i].text}};
      if (!scope.is_array) {
        At(words[i].text, members).push_back(place);
      } else if (i < items.size()) {
        items[i].push_back(place);  // of another loop over the same array
      } else {
        items.push_back({place});
      }
    }
  }

  void WriteId() { *out_ += DemoQuotedJson(*id_); }

  void WriteObject(const Members& members) {
    char before = '{';
    for (const auto& [name, places] : members) {
      (*out_ += before) += name + ":";
      WriteValue(places);
      before = ',';
    }
    *out_ += '}';
  }

  void WriteArray(const std::vector<Places>& items) {
    char before = '[';
    for (const Places& places : items) {
      *out_ += before;
      WriteValue(places);
      before = ',';
    }
    *out_ += ']';
  }

  void WriteScalar(uint32_t scope, uint32_t slot_number, const Item& item) {
    const Slot& slot = shape_.scopes[scope].slots[slot_number];
    const uint64_t what = SeedOf(item.seed, slot.seed);
    const auto usual = slot.usual.find(item.text.empty() ? "\"\"" : item.text);
    const bool is_known = usual != slot.usual.end();
    if (slot.kind == Slot::Kind::kId) {
      WriteId();
    } else if (slot.kind == Slot::Kind::kSwitch) {
      // Of a switch that the example does not have, how usual it is differs from one to another.
      const uint32_t share = !is_known           ? DemoRandom(what).Between(10, 70)
                             : usual->second > 0 ? 92
                                                 : 15;
      *out_ += DemoSwitchIsOn(*at_, what, share) ? "true" : "false";
    } else if (slot.kind == Slot::Kind::kWord) {
      const bool is_item = scope != 0 && shape_.scopes[scope].items_slot == slot_number;
      *out_ += is_item ? item.text : slot.words.Pick(*at_, what);
    } else {
      DemoAmount amount = slot.amount;
      if (is_known) amount.usual = usual->second;
      AppendDemoAmount(amount.At(*at_, what), *out_);
    }
  }

  const DemoJsonShape shape_;
  // Of the body that is being written.
  const DemoMoment* at_ = nullptr;
  const std::string* id_ = nullptr;
  std::string* out_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<DemoBody>> MakeJsonBody(const fleets::Declaration& declaration) {
  Result<DemoJsonShape> shape = DemoJsonShape::Make(declaration);
  if (!shape.ok()) return shape.status();
  return std::unique_ptr<DemoBody>(std::make_unique<JsonBody>(std::move(shape).value()));
}

}  // namespace rollcall::demo
