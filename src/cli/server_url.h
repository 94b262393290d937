// URLs of requests to a server: a base that a person typed, a path, parameters. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::cli {

using UrlParameters = std::vector<std::pair<std::string, std::string>>;

// `base` may end in slashes. Names and values are encoded.
std::string RequestUrl(std::string_view base, std::string_view path,
                       const UrlParameters& parameters);

}  // namespace rollcall::cli
