#include "base/nearest.h"

#include <gtest/gtest.h>

namespace rollcall {
namespace {

TEST(NearestTest, AMisspeltWordIsRecognised) {
  const std::vector<std::string> words{"--data-dir", "--listen-addr", "--retention", "serve"};
  for (const char* word : {"--datadir", "--data-dri", "--dta-dir", "--data_dir", "--data-dirs"}) {
    EXPECT_EQ(DidYouMean(word, words), "; did you mean --data-dir?") << word;
  }
  EXPECT_EQ(DidYouMean("srve", words), "; did you mean serve?");
}

TEST(NearestTest, WhatIsLikeNoWordIsNotGuessed) {
  const std::vector<std::string> words{"--data-dir", "serve"};
  for (const std::string& word : {std::string("-d"), std::string("--frobnicate"), std::string(),
                                  std::string(1'000'000, 'x')}) {
    EXPECT_EQ(DidYouMean(word, words), "") << word.substr(0, 20);
  }
}

}  // namespace
}  // namespace rollcall
