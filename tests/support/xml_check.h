// A check that a text is well-formed XML, limited to what rollcall's images contain: elements,
// quoted attributes, text and five entities. Comments and declarations are not accepted. Pure
// function; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parse/utf8.h"

namespace rollcall::test {

class XmlCheck {
 public:
  // Returns "" where the text is well-formed, else what is wrong.
  static std::string Problem(std::string_view text) { return XmlCheck(text).Run(); }

 private:
  explicit XmlCheck(std::string_view text) : rest_(text) {}

  std::string Run() {
    if (!IsUtf8(rest_)) return "not UTF-8";
    for (const char c : rest_) {
      if (static_cast<unsigned char>(c) < 0x20 && c != '\n') return "a control character";
    }
    bool had_root = false;
    while (!rest_.empty()) {
      if (!Take("<")) {
        const size_t end = rest_.find('<');
        const std::string_view text = rest_.substr(0, end);
        if (open_.empty() && text != "\n") return "text outside of the root: " + std::string(text);
        if (!IsText(text)) return "bad text: " + std::string(text);
        rest_.remove_prefix(text.size());
        continue;
      }
      if (open_.empty() && had_root) return "two roots";
      had_root = true;
      const std::string problem = Take("/") ? CloseElement() : OpenElement();
      if (!problem.empty()) return problem;
    }
    return open_.empty() && had_root ? "" : "no end";
  }

  bool Take(std::string_view what) {
    if (!rest_.starts_with(what)) return false;
    rest_.remove_prefix(what.size());
    return true;
  }

  std::string Name() {
    size_t size = 0;
    while (size < rest_.size() && (std::isalnum(static_cast<unsigned char>(rest_[size])) != 0 ||
                                   rest_[size] == '-' || rest_[size] == ':')) {
      ++size;
    }
    std::string name(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return name;
  }

  std::string OpenElement() {
    const std::string name = Name();
    if (name.empty()) return "an element without a name";
    while (Take(" ")) {
      const std::string attribute = Name();
      if (attribute.empty() || !Take("=\"")) return "bad attribute in " + name;
      const size_t end = rest_.find('"');
      if (end == std::string_view::npos) return "no end of " + attribute;
      const std::string_view value = rest_.substr(0, end);
      if (value.find('<') != std::string_view::npos || !IsText(value)) {
        return "bad value of " + attribute;
      }
      rest_.remove_prefix(end + 1);
    }
    if (Take("/>")) return "";
    if (!Take(">")) return "bad element " + name;
    open_.push_back(name);
    return "";
  }

  std::string CloseElement() {
    const std::string name = Name();
    if (open_.empty() || open_.back() != name || !Take(">")) return "bad end of " + name;
    open_.pop_back();
    return "";
  }

  static bool IsText(std::string_view text) {
    for (size_t at = 0; (at = text.find('&', at)) != std::string_view::npos; ++at) {
      bool known = false;
      for (const std::string_view entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) {
        known = known || text.substr(at).starts_with(entity);
      }
      if (!known) return false;
    }
    return true;
  }

  std::string_view rest_;
  std::vector<std::string> open_;
};

}  // namespace rollcall::test
