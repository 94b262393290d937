// The parameters of a query or a form (application/x-www-form-urlencoded), and percent-coding.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::http {

// "%41" is "A"; a '%' without two hex digits behind it stays as it is.
std::string PercentDecode(std::string_view text);

class Parameters {
 public:
  // Adds those of `text`: "a=1&b=2". A name ends at the first '=', a value at the next '&'; '+' is
  // a blank. One without '=' has an empty value.
  void Add(std::string_view text);

  // The first value of a repeated parameter; nullopt where there is none.
  std::optional<std::string> First(std::string_view name) const;
  // All of them, in their order.
  std::vector<std::string> AllOf(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

}  // namespace rollcall::http
