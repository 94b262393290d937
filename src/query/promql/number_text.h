// Numbers as Prometheus writes them, and reads them from labels. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rollcall::promql {

// Returns the shortest digits that are read as the same number, without an exponent: "0.1", "1e21"
// as "1000000000000000000000", "NaN", "+Inf".
std::string PlainText(double value);
// Appends them.
void AppendPlainText(double value, std::string& out);

// Returns that many digits after the point: "1.500000", "NaN", "+Inf".
std::string FixedText(double value, int digits);

// Returns the shortest digits that are read as the same number, with an exponent where that is
// shorter: "1.5", "1e+06".
std::string ShortText(double value);

// Reads all of `text` as a number, +Inf and NaN included. Returns nullopt for anything else.
std::optional<double> ReadNumber(std::string_view text);

// What is told where a quantile is out of 0 to 1.
std::string QuantileWarning(double phi);

}  // namespace rollcall::promql
