#include "fleets/json_plan.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"
#include "parse/json_pointer.h"

namespace rollcall::fleets {
namespace {

class Maker {
 public:
  Maker() {
    plan_.nodes.emplace_back();
    plan_.scopes.emplace_back();
  }

  Result<JsonPlan> Make(const JsonMapping& mapping) {
    plan_.id_slot = SlotAt(0, mapping.id);
    plan_.id_pointer = PointerText(mapping.id);
    for (const JsonRule& rule : mapping.rules) ROLLCALL_RETURN_IF_ERROR(AddRule(rule));
    for (JsonPlan::Node& node : plan_.nodes) std::sort(node.members.begin(), node.members.end());
    return std::move(plan_);
  }

 private:
  uint32_t NodeAt(uint32_t node, const std::vector<std::string>& steps) {
    for (const std::string& step : steps) {
      const auto& members = plan_.nodes[node].members;
      const auto found = std::find_if(members.begin(), members.end(),
                                      [&](const auto& member) { return member.first == step; });
      node = found != members.end() ? found->second : AddMember(node, step);
    }
    return node;
  }

  uint32_t AddMember(uint32_t parent, const std::string& name) {
    const uint32_t node = AddNode(plan_.nodes[parent].scope);
    plan_.nodes[parent].members.emplace_back(name, node);
    return node;
  }

  uint32_t AddNode(uint32_t scope) {
    plan_.nodes.emplace_back().scope = scope;
    return static_cast<uint32_t>(plan_.nodes.size() - 1);
  }

  uint32_t SlotAt(uint32_t from, const std::vector<std::string>& steps) {
    JsonPlan::Node& node = plan_.nodes[NodeAt(from, steps)];
    if (node.slot == JsonPlan::kNoSlot) node.slot = plan_.scopes[node.scope].slots++;
    return node.slot;
  }

  // The node of an item of the `each`, which is below the item at `node`.
  uint32_t EnterEach(uint32_t node, const JsonEach& each) {
    const uint32_t container = NodeAt(node, each.steps);
    std::vector<std::string> keys = each.keys;
    std::sort(keys.begin(), keys.end());
    for (const JsonPlan::Loop& loop : plan_.nodes[container].loops) {
      if (loop.keys == keys) return loop.node;
    }
    const auto scope = static_cast<uint32_t>(plan_.scopes.size());
    plan_.scopes.push_back({plan_.nodes[container].scope, 0});
    const uint32_t item = AddNode(scope);
    plan_.nodes[container].loops.push_back({scope, item, std::move(keys)});
    return item;
  }

  Status AddRule(const JsonRule& from) {
    std::vector<uint32_t> items{0};  // the nodes of the body and of the rule's items
    for (const JsonEach& each : from.each) items.push_back(EnterEach(items.back(), each));
    JsonPlan::Rule rule;
    rule.metric = from.metric;
    rule.scope = plan_.nodes[items.back()].scope;
    const auto place = [&](const JsonReference& at) -> Result<JsonPlan::Place> {
      if (at.level >= items.size()) {
        return Status::InvalidArgument(from.metric + ": no each of number " +
                                       std::to_string(at.level));
      }
      const bool is_key = at.kind == JsonReference::Kind::kKey;
      return JsonPlan::Place{at.kind, static_cast<uint32_t>(items.size() - 1 - at.level),
                             is_key ? 0 : SlotAt(items[at.level], at.steps)};
    };
    if (from.value) {
      const Result<JsonPlan::Place> value = place(*from.value);
      if (!value.ok()) return value.status();
      rule.value = *value;
    }
    for (const JsonLabel& label : from.labels) {
      const Result<JsonPlan::Place> at = place(label.at);
      if (!at.ok()) return at.status();
      JsonPlan::LabelPlan made{label.name, *at, nullptr, label.replace, label.ranges};
      if (!label.match.empty()) {
        made.match = std::make_shared<const RE2>(label.match, RE2::Quiet);
        if (!made.match->ok()) {
          return Status::InvalidArgument(QuoteForMessage(label.match) +
                                         " is no RE2 pattern: " + made.match->error());
        }
      }
      rule.labels.push_back(std::move(made));
    }
    plan_.rules.push_back(std::move(rule));
    return Status::Ok();
  }

  JsonPlan plan_;
};

}  // namespace

bool JsonPlan::Loop::Takes(std::string_view name) const {
  return keys.empty() || std::binary_search(keys.begin(), keys.end(), name);
}

const uint32_t* JsonPlan::Node::Find(std::string_view name) const {
  const auto at = std::lower_bound(
      members.begin(), members.end(), name,
      [](const auto& member, std::string_view wanted) { return member.first < wanted; });
  return at != members.end() && at->first == name ? &at->second : nullptr;
}

Result<JsonPlan> JsonPlan::Make(const JsonMapping& mapping) { return Maker().Make(mapping); }

}  // namespace rollcall::fleets
