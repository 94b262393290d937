// The parameters of a query or a form (application/x-www-form-urlencoded), and percent-decoding.
// Plain values; thread-compatible.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::http {

// Returns `text` with each "%41" replaced by its byte, "A". A '%' that two hex digits do not follow
// stays as it is.
std::string PercentDecode(std::string_view text);

class Parameters {
 public:
  // Adds the parameters in `text` ("a=1&b=2"), decoded. A name ends at the first '=', a value at
  // the next '&'; '+' is a blank. A parameter without '=' has an empty value.
  void Add(std::string_view text);

  // Returns the parameter's first value; nullopt where it is not given.
  std::optional<std::string> First(std::string_view name) const;
  // Returns all values of the parameter, in the order given.
  std::vector<std::string> AllOf(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

}  // namespace rollcall::http
