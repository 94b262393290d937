// JSON pointers (RFC 6901). Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

// StepsOf returns the steps of a JSON pointer, unescaped; it requires a well-formed one.
// PointerText returns the pointer of these steps.
std::vector<std::string> StepsOf(std::string_view pointer);
std::string PointerText(const std::vector<std::string>& steps);
// Returns the name of a member as one step of a pointer, escaped.
std::string PointerStep(std::string_view name);

}  // namespace rollcall
