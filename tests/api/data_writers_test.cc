// What the public numbers are written with: CSV, SVG's texts, the change between two periods.
#include <gtest/gtest.h>

#include <limits>

#include "api/badge_svg.h"
#include "api/chart_svg.h"
#include "api/compared_figures.h"
#include "api/csv_writer.h"
#include "api/svg_text.h"
#include "tests/support/xml_check.h"

namespace rollcall::api {
namespace {

constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

std::string Cell(std::string_view text) {
  CsvWriter csv({"h"});
  csv.Text(text).EndRow();
  const std::string all = csv.Take();
  return all.substr(3, all.size() - 5);
}

TEST(CsvWriter, QuotesWhatWouldEndACellAndDisarmsFormulas) {
  EXPECT_EQ(Cell("plain"), "plain");
  EXPECT_EQ(Cell("a,b"), "\"a,b\"");
  EXPECT_EQ(Cell("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(Cell("a\nb"), "\"a\nb\"");
  for (const char* const formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx"}) {
    EXPECT_EQ(Cell(formula), std::string("'") + formula);
  }
  EXPECT_EQ(Cell("\r=1"), "\"'\r=1\"");
  EXPECT_EQ(Cell("=a,\"b\""), "\"'=a,\"\"b\"\"\"");
  EXPECT_EQ(Cell("a=1"), "a=1");
}

TEST(CsvWriter, NumbersAreNoFormulasAndWholeWhereTheyAre) {
  CsvWriter csv({"a", "b", "c", "d", "e"});
  csv.Number(int64_t{-5}).Number(2.5).Number(ExactSum::Of(7)).Number(ExactSum::Of(-0.25)).Nothing();
  csv.EndRow();
  EXPECT_EQ(csv.Take(), "a,b,c,d,e\r\n-5,2.5,7,-0.25,\r\n");
}

TEST(SvgText, WidthsAndNumbersAreThoseOfTheTable) {
  EXPECT_NEAR(TextWidth("active clusters", 11), 79.4, 0.1);
  EXPECT_EQ(TextWidth("", 11), 0);
  EXPECT_GT(TextWidth("\xe2\x9c\x93", 11), 10);
  EXPECT_EQ(GroupDigits(0), "0");
  EXPECT_EQ(GroupDigits(999), "999");
  EXPECT_EQ(GroupDigits(1295), "1,295");
  EXPECT_EQ(GroupDigits(-123456), "-123,456");
  EXPECT_EQ(GroupDigits(kLeast), "-9,223,372,036,854,775,808");
  EXPECT_EQ(ShortNumber(999'999'999'999), "999,999,999,999");
  EXPECT_EQ(ShortNumber(1'234'567'000'000), "1.235T");
  EXPECT_EQ(ShortNumber(1'000'000'000'000'000'000), "1e18");
  EXPECT_EQ(ShortNumber(kMost), "9.2e18");
  EXPECT_EQ(ShortNumber(kLeast), "-9.2e18");
  EXPECT_EQ(Pixels(12.0), "12");
  EXPECT_EQ(Pixels(0), "0");
  EXPECT_EQ(Pixels(12.345), "12.35");
  EXPECT_EQ(EscapeXml("<a href=\"x\">&'\x01\xff\x7f\n"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
}

TEST(ChartSvg, IsWellFormedForEveryRangeOfValues) {
  for (const int64_t value :
       {int64_t{0}, int64_t{1}, int64_t{7}, int64_t{999'999}, kMost, kLeast}) {
    const std::string svg =
        ChartSvg("a < b & \"c\"", {{"<Jan>", value, true}, {"Feb", {}, true}, {"Mar", 3, false}});
    EXPECT_EQ(test::XmlCheck::Problem(svg), "") << svg;
    EXPECT_EQ(svg.find("nan"), std::string::npos);
    EXPECT_EQ(svg.find("inf"), std::string::npos);
    EXPECT_EQ(svg.find("height=\"-"), std::string::npos);
  }
  EXPECT_EQ(test::XmlCheck::Problem(ChartSvg("nothing", {})), "");
}

TEST(ChartSvg, FollowsTheReaderUnlessTheAddressNamesATheme) {
  const std::vector<ChartBar> bars{{"Jan", 3, true}};
  const auto says = [&](Theme theme, const char* what) {
    return ChartSvg("t", bars, theme).find(what) != std::string::npos;
  };
  constexpr const char* kLightGround = ".b{fill:#fff}";
  constexpr const char* kDarkGround = ".b{fill:#0d1117}";
  EXPECT_TRUE(says(Theme::kOfReader, kLightGround) && says(Theme::kOfReader, kDarkGround));
  EXPECT_TRUE(says(Theme::kLight, kLightGround) && !says(Theme::kLight, kDarkGround));
  EXPECT_TRUE(says(Theme::kDark, kDarkGround) && !says(Theme::kDark, kLightGround));
  EXPECT_FALSE(says(Theme::kLight, "prefers-color-scheme"));
  EXPECT_FALSE(says(Theme::kDark, "prefers-color-scheme"));
  EXPECT_EQ(BadgeSvg("a", "b"), BadgeSvg("a", "b", Theme::kLight));
  EXPECT_NE(BadgeSvg("a", "b"), BadgeSvg("a", "b", Theme::kDark));
}

TEST(ComparedFigures, ChangesAreExactAndNeverBeyondTheirRange) {
  const auto compare = [](int64_t before, int64_t value) {
    return ComparedFigure{"f", {value, false}, FigureNumber{before, false}};
  };
  EXPECT_EQ(compare(40, 42).Change()->units, 2);
  EXPECT_EQ(compare(40, 42).Percent()->units, 50);
  EXPECT_EQ(compare(3, 2).Percent()->units, -333);
  EXPECT_EQ(compare(3, 5).Percent()->units, 667);
  EXPECT_EQ(compare(-4, -2).Percent()->units, 500);
  EXPECT_FALSE(compare(0, 2).Percent().has_value());
  EXPECT_EQ(compare(kLeast, kMost).Change()->units, kMost);
  EXPECT_EQ(compare(kMost, kLeast).Change()->units, kLeast);
  EXPECT_EQ(compare(kMost, kLeast).Percent()->units, -2000);
  EXPECT_FALSE(compare(1, kMost).Percent().has_value());
  EXPECT_FALSE((ComparedFigure{"f", {1, false}, {}}).Change().has_value());
  EXPECT_FALSE((ComparedFigure{"f", {1, false}, {}}).Percent().has_value());
}

}  // namespace
}  // namespace rollcall::api
