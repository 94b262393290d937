// parse_query: the tree of a query, each kind of node in the form that Prometheus 3 gives it,
// written by hand from how it makes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr const char* kForm = "Content-Type: application/x-www-form-urlencoded\r\n";

class ParseQueryTest : public ServerTest {
 protected:
  static std::string Form(const std::string& query) {
    std::string encoded = "query=";
    AppendPercentEncoded(query, encoded);
    return encoded;
  }
  // The `data` of an answer.
  Json Tree(const std::string& query) {
    const Reply reply = private_->Get("/api/v1/parse_query?" + Form(query));
    EXPECT_EQ(reply.status, 200) << query << ": " << reply.body;
    EXPECT_EQ(reply.Header("content-type"), "application/json");
    const Json json = Json::parse(reply.body, nullptr, false);
    EXPECT_TRUE(json.is_object() && json.value("status", "") == "success") << reply.body;
    return json.is_object() ? json.value("data", Json()) : json;
  }

  // A selector of one name and nothing more.
  static Json Named(const std::string& name) {
    return {{"type", "vectorSelector"},
            {"name", name},
            {"matchers", Json::array({Json{{"name", "__name__"}, {"value", name}, {"type", "="}}})},
            {"offset", 0},
            {"timestamp", nullptr},
            {"startOrEnd", nullptr}};
  }
  static Json Number(const std::string& digits) {
    return {{"type", "numberLiteral"}, {"val", digits}};
  }
  static Json Text(const std::string& text) { return {{"type", "stringLiteral"}, {"val", text}}; }
  static Json Function(const std::string& name, const std::vector<std::string>& types, int variadic,
                       const std::string& returns) {
    return {{"name", name}, {"argTypes", types}, {"variadic", variadic}, {"returnType", returns}};
  }
};

TEST_F(ParseQueryTest, LiteralsAreTheirDigitsAndTheirText) {
  EXPECT_EQ(Tree("1.50"), Number("1.5"));
  EXPECT_EQ(Tree("1e21"), Number("1000000000000000000000"));
  EXPECT_EQ(Tree("-Inf"), Number("-Inf"));
  EXPECT_EQ(Tree("NaN"), Number("NaN"));
  EXPECT_EQ(Tree("5m"), Number("300"));
  EXPECT_EQ(Tree(R"("say \"hi\"\n")"), Text("say \"hi\"\n"));
}

TEST_F(ParseQueryTest, ASelectorHasItsMatchersAndThatOfItsNameLast) {
  EXPECT_EQ(Tree("up"), Named("up"));
  Json tree = Named("up");
  tree["matchers"] = Json::parse(R"([{"name":"a","value":"1","type":"="},
                                     {"name":"b","value":"2","type":"!="},
                                     {"name":"c","value":"3|4","type":"=~"},
                                     {"name":"d","value":"5.*","type":"!~"},
                                     {"name":"__name__","value":"up","type":"="}])");
  EXPECT_EQ(Tree(R"(up{a="1",b!="2",c=~"3|4",d!~"5.*"})"), tree);
  // A name in the braces is a matcher like the others.
  tree = Named("dotted.name");
  tree["name"] = "";
  EXPECT_EQ(Tree(R"({"dotted.name"})"), tree);
}

TEST_F(ParseQueryTest, AnOffsetAndAnAtAreMilliseconds) {
  Json tree = Named("up");
  tree["offset"] = 5 * 60 * 1000;
  EXPECT_EQ(Tree("up offset 5m"), tree);
  tree["offset"] = -1500;
  EXPECT_EQ(Tree("up offset -1s500ms"), tree);
  tree["offset"] = 0;
  tree["timestamp"] = 1'609'746'000'250;
  EXPECT_EQ(Tree("up @ 1609746000.25"), tree);
  tree["timestamp"] = nullptr;
  tree["startOrEnd"] = "start";
  EXPECT_EQ(Tree("up @ start()"), tree);
  tree["startOrEnd"] = "end";
  EXPECT_EQ(Tree("up @ end()"), tree);
}

TEST_F(ParseQueryTest, ARangeIsASelectorWithItsLength) {
  Json tree = Named("up");
  tree["type"] = "matrixSelector";
  tree["range"] = 5 * 60 * 1000;
  EXPECT_EQ(Tree("up[5m]"), tree);
  tree["offset"] = 3'600'000;
  tree["startOrEnd"] = "end";
  EXPECT_EQ(Tree("up[5m] @ end() offset 1h"), tree);
}

TEST_F(ParseQueryTest, ASubqueryHasItsExpressionItsRangeAndItsStep) {
  Json tree = {{"type", "subquery"},   {"expr", Named("up")}, {"range", 3'600'000},
               {"step", 300'000},      {"offset", 0},         {"timestamp", nullptr},
               {"startOrEnd", nullptr}};
  EXPECT_EQ(Tree("up[1h:5m]"), tree);
  tree["step"] = 0;  // the default
  EXPECT_EQ(Tree("up[1h:]"), tree);
  tree["offset"] = 60'000;
  tree["timestamp"] = 4000;
  EXPECT_EQ(Tree("up[1h:] @ 4 offset 1m"), tree);
}

TEST_F(ParseQueryTest, ACallHasItsFunctionAndItsArguments) {
  Json range = Named("up");
  range["type"] = "matrixSelector";
  range["range"] = 60'000;
  const auto call = [](const Json& function, const Json& arguments) {
    return Json{{"type", "call"}, {"func", function}, {"args", arguments}};
  };
  EXPECT_EQ(Tree("rate(up[1m])"),
            call(Function("rate", {"matrix"}, 0, "vector"), Json::array({range})));
  EXPECT_EQ(Tree("time()"), call(Function("time", {}, 0, "scalar"), Json::array()));
  // The last may be left out.
  EXPECT_EQ(Tree("round(up)"),
            call(Function("round", {"vector", "scalar"}, 1, "vector"), Json::array({Named("up")})));
  EXPECT_EQ(Tree("hour()"), call(Function("hour", {"vector"}, 1, "vector"), Json::array()));
  // The last may come as often as one likes, or not at all.
  EXPECT_EQ(Tree(R"(label_join(up, "a", "-", "b", "c"))"),
            call(Function("label_join", {"vector", "string", "string", "string"}, -1, "vector"),
                 Json::array({Named("up"), Text("a"), Text("-"), Text("b"), Text("c")})));
}

TEST_F(ParseQueryTest, AnAggregationHasItsParameterAndItsGrouping) {
  Json tree = {{"type", "aggregation"}, {"op", "sum"},      {"expr", Named("up")},
               {"param", nullptr},      {"without", false}, {"grouping", Json::array()}};
  EXPECT_EQ(Tree("sum(up)"), tree);
  tree["grouping"] = {"a", "b"};
  EXPECT_EQ(Tree("sum by (a, b) (up)"), tree);
  tree["without"] = true;
  EXPECT_EQ(Tree("sum(up) without (a, b)"), tree);
  EXPECT_EQ(Tree("topk(3, up)"), (Json{{"type", "aggregation"},
                                       {"op", "topk"},
                                       {"expr", Named("up")},
                                       {"param", Number("3")},
                                       {"without", false},
                                       {"grouping", Json::array()}}));
  EXPECT_EQ(Tree(R"(count_values("v", up))")["param"], Text("v"));
}

TEST_F(ParseQueryTest, AnOperatorHasItsSidesAndHowTheyFindEachOther) {
  const auto binary = [](const std::string& op, const Json& left, const Json& right) {
    return Json{{"type", "binaryExpr"}, {"op", op},     {"lhs", left}, {"rhs", right},
                {"matching", nullptr},  {"bool", false}};
  };
  EXPECT_EQ(Tree("1 + 2"), binary("+", Number("1"), Number("2")));
  Json tree = binary(">=", Named("up"), Number("2"));
  tree["bool"] = true;
  EXPECT_EQ(Tree("up >= bool 2"), tree) << "nothing is matched with a number";
  tree = binary("/", Named("x"), Named("y"));
  tree["matching"] = Json::parse(R"({"card":"one-to-one","labels":[],"on":false,"include":[]})");
  EXPECT_EQ(Tree("x / y"), tree);
  tree["matching"]["labels"] = {"a"};
  EXPECT_EQ(Tree("x / ignoring (a) y"), tree);
  tree["matching"] =
      Json::parse(R"({"card":"many-to-one","labels":["a"],"on":true,"include":["b","c"]})");
  EXPECT_EQ(Tree("x / on (a) group_left (b, c) y"), tree);
  tree["matching"]["card"] = "one-to-many";
  tree["matching"]["include"] = Json::array();
  EXPECT_EQ(Tree("x / on (a) group_right y"), tree);
  tree = binary("unless", Named("x"), Named("y"));
  tree["matching"] = Json::parse(R"({"card":"many-to-many","labels":[],"on":false,"include":[]})");
  EXPECT_EQ(Tree("x unless y"), tree);
  // What binds closer is deeper.
  EXPECT_EQ(Tree("1 + 2 * 3"), binary("+", Number("1"), binary("*", Number("2"), Number("3"))));
}

TEST_F(ParseQueryTest, ParenthesesAndSignsAreNodes) {
  const Json inside = {{"type", "parenExpr"}, {"expr", Named("up")}};
  EXPECT_EQ(Tree("(up)"), inside);
  EXPECT_EQ(Tree("-(up)"), (Json{{"type", "unaryExpr"}, {"op", "-"}, {"expr", inside}}));
  EXPECT_EQ(Tree("-1"), Number("-1"));
}

TEST_F(ParseQueryTest, IsAskedByGetAndByPostWhereTheOthersAre) {
  const Json wanted = {{"status", "success"}, {"data", Named("up")}};
  for (const char* const prefix : {"", "/prometheus", "/select/0/prometheus"}) {
    const std::string path = std::string(prefix) + "/api/v1/parse_query";
    EXPECT_EQ(Json::parse(private_->Get(path + "?query=up").body, nullptr, false), wanted) << path;
    EXPECT_EQ(Json::parse(private_->PostBare("query=up", kForm, path).body, nullptr, false), wanted)
        << path;
    EXPECT_EQ(public_->Get(path + "?query=up").status, 404) << path;
  }
}

TEST_F(ParseQueryTest, WhatIsNoQueryIsBadDataWithItsPlace) {
  for (const std::string query : {"", "sum(", "up{", "up[5m] + 1", "nobody(up)"}) {
    EXPECT_THAT(Render(private_->Get("/api/v1/parse_query?" + Form(query))),
                AllOf(HasSubstr("400 {\"status\":\"error\",\"errorType\":\"bad_data\""),
                      HasSubstr("invalid parameter \\\"query\\\": ")))
        << query;
  }
  EXPECT_THAT(Render(private_->PostBare(Form("1 +"), kForm, "/api/v1/parse_query")),
              AllOf(HasSubstr("400 "), HasSubstr(": 1:")));
  EXPECT_THAT(Render(private_->Get("/api/v1/parse_query")), HasSubstr("\"bad_data\""));
}

TEST_F(ParseQueryTest, TheDeepestAndTheLongestQueryAreAnswered) {
  Json tree = Tree(std::string(190, '(') + "1" + std::string(190, ')'));
  for (int i = 0; i < 190; ++i) {
    ASSERT_EQ(tree["type"], "parenExpr") << i;
    tree = Json(tree["expr"]);
  }
  EXPECT_EQ(tree, Number("1"));
  std::string join = "label_join(up,\"a\",\"-\"";
  for (int i = 0; i < 15'000; ++i) join += ",\"\"";
  const Reply reply = private_->PostBare("query=" + join + ")", kForm, "/api/v1/parse_query");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(Json::parse(reply.body, nullptr, false)["data"]["args"].size(), 15'003U);
}

}  // namespace
}  // namespace rollcall::test
