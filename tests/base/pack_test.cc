#include "base/pack.h"

#include <gtest/gtest.h>

#include <random>

namespace rollcall {
namespace {

TEST(Pack, WhatIsPackedComesBack) {
  std::mt19937 random(3);
  std::string noise(100'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  for (const std::string& body :
       {std::string(), std::string("a 1\n"), std::string(10 << 20, '\n'), noise}) {
    const Result<std::string> back = UnpackBody(PackBody(body), body.size());
    ASSERT_TRUE(back.ok()) << back.status().message();
    EXPECT_TRUE(*back == body) << body.size();
  }
}

TEST(Pack, AReportTakesFewerBytes) {
  std::string body;
  for (int i = 0; i < 30; ++i)
    body += "cozy_application_count{kind=\"Kind" + std::to_string(i) + "\"} 0\n";
  EXPECT_LT(PackBody(body).size(), body.size() / 3);
}

TEST(Pack, ContentOverTheBoundIsRefusedBeforeItIsUnpacked) {
  const std::string packed = PackBody(std::string(1'000'000, 'x'));
  EXPECT_EQ(UnpackBody(packed, 999'999).status().code(), Code::kDataLoss);
  EXPECT_TRUE(UnpackBody(packed, 1'000'000).ok());
}

TEST(Pack, DamagedBytesAreDataLossOrAnotherContentAndNeverMore) {
  const std::string packed = PackBody("cozy_cluster_info{version=\"v1\"} 1\ncozy_nodes_count 3\n");
  for (size_t size = 0; size < packed.size(); ++size) {
    EXPECT_EQ(UnpackBody(packed.substr(0, size), 1 << 20).status().code(), Code::kDataLoss) << size;
  }
  std::mt19937 random(5);
  for (int i = 0; i < 5'000; ++i) {
    std::string damaged = packed;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    const Result<std::string> back = UnpackBody(damaged, 1 << 20);
    if (back.ok()) {
      EXPECT_LE(back->size(), size_t{1} << 20);
    }
  }
}

}  // namespace
}  // namespace rollcall
