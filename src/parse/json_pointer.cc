#include "parse/json_pointer.h"

#include <algorithm>

namespace rollcall {
namespace {

std::string Replaced(std::string text, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

}  // namespace

std::vector<std::string> StepsOf(std::string_view pointer) {
  std::vector<std::string> steps;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const size_t end = std::min(pointer.find('/'), pointer.size());
    steps.push_back(Replaced(Replaced(std::string(pointer.substr(0, end)), "~1", "/"), "~0", "~"));
    pointer.remove_prefix(end);
  }
  return steps;
}

std::string PointerStep(std::string_view name) {
  return Replaced(Replaced(std::string(name), "~", "~0"), "/", "~1");
}

std::string PointerText(const std::vector<std::string>& steps) {
  std::string text;
  for (const std::string& step : steps) text += "/" + PointerStep(step);
  return text;
}

}  // namespace rollcall
