#include "parse/json_file.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/text.h"

namespace rollcall {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr int kMostLevels = 64;

}  // namespace

Result<OrderedJson> ParseJsonFile(std::string_view text, size_t max_bytes) {
  if (text.size() > max_bytes) {
    return Status::InvalidArgument(std::to_string(text.size()) + " bytes, at most " +
                                   std::to_string(max_bytes) + " are allowed");
  }
  std::vector<std::set<std::string>> names;  // of the objects that are open
  std::string fault;
  const auto see = [&](int depth, OrderedJson::parse_event_t event, OrderedJson& parsed) {
    if (depth > kMostLevels && fault.empty()) {
      fault = "nested deeper than " + std::to_string(kMostLevels) + " levels";
    }
    if (event == OrderedJson::parse_event_t::object_start) names.emplace_back();
    if (event == OrderedJson::parse_event_t::object_end) names.pop_back();
    if (event == OrderedJson::parse_event_t::key && fault.empty()) {
      const auto& name = parsed.get_ref<const std::string&>();
      if (!names.back().insert(name).second) {
        fault = "the name " + QuoteForMessage(name) + " stands twice in one object";
      }
    }
    return fault.empty();
  };
  try {
    OrderedJson tree = OrderedJson::parse(text.begin(), text.end(), see, true, true);
    if (!fault.empty()) return Status::InvalidArgument(fault);
    return tree;
  } catch (const OrderedJson::exception& error) {
    if (!fault.empty()) return Status::InvalidArgument(fault);
    std::string what = error.what();
    return Status::InvalidArgument(what.substr(std::min(what.find("] ") + 2, what.size())));
  }
}

Status FaultAt(const std::string& at, const std::string& what) {
  return Status::InvalidArgument(at + ": " + what);
}

Status FaultIn(std::string_view file, const Status& fault) {
  std::string message = std::string(file) + ": " + fault.message();
  for (char& c : message) {
    if (c < ' ' || c > '~') c = '?';
  }
  return Status::InvalidArgument(message);
}

}  // namespace rollcall
