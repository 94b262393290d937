// The functions that change each value of an instant vector by itself. Pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "query/promql/elements.h"
#include "query/promql/functions.h"

namespace rollcall::promql {

// Returns what the function does to each element; `parameters`: its scalar arguments, each with a
// number for each instant. Nothing is returned (an empty function) where it is none of these.
Transform MathTransform(FunctionId id, std::vector<std::vector<double>> parameters);

// Of these, those that a time is taken apart by: whole seconds since 1970, UTC. Such a function
// returns NaN for what is no time within some thousands of years.
using DateFunction = double (*)(double unix_seconds);

// Returns nullptr for other functions.
DateFunction DateFunctionOf(FunctionId id);

// Returns whether MathTransform knows the function.
bool IsMathFunction(FunctionId id);

}  // namespace rollcall::promql
