#include <strings.h>

#include "http/client/client.h"

namespace rollcall::http {

const std::string* HttpClientResponse::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) {
      return &value;
    }
  }
  return nullptr;
}

}  // namespace rollcall::http
