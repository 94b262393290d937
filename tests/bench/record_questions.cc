#include "tests/bench/record_questions.h"

#include "base/clock.h"
#include "base/text.h"

namespace rollcall::bench {

using std::chrono::days;
using std::chrono::seconds;

namespace {

std::string Seconds(UnixSeconds time) { return std::to_string(time.time_since_epoch().count()); }

Condition Text(const std::string& parameter, const std::string& column, const std::string& value) {
  Condition condition{parameter + "=", column + " = '" + value + "'"};
  AppendPercentEncoded(value, condition.parameter);
  return condition;
}

}  // namespace

const std::vector<Filter>& Filters() {
  static const std::vector<Filter> kAll = {
      {"no filter", [](const Record&, const RecordFleet&) { return Condition{}; }},
      {"classification",
       [](const Record& of, const RecordFleet&) {
         return Text("classification", "classification", of.classification);
       }},
      {"severity",
       [](const Record& of, const RecordFleet&) {
         const std::string text = std::to_string(of.severity);
         return Condition{"severity=" + text, "severity = " + text};
       }},
      {"machine_id",
       [](const Record& of, const RecordFleet&) {
         return Text("machine_id", "machine_id", of.machine_id);
       }},
      {"build",
       [](const Record& of, const RecordFleet&) { return Text("build", "build", of.build); }},
      {"created_in_sec",
       [](const Record& of, const RecordFleet& fleet) {
         return Condition{
             "created_in_sec=" +
                 std::to_string((SystemClock().Now() - of.reception + seconds(1)).count()),
             "tsp_server > " + Seconds(of.reception) +
                 " AND tsp_server <= " + Seconds(fleet.begin + fleet.span)};
       }},
      {"ts_capture",
       [](const Record& of, const RecordFleet&) {
         return Condition{"ts_capture=" + Seconds(of.capture), "tsp > " + Seconds(of.capture)};
       }},
      {"from_id", [](const Record& of, const RecordFleet&) {
         const std::string text = std::to_string(of.id.value);
         return Condition{"from_id=" + text, "id < " + text};
       }}};
  return kAll;
}

Question Ask(const std::vector<Condition>& conditions, const RecordFleet& fleet) {
  Question question{"/api/records?",
                    "SELECT json_agg(page) FROM (SELECT * FROM records WHERE tsp_server > " +
                        Seconds(fleet.begin - days(2))};
  for (const Condition& condition : conditions) {
    if (condition.parameter.empty()) continue;
    question.target += condition.parameter + "&";
    question.sql += " AND " + condition.sql;
  }
  question.target.pop_back();
  question.sql += " ORDER BY id DESC LIMIT 1000) page";
  return question;
}

}  // namespace rollcall::bench
