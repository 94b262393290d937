// Any bytes as a query. What must hold whatever they are:
//  - there is an answer: a tree, or an error with its place;
//  - a tree is printed as a query that parses to a tree with the same print, on one line and on
//    several.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "query/promql/parser.h"

namespace rollcall::promql {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz_promql: does not hold: %s\n", what);
  std::abort();
}

void CheckPrint(const std::string& printed, const std::string& line) {
  // What is written in full may be longer than a query may be.
  if (printed.size() > kMaxQueryBytes) return;
  const Result<ExprPtr> again = ParseExpr(printed);
  Require(again.ok(), "what is printed parses");
  Require(ToString(**again) == line, "what is printed parses to the same tree");
}

void Check(std::string_view text) {
  const Result<std::vector<Matcher>> selector = ParseSelector(text);
  const Result<ExprPtr> expr = ParseExpr(text);
  if (!expr.ok()) {
    Require(!selector.ok(), "a selector is an expression");
    Require(expr.status().message().find(": parse error: ") != std::string::npos,
            "an error has a place");
    return;
  }
  const std::string line = ToString(**expr);
  CheckPrint(line, line);
  CheckPrint(PrettyPrint(**expr), line);
}

}  // namespace
}  // namespace rollcall::promql

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<char> text(data, data + size);
  rollcall::promql::Check({text.data(), text.size()});
  return 0;
}
