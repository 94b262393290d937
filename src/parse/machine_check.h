// What a machine check's record says of itself. Pure functions over any bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rollcall {

// Returns the status in a payload of mcelog: the last 8 hex digits, in lower case, of those that
// stand between STATUS and MCGSTATUS ("STATUS 8c00004000010090 MCGSTATUS 0": 00010090). The first
// place that has them counts; nullopt where there is none.
std::optional<std::string> MachineCheckStatus(std::string_view payload);

}  // namespace rollcall
