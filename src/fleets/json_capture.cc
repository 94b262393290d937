#include "fleets/json_capture.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "parse/json_pointer.h"
#include "parse/json_text.h"

namespace rollcall::fleets {
namespace {

using Event = JsonReader::Event;
using Kind = JsonScalar::Kind;

bool IsBegin(Event event) { return event == Event::kBeginObject || event == Event::kBeginArray; }
bool IsEnd(Event event) { return event == Event::kEndObject || event == Event::kEndArray; }

Kind KindOf(Event event) {
  switch (event) {
    case Event::kText:
      return Kind::kText;
    case Event::kNumber:
      return Kind::kNumber;
    case Event::kTrue:
      return Kind::kTrue;
    case Event::kFalse:
      return Kind::kFalse;
    case Event::kBeginObject:
      return Kind::kObject;
    case Event::kBeginArray:
      return Kind::kArray;
    default:
      return Kind::kNull;
  }
}

}  // namespace

Status JsonCapture::Read(std::string_view body, const JsonPlan& plan, uint64_t hash_seed,
                         size_t most_items, UndeclaredFields& undeclared) {
  plan_ = &plan;
  hash_seed_ = hash_seed;
  most_items_ = most_items;
  undeclared_ = &undeclared;
  items_.resize(plan.scopes.size());
  for (std::vector<JsonItem>& items : items_) items.clear();
  item_count_ = 0;
  levels_.clear();
  names_.clear();
  items_[0].emplace_back();
  slots_.assign(plan.scopes[0].slots, {});
  active_.assign(1, {0, 0});
  reader_.Begin(body);
  return Walk();
}

Status JsonCapture::Walk() {
  for (;;) {
    const Event event = reader_.Next();
    if (event == Event::kError) return reader_.status();
    if (event == Event::kEnd) return Status::Ok();
    if (IsEnd(event)) {
      ROLLCALL_RETURN_IF_ERROR(Leave());
    } else if (event == Event::kName) {
      ROLLCALL_RETURN_IF_ERROR(EnterMember());
    } else {
      if (!levels_.empty() && levels_.back().is_array) ROLLCALL_RETURN_IF_ERROR(EnterItem());
      ROLLCALL_RETURN_IF_ERROR(TakeValue(event));
    }
  }
}

Status JsonCapture::TakeValue(Event event) {
  const size_t first = levels_.empty() ? 0 : levels_.back().end_active;
  const std::span<const Active> active = std::span(active_).subspan(first);
  if (active.empty()) return IsBegin(event) ? Skip() : Status::Ok();
  Put(active, event);
  const bool is_inner =
      IsBegin(event) && std::any_of(active.begin(), active.end(),
                                    [&](Active one) { return plan_->nodes[one.node].IsInner(); });
  if (is_inner) {
    levels_.push_back({.is_array = event == Event::kBeginArray,
                       .first_active = first,
                       .end_active = active_.size(),
                       .first_name = names_.size()});
    return Status::Ok();
  }
  active_.resize(first);
  return IsBegin(event) ? Skip() : Status::Ok();
}

void JsonCapture::Put(std::span<const Active> active, Event event) {
  for (const Active& one : active) {
    const JsonPlan::Node& node = plan_->nodes[one.node];
    if (node.slot == JsonPlan::kNoSlot) continue;
    JsonScalar& scalar = slots_[items_[node.scope][one.item].first_slot + node.slot];
    scalar = {KindOf(event), reader_.has_escapes(), IsBegin(event) ? "" : reader_.token(),
              reader_.byte()};
  }
}

Status JsonCapture::EnterMember() {
  std::string_view name = reader_.token();
  const bool has_escapes = reader_.has_escapes();
  if (has_escapes) {
    UnescapeJson(name, unescaped_);
    name = unescaped_;
  }
  ROLLCALL_RETURN_IF_ERROR(Enter(name, has_escapes));
  if (active_.size() > levels_.back().end_active) {
    names_.push_back({HashBytes(name, hash_seed_), reader_.byte()});
  }
  return Status::Ok();
}

Status JsonCapture::EnterItem() {
  char digits[16];
  const auto [end, _] = std::to_chars(digits, digits + sizeof digits, levels_.back().index);
  ROLLCALL_RETURN_IF_ERROR(Enter({digits, static_cast<size_t>(end - digits)}, false));
  ++levels_.back().index;
  return Status::Ok();
}

Status JsonCapture::Enter(std::string_view name, bool has_escapes) {
  Level& level = levels_.back();
  level.step = level.is_array ? std::string_view() : reader_.token();
  level.is_any = level.is_array;
  for (size_t i = level.first_active; i < level.end_active; ++i) {
    const Active from = active_[i];
    const JsonPlan::Node& node = plan_->nodes[from.node];
    if (const uint32_t* const member = node.Find(name)) active_.push_back({*member, from.item});
    for (const JsonPlan::Loop& loop : node.loops) {
      if (!loop.Takes(name)) continue;
      level.is_any |= loop.keys.empty();
      ROLLCALL_RETURN_IF_ERROR(AddItem(loop, from.item, level.step, has_escapes));
    }
  }
  if (active_.size() == level.end_active) TellUndeclared();
  return Status::Ok();
}

Status JsonCapture::AddItem(const JsonPlan::Loop& loop, uint32_t parent, std::string_view name,
                            bool has_escapes) {
  if (item_count_++ == most_items_) {
    return Status::FailedPrecondition("byte " + std::to_string(reader_.byte()) + ": more than " +
                                      std::to_string(most_items_) + " items to make series of");
  }
  std::vector<JsonItem>& items = items_[loop.scope];
  items.push_back({.parent = parent,
                   .first_slot = static_cast<uint32_t>(slots_.size()),
                   .in_array = levels_.back().is_array,
                   .has_escapes = has_escapes,
                   .index = levels_.back().index,
                   .name = name});
  slots_.resize(slots_.size() + plan_->scopes[loop.scope].slots);
  active_.push_back({loop.node, static_cast<uint32_t>(items.size() - 1)});
  return Status::Ok();
}

Status JsonCapture::Leave() {
  const Level& level = levels_.back();
  const auto first = names_.begin() + static_cast<ptrdiff_t>(level.first_name);
  std::sort(first, names_.end());
  const auto twice = std::adjacent_find(
      first, names_.end(), [](const Name& a, const Name& b) { return a.hash == b.hash; });
  if (twice != names_.end()) {
    return Status::InvalidArgument("byte " + std::to_string(std::next(twice)->byte) +
                                   ": a name that stands in its object already");
  }
  names_.erase(first, names_.end());
  active_.resize(level.first_active);
  levels_.pop_back();
  return Status::Ok();
}

Status JsonCapture::Skip() {
  for (size_t depth = 1; depth > 0;) {
    const Event event = reader_.Next();
    if (event == Event::kError) return reader_.status();
    if (IsBegin(event)) ++depth;
    if (IsEnd(event)) --depth;
  }
  return Status::Ok();
}

void JsonCapture::TellUndeclared() {
  if (undeclared_->is_full()) return undeclared_->LeaveOut();
  std::string pointer;
  for (const Level& level : levels_) {
    const bool is_last = &level == &levels_.back();
    const bool is_any = level.is_array || (level.is_any && !is_last);
    pointer +=
        is_any ? "/*" : "/" + PointerStep(level.step.substr(0, UndeclaredFields::kMostBytes));
    if (pointer.size() > UndeclaredFields::kMostBytes) break;
  }
  // Untrusted text that people will read: also replaces what the cut left of a character.
  pointer.resize(std::min(pointer.size(), UndeclaredFields::kMostBytes));
  for (char& c : pointer) {
    if (c < ' ' || c > '~') c = '?';
  }
  undeclared_->Add(std::move(pointer));
}

}  // namespace rollcall::fleets
