// Functions as people read them, and machine checks' status.
#include "parse/function_name.h"

#include <gtest/gtest.h>

#include <string>

#include "parse/machine_check.h"

namespace rollcall {
namespace {

TEST(FunctionNameTest, AMangledNameIsDemangledAndAnyOtherStaysAsItIs) {
  EXPECT_EQ(ReadableFunction("_ZN3app3runEi()"), "app::run(int)");
  EXPECT_EQ(ReadableFunction("_ZN3app3runEi"), "app::run(int)");
  EXPECT_EQ(ReadableFunction("_ZNSt6vectorIiSaIiEE9push_backERKi()"),
            "std::vector<int, std::allocator<int> >::push_back(int const&)");
  for (const char* const name : {"main()", "???", "? do_one", "(no symbols)", "", "_Z", "_Z()",
                                 "_Znonsense()", "std::f(int)", "_start()"}) {
    EXPECT_EQ(ReadableFunction(name), name);
  }
}

TEST(FunctionNameTest, ANameThatWouldGrowWithoutEndStaysMangled) {
  // Each argument is a function of three of the one before: 3^40 of the first.
  std::string name = "_Z1fPFvvE";
  for (int i = 0; i < 40; ++i) name += "PFvS_S_S_E";
  EXPECT_EQ(ReadableFunction(name + "()"), name + "()");
  std::string conversions = "_ZN1ac";
  for (int i = 0; i < 200; ++i) conversions += "vcv";
  EXPECT_EQ(ReadableFunction(conversions), conversions);
  // Expansions of a pack within one another: 900^6.
  std::string packs = "_Z1fIJ" + std::string(900, 'i') + "EEv";
  for (int i = 0; i < 6; ++i) packs += "Dp1gIT_";
  packs += std::string(6, 'E');
  EXPECT_EQ(ReadableFunction(packs + "()"), packs + "()");
  EXPECT_EQ(ReadableFunction("_Z1fIJiicEEvDpT_()"), "void f<int, int, char>(int, int, char)");
  const std::string nul("_Z1f\0v", 6);
  EXPECT_EQ(ReadableFunction(nul), nul);
}

TEST(FunctionNameTest, ALongNameIsCutBetweenCharacters) {
  const std::string long_name(5'000, 'f');
  EXPECT_EQ(ReadableFunction(long_name), std::string(1021, 'f') + "…");
  std::string wide = "f";
  while (wide.size() < 3'000) wide += "€";
  const std::string cut = ReadableFunction(wide);
  EXPECT_LE(cut.size(), 1024u);
  EXPECT_EQ(cut.substr(cut.size() - 6), "€…");
}

TEST(MachineCheckTest, TheStatusIsTheLastEightDigitsBetweenTheTwoWords) {
  EXPECT_EQ(MachineCheckStatus("STATUS 8c00004000010090 MCGSTATUS 0"), "00010090");
  EXPECT_EQ(MachineCheckStatus("a\nSTATUS b200000000070F0F MCGSTATUS 4\nMCGCAP 0"), "00070f0f");
  EXPECT_EQ(MachineCheckStatus("STATUS 0x12345678\tMCGSTATUS"), "12345678");
  EXPECT_EQ(MachineCheckStatus("STATUS 1 MCGSTATUS 2 STATUS 9876543210 MCGSTATUS"), "76543210");
  for (const char* const text :
       {"", "STATUS 12345678", "12345678 MCGSTATUS", "STATUS 1234567 MCGSTATUS",
        "MCGSTATUS 12345678 STATUS", "STATUS xyz MCGSTATUS"}) {
    EXPECT_FALSE(MachineCheckStatus(text)) << text;
  }
  std::string many;
  for (int i = 0; i < 50'000; ++i) many += "STATUS MCGSTATUS ";
  EXPECT_FALSE(MachineCheckStatus(many));
}

}  // namespace
}  // namespace rollcall
