// The pages: the files of web/static and Chart.js as they were when the binary was built. Constant,
// owned by the binary; any thread may read it.
#pragma once

#include <span>
#include <string_view>

namespace rollcall::web {

struct Asset {
  std::string_view path;          // of the page of hosts "/hosts", else "/assets/HASH/app.js"
  std::string_view content_type;  // with its charset
  std::string_view etag;          // weak, as the header wants it: it stands for both codings
  std::string_view bytes;
  std::string_view gzip;  // the same, compressed

  // Another content has another path, so a browser need never ask again.
  bool never_changes() const { return path.starts_with("/assets/"); }
};

// Sent with every page and asset: it loads nothing from elsewhere and runs nothing inline.
inline constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// All of them but index.html, each path once.
std::span<const Asset> Assets();

// Returns index.html with these names in it: @ROOT@ is how one gets from the page to the server's
// root, "" or "../"; @FLEET@ a fleet's name, @TITLE@ its title, and @PLAIN@ what is shown where no
// scripts run, both as HTML.
std::string_view IndexTemplate();

}  // namespace rollcall::web
