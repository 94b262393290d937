#include "demo/json_shape.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "demo/plan.h"
#include "fleets/json_capture.h"
#include "parse/json_text.h"

namespace rollcall::demo {
namespace {

using fleets::JsonItem;
using fleets::JsonPlan;
using fleets::JsonScalar;
using ScalarKind = JsonScalar::Kind;
using Slot = DemoJsonShape::Slot;

constexpr size_t kMostExampleItems = 100'000;

std::string Unescaped(std::string_view text, bool has_escapes) {
  std::string plain;
  return has_escapes && UnescapeJson(text, plain) ? plain : std::string(text);
}

std::vector<std::string> Quoted(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  quoted.reserve(texts.size());
  for (const std::string& text : texts) quoted.push_back(DemoQuotedJson(text));
  return quoted;
}

// A label that reads a place, and the metric that it is of.
struct LabelUse {
  const JsonPlan::Rule* rule;
  const JsonPlan::LabelPlan* label;
};

class Maker {
 public:
  Maker(const fleets::Declaration& declaration, JsonPlan plan)
      : declaration_(declaration), plan_(declaration) {
    shape_.plan = std::move(plan);
  }

  Result<DemoJsonShape> Make() {
    if (!declaration_.example.empty()) {
      fleets::UndeclaredFields undeclared;
      ROLLCALL_RETURN_IF_ERROR(
          example_.Read(declaration_.example, shape_.plan, 0, kMostExampleItems, undeclared));
    }
    for (size_t scope = 0; scope < shape_.plan.scopes.size(); ++scope) {
      DemoJsonShape::Scope& made = shape_.scopes.emplace_back();
      made.slots.resize(shape_.plan.scopes[scope].slots);
      made.seed = DemoSeedOf("scope " + std::to_string(scope));
      for (size_t slot = 0; slot < made.slots.size(); ++slot) {
        made.slots[slot].seed = SeedOf(made.seed, slot);
      }
    }
    shape_.scopes[0].slots[shape_.plan.id_slot].kind = Slot::Kind::kId;
    for (const JsonPlan::Rule& rule : shape_.plan.rules) {
      if (IsWanted(rule)) Use(rule);
    }
    MakeWords();
    for (uint32_t scope = 1; scope < shape_.scopes.size(); ++scope) MakeItems(scope);
    shape_.is_used.resize(shape_.plan.nodes.size());
    MarkUsed(0);
    return std::move(shape_);
  }

 private:
  using Place = std::pair<uint32_t, uint32_t>;  // scope and slot

  // Items that the example has in a scope.
  const std::vector<JsonItem>& Seen(uint32_t scope) const {
    static const std::vector<JsonItem> kNone;
    return declaration_.example.empty() ? kNone : example_.items(scope);
  }

  // Of rules for one metric that are alternatives, the first counts and those that the example has.
  bool IsWanted(const JsonPlan::Rule& rule) {
    const bool is_first = metrics_.insert(rule.metric).second;
    if (declaration_.example.empty()) return true;
    const bool is_seen =
        std::any_of(Seen(rule.scope).begin(), Seen(rule.scope).end(),
                    [&](const JsonItem& item) { return rule.scope != 0 || HasAll(rule, item); });
    return is_seen || (is_first && plan_.Shows(rule.metric));
  }

  // Whether the example's body has what a rule without `each` reads.
  bool HasAll(const JsonPlan::Rule& rule, const JsonItem& body) const {
    const auto has = [&](const JsonPlan::Place& place) {
      return example_.slot(body, place.slot).kind != ScalarKind::kNone;
    };
    return (!rule.value || has(*rule.value)) &&
           std::all_of(rule.labels.begin(), rule.labels.end(),
                       [&](const JsonPlan::LabelPlan& label) { return has(label.place); });
  }

  uint32_t ScopeOf(const JsonPlan::Rule& rule, const JsonPlan::Place& place) const {
    uint32_t scope = rule.scope;
    for (uint32_t up = place.up; up > 0; --up) scope = shape_.plan.scopes[scope].parent;
    return scope;
  }

  void Use(const JsonPlan::Rule& rule) {
    for (uint32_t scope = rule.scope; scope != 0; scope = shape_.plan.scopes[scope].parent) {
      shape_.scopes[scope].is_used = true;
    }
    if (rule.value) {
      const Place place{ScopeOf(rule, *rule.value), rule.value->slot};
      if (rule.value->kind != fleets::JsonReference::Kind::kKey) UseAsAmount(rule.metric, place);
    }
    for (const JsonPlan::LabelPlan& label : rule.labels) {
      const uint32_t scope = ScopeOf(rule, label.place);
      if (label.place.kind == fleets::JsonReference::Kind::kKey) {
        names_[scope].push_back({&rule, &label});
      } else if (!label.ranges.empty()) {
        UseAsAmount(rule.metric, {scope, label.place.slot});
      } else if (plan_.IsIdentifying(label.name)) {
        shape_.scopes[scope].slots[label.place.slot].kind = Slot::Kind::kId;
      } else {
        texts_[{scope, label.place.slot}].push_back({&rule, &label});
      }
    }
  }

  void UseAsAmount(const std::string& metric, const Place& place) {
    Slot& slot = shape_.scopes[place.first].slots[place.second];
    if (slot.kind != Slot::Kind::kUnused) return;
    slot.kind = Slot::Kind::kAmount;
    slot.amount.has_long_tail = plan_.Shows(metric);
    std::vector<double> seen;
    for (const JsonItem& item : Seen(place.first)) {
      const JsonScalar& scalar = example_.slot(item, place.second);
      if (scalar.kind == ScalarKind::kTrue || scalar.kind == ScalarKind::kFalse) {
        slot.kind = Slot::Kind::kSwitch;
        slot.usual[NameOf(item)] = scalar.kind == ScalarKind::kTrue ? 1 : 0;
      }
      if (scalar.kind != ScalarKind::kNumber) continue;
      double number = 0;
      std::from_chars(scalar.text.data(), scalar.text.data() + scalar.text.size(), number);
      seen.push_back(std::max(number, 0.0));
      slot.usual[NameOf(item)] = seen.back();
    }
    std::sort(seen.begin(), seen.end());
    if (!seen.empty()) slot.amount.usual = seen[(seen.size() - 1) / 2];
  }

  // The name of an item of the example, as it stands in JSON.
  static std::string NameOf(const JsonItem& item) {
    return DemoQuotedJson(Unescaped(item.name, item.has_escapes));
  }

  void MakeWords() {
    for (const auto& [place, uses] : texts_) {
      const auto [scope, at] = place;
      Slot& slot = shape_.scopes[scope].slots[at];
      if (slot.kind != Slot::Kind::kUnused) continue;
      std::vector<std::string> seen;
      bool is_switch = false;
      for (const JsonItem& item : Seen(scope)) {
        const JsonScalar& scalar = example_.slot(item, at);
        is_switch |= scalar.kind == ScalarKind::kTrue || scalar.kind == ScalarKind::kFalse;
        if (scalar.kind == ScalarKind::kText || scalar.kind == ScalarKind::kNumber) {
          seen.push_back(Unescaped(scalar.text, scalar.has_escapes));
        }
      }
      slot.kind = is_switch ? Slot::Kind::kSwitch : Slot::Kind::kWord;
      // What stands in an array is a choice, even if the example has it.
      slot.words = DemoWords(slot.seed, TextsOf(uses, seen).texts, 0);
    }
  }

  // Returns what may stand where these labels are read, as it stands in JSON.
  DemoTexts TextsOf(const std::vector<LabelUse>& uses, const std::vector<std::string>& seen) const {
    DemoTexts made;
    for (const auto& [rule, label] : uses) {
      const DemoTexts known = plan_.TextsOf(rule->metric, label->name, seen);
      for (size_t i = 0; i < known.texts.size(); ++i) {
        const std::string& text = known.texts[i];
        // Where a pattern makes another text of it, the names of values are not what is sent.
        if (label->match && !RE2::FullMatch(text, *label->match)) continue;
        made.texts.push_back(DemoQuotedJson(text));
        if (i < known.usual) made.usual = made.texts.size();
      }
    }
    if (!made.texts.empty()) return made;
    std::vector<std::string> candidates = DemoPlan::MadeUpTexts(uses.front().label->name);
    const auto fits = [&](const std::string& text) {
      return std::all_of(uses.begin(), uses.end(), [&](const LabelUse& use) {
        return !use.label->match || RE2::FullMatch(text, *use.label->match);
      });
    };
    if (!fits(candidates.front())) {
      for (const char* const text : {"v1.0.0", "1.0.0", "v1.0", "1.0", "1", "true"}) {
        if (!fits(text)) continue;
        candidates = {text};
        break;
      }
    }
    made.texts = Quoted(candidates);
    return made;
  }

  // The names that the loops of a scope visit; empty: all.
  std::vector<std::string> KeysOf(uint32_t scope) const {
    for (const JsonPlan::Node& node : shape_.plan.nodes) {
      for (const JsonPlan::Loop& loop : node.loops) {
        if (loop.scope == scope) return loop.keys;
      }
    }
    return {};
  }

  void MakeItems(uint32_t scope) {
    DemoJsonShape::Scope& made = shape_.scopes[scope];
    if (!made.is_used) return;
    const std::vector<JsonItem>& seen = Seen(scope);
    const std::vector<std::string> keys = KeysOf(scope);
    made.is_array = seen.empty() ? keys.empty() && !names_.contains(scope) : seen[0].in_array;
    if (made.is_array) {
      for (uint32_t slot = 0; slot < made.slots.size(); ++slot) {
        if (made.slots[slot].kind != Slot::Kind::kWord) continue;
        made.items = made.slots[slot].words;
        made.items_slot = slot;
        return;
      }
      return;
    }
    made.items = NamesOf(scope, keys);
  }

  // Returns the names of the members that a scope visits.
  DemoWords NamesOf(uint32_t scope, const std::vector<std::string>& keys) const {
    const uint64_t seed = shape_.scopes[scope].seed;
    if (!keys.empty()) return {seed, Quoted(keys), keys.size()};
    std::vector<std::string> seen;
    seen.reserve(Seen(scope).size());
    for (const JsonItem& item : Seen(scope)) {
      seen.push_back(Unescaped(item.name, item.has_escapes));
    }
    if (names_.contains(scope)) {
      const DemoTexts known = TextsOf(names_.at(scope), seen);
      return {seed, known.texts, known.usual};
    }
    if (seen.empty()) seen = {"a", "b"};
    return {seed, Quoted(seen), seen.size()};
  }

  bool MarkUsed(uint32_t node) {
    const JsonPlan::Node& at = shape_.plan.nodes[node];
    bool is_used = at.slot != JsonPlan::kNoSlot &&
                   shape_.scopes[at.scope].slots[at.slot].kind != Slot::Kind::kUnused;
    for (const auto& [_, member] : at.members) is_used |= MarkUsed(member);
    for (const JsonPlan::Loop& loop : at.loops) {
      MarkUsed(loop.node);
      is_used |= shape_.scopes[loop.scope].is_used;
    }
    shape_.is_used[node] = is_used;
    return is_used;
  }

  const fleets::Declaration& declaration_;
  const DemoPlan plan_;
  DemoJsonShape shape_;
  fleets::JsonCapture example_;
  std::set<std::string> metrics_;  // those of the rules so far
  std::map<Place, std::vector<LabelUse>> texts_;
  std::map<uint32_t, std::vector<LabelUse>> names_;  // by scope
};

}  // namespace

Result<DemoJsonShape> DemoJsonShape::Make(const fleets::Declaration& declaration) {
  Result<JsonPlan> plan = JsonPlan::Make(declaration.mapping);
  if (!plan.ok()) return plan.status();
  return Maker(declaration, std::move(plan).value()).Make();
}

std::string DemoQuotedJson(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < ' ') {
      quoted += "\\u00";
      quoted += kDigits[static_cast<unsigned char>(c) >> 4];
      quoted += kDigits[c & 15];
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace rollcall::demo
