// index.html as it is for a fleet: with the fleet's title and addresses, and with what a browser
// shows of it that runs no scripts. Pure function; any thread.
#pragma once

#include <string>
#include <string_view>

#include "fleets/declaration.h"

namespace rollcall::api {

// `root` leads from where the page stands to the server's root: "", or "../" at /NAME/.
std::string IndexPage(const fleets::Declaration& declaration, std::string_view root);

// Returns the address of one of the page's files, such as style.css, from the server's root.
std::string AssetAddress(std::string_view file);

}  // namespace rollcall::api
