// Questions for the first page of records, as both rollcall and PostgreSQL understand them. Pure
// functions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/record.h"
#include "tests/bench/record_maker.h"

namespace rollcall::bench {

// One condition; both empty: none.
struct Condition {
  std::string parameter;
  std::string sql;
};

struct Filter {
  std::string name;
  std::function<Condition(const Record& of, const RecordFleet& fleet)> make;
};

// The filters of GET /api/records, the first of which is none.
const std::vector<Filter>& Filters();

// The first page, as JSON.
struct Question {
  std::string target;
  std::string sql;
};

Question Ask(const std::vector<Condition>& conditions, const RecordFleet& fleet);

}  // namespace rollcall::bench
