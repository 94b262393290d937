// The label dictionary and the source directory: names to numbers and back.
#include <gmock/gmock.h>

#include "model/label_set.h"
#include "storage/keys.h"
#include "tests/storage/format_examples.h"
#include "tests/storage/store_fixture.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExample;
using rollcall::test::ToHex;
using ::testing::HasSubstr;

std::string LabelSet(std::string_view metric, std::vector<Label> labels = {}) {
  std::string out;
  AppendLabelSet(metric, labels, out);
  return out;
}

SourceId Id(std::string_view text) { return SourceId::Parse(text).value(); }

class LabelDictionaryTest : public rollcall::test::StoreTest {
 protected:
  LabelDictionary& labels() { return stores().labels(); }

  // "12/9": the refs of a label set and of its metric.
  std::string InternInto(Transaction& transaction, const std::string& label_set) {
    const auto refs = labels().Intern(label_set, labels().HashOf(label_set), transaction);
    if (!refs.ok()) return refs.status().message();
    return std::to_string(refs->label_set.value) + "/" + std::to_string(refs->metric.value);
  }
  std::string Intern(const std::string& label_set) {
    std::string text;
    Commit([&](Transaction& transaction) { text = InternInto(transaction, label_set); });
    return text;
  }
  std::string TextOf(uint32_t ref) {
    const auto text = labels().TextOf({ref});
    return text.ok() ? FormatLabelSet(*text) : text.status().message();
  }
};

TEST_F(LabelDictionaryTest, NumbersComeInOrderAndStay) {
  EXPECT_EQ(Intern(LabelSet("m")), "1/1");
  EXPECT_EQ(Intern(LabelSet("m", {{"a", "1"}})), "2/1");
  EXPECT_EQ(Intern(LabelSet("m")), "1/1");
  EXPECT_EQ(Intern(LabelSet("m", {{"a", "1"}})), "2/1");
  EXPECT_EQ(labels().size(), 2U);
}

TEST_F(LabelDictionaryTest, ALabelSetBringsItsMetricAlong) {
  EXPECT_EQ(Intern(LabelSet("m", {{"a", "1"}})), "2/1");
  EXPECT_EQ(Intern(LabelSet("m")), "1/1");
  EXPECT_EQ(labels().FindMetric("m")->value, 1U);
  EXPECT_EQ(TextOf(1), "m");
  EXPECT_EQ(TextOf(2), "m{a=\"1\"}");
}

TEST_F(LabelDictionaryTest, RowsAreTheBytesOfTheFormat) {
  for (uint32_t i = 1; i <= 8; ++i) Intern(LabelSet("before" + std::to_string(i)));
  Intern(LabelSet("m"));
  Intern(LabelSet("m", {{"a", "x"}}));
  Intern(LabelSet("m", {{"a", "y"}}));
  const std::string label_set = LabelSet("m", {{"a", "1"}});
  ASSERT_EQ(Intern(label_set), "12/9");
  EXPECT_EQ(ToHex(Get(Table::kLabels, EncodeKey(LabelSetRef{12}))),
            ToHex(FormatExample("labels: metric 9, m with a = 1")));
  EXPECT_EQ(ToHex(Get(Table::kLabelRefs, EncodeKey(labels().HashOf(label_set)))),
            ToHex(FormatExample("label_refs: label set 12, metric 9")));
}

TEST_F(LabelDictionaryTest, ReopeningKeepsTheNumbersAndGoesOnCounting) {
  Intern(LabelSet("m", {{"a", "1"}}));
  Reopen();
  EXPECT_EQ(labels().size(), 2U);
  EXPECT_EQ(Intern(LabelSet("m", {{"a", "1"}})), "2/1");
  EXPECT_EQ(Intern(LabelSet("m", {{"a", "2"}})), "3/1");
  EXPECT_EQ(Intern(LabelSet("n")), "4/4");
}

TEST_F(LabelDictionaryTest, WhatWasAbandonedIsForgottenAndItsNumbersGivenAgain) {
  Intern(LabelSet("kept"));
  {
    Transaction transaction(store());
    EXPECT_EQ(InternInto(transaction, LabelSet("lost", {{"a", "1"}})), "3/2");
  }
  EXPECT_EQ(labels().FindMetric("lost")->value, 0U);
  EXPECT_EQ(labels().size(), 1U);
  EXPECT_EQ(Intern(LabelSet("other")), "2/2");
  EXPECT_EQ(Intern(LabelSet("lost", {{"a", "1"}})), "4/3");
  Reopen();
  EXPECT_EQ(TextOf(2), "other");
  EXPECT_EQ(TextOf(4), "lost{a=\"1\"}");
}

TEST_F(LabelDictionaryTest, OneBatchMayAskForTheSameNewLabelSetTwice) {
  Commit([&](Transaction& transaction) {
    EXPECT_EQ(InternInto(transaction, LabelSet("m", {{"a", "1"}})), "2/1");
    EXPECT_EQ(InternInto(transaction, LabelSet("m", {{"a", "1"}})), "2/1");
    EXPECT_EQ(InternInto(transaction, LabelSet("m", {{"a", "2"}})), "3/1");
  });
  EXPECT_EQ(labels().size(), 3U);
}

TEST_F(LabelDictionaryTest, AMetricNobodySentHasNoNumber) {
  EXPECT_EQ(labels().FindMetric("nothing")->value, 0U);
}

TEST_F(LabelDictionaryTest, ASnapshotDoesNotKnowLaterMetrics) {
  const Snapshot before = store().TakeSnapshot();
  Intern(LabelSet("m"));
  EXPECT_EQ(labels().FindMetric("m", &before)->value, 0U);
  EXPECT_EQ(labels().FindMetric("m")->value, 1U);
}

TEST_F(LabelDictionaryTest, ANumberThatWasNeverGivenOutIsDataLoss) {
  const auto text = labels().TextOf({77});
  EXPECT_EQ(text.status().code(), Code::kDataLoss);
  EXPECT_THAT(text.status().message(), HasSubstr("label set 77"));
}

TEST_F(LabelDictionaryTest, DamagedRefsAreDataLossAndGiveNoNumber) {
  const std::string label_set = LabelSet("m");
  for (const std::string& bytes : {std::string(), std::string("\1"), std::string("\0\0", 2),
                                   std::string("\1\1\1"), std::string(12, '\xff')}) {
    Put(Table::kLabelRefs, EncodeKey(labels().HashOf(label_set)), bytes);
    EXPECT_EQ(labels().FindMetric("m").status().code(), Code::kDataLoss) << ToHex(bytes);
    EXPECT_THAT(Intern(label_set), HasSubstr("decode label refs"));
  }
}

class SourceDirectoryTest : public rollcall::test::StoreTest {
 protected:
  uint32_t InternInto(Transaction& transaction, FleetRef fleet, const std::string& id,
                      UnixSeconds now) {
    const auto ref = stores().sources().Intern(fleet, Id(id), now, transaction);
    EXPECT_TRUE(ref.ok()) << ref.status().message();
    return ref.ok() ? ref->value : 0;
  }
  uint32_t Intern(FleetRef fleet, const std::string& id,
                  UnixSeconds now = UnixSeconds(std::chrono::seconds(1))) {
    uint32_t ref = 0;
    Commit([&](Transaction& transaction) { ref = InternInto(transaction, fleet, id, now); });
    return ref;
  }
};

TEST_F(SourceDirectoryTest, NumbersComeInOrderAndStayOverAReopening) {
  EXPECT_EQ(Intern({1}, "a"), 1U);
  EXPECT_EQ(Intern({1}, "b"), 2U);
  EXPECT_EQ(Intern({1}, "a"), 1U);
  Reopen();
  EXPECT_EQ(stores().sources().size(), 2U);
  EXPECT_EQ(Intern({1}, "b"), 2U);
  EXPECT_EQ(Intern({1}, "c"), 3U);
}

TEST_F(SourceDirectoryTest, TheSameIdInTwoFleetsIsTwoSources) {
  EXPECT_EQ(Intern({1}, "a"), 1U);
  EXPECT_EQ(Intern({2}, "a"), 2U);
  EXPECT_EQ(Intern({1}, "a"), 1U);
}

TEST_F(SourceDirectoryTest, RowsAreTheBytesOfTheFormatAndTheFirstReportsTimeStays) {
  PutNumber("last_source", 811);
  Reopen();
  const UnixSeconds first{std::chrono::seconds(1772884805)};
  EXPECT_EQ(Intern({1}, "c1", first), 812U);
  EXPECT_EQ(Intern({1}, "c1", first + std::chrono::hours(1)), 812U);
  EXPECT_EQ(ToHex(Get(Table::kSources, EncodeSourceKey({1}, "c1"))),
            ToHex(FormatExample("sources: source 812, first seen 2026-03-07 12:00:05")));
  EXPECT_EQ(Get(Table::kSourceIds, EncodeKey(SourceRef{812})), EncodeSourceKey({1}, "c1"));
  EXPECT_EQ(ToHex(Get(Table::kMeta, "last_source")), "ac 06");
}

TEST_F(SourceDirectoryTest, AnAbandonedSourcesNumberIsGivenAgain) {
  {
    Transaction transaction(store());
    EXPECT_EQ(InternInto(transaction, {1}, "lost", UnixSeconds()), 1U);
  }
  EXPECT_EQ(Intern({1}, "other"), 1U);
  EXPECT_EQ(stores().sources().size(), 1U);
}

TEST_F(SourceDirectoryTest, WhenAllNumbersAreGivenOutTheNextSourceIsTurnedAway) {
  PutNumber("last_source", UINT32_MAX - 1);
  Reopen();
  EXPECT_EQ(Intern({1}, "last"), UINT32_MAX);
  Transaction transaction(store());
  const auto ref = stores().sources().Intern({1}, Id("one-more"), UnixSeconds(), transaction);
  EXPECT_EQ(ref.status().code(), Code::kUnavailable);
  EXPECT_THAT(ref.status().message(), HasSubstr("last_source"));
}

TEST_F(SourceDirectoryTest, ADamagedRowIsDataLossThatNamesTheSource) {
  Intern({1}, "c1");
  Put(Table::kSources, EncodeSourceKey({1}, "c1"), std::string(1, '\0'));
  Transaction transaction(store());
  const auto ref = stores().sources().Intern({1}, Id("c1"), UnixSeconds(), transaction);
  EXPECT_EQ(ref.status().code(), Code::kDataLoss);
  EXPECT_THAT(ref.status().message(), HasSubstr("c1"));
}

}  // namespace
}  // namespace rollcall::storage
