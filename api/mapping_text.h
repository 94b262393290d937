// Where a metric and its labels come from in a body of JSON, in words. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "fleets/json_mapping.h"

namespace rollcall::api {

// Return the places that the rules of a metric read, as text: of its value, "" where that is always
// 1; and of a label: "/apps/*/kind", "/version, shortened by (v\d+).* to \1", "the names of
// /apps/*". The places of several rules make a list.
std::string ValuePlaces(const fleets::JsonMapping& mapping, std::string_view metric);
std::string LabelPlaces(const fleets::JsonMapping& mapping, std::string_view metric,
                        std::string_view label);

}  // namespace rollcall::api
