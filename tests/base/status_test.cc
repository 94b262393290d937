#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace rollcall {
namespace {

TEST(Status, IsOkUnlessSomethingFailed) {
  const Status status;
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.code(), Code::kOk);
  EXPECT_EQ(status.message(), "");
  EXPECT_TRUE(Status::Ok().ok());
}

TEST(Status, CarriesItsCodeAndMessage) {
  EXPECT_EQ(Status::InvalidArgument("m").code(), Code::kInvalidArgument);
  EXPECT_EQ(Status::NotFound("m").code(), Code::kNotFound);
  EXPECT_EQ(Status::Unavailable("m").code(), Code::kUnavailable);
  EXPECT_EQ(Status::DataLoss("m").code(), Code::kDataLoss);
  EXPECT_EQ(Status::FailedPrecondition("m").code(), Code::kFailedPrecondition);
  EXPECT_EQ(Status::Internal("m").code(), Code::kInternal);
  EXPECT_EQ(Status::Internal("m").message(), "m");
  EXPECT_FALSE(Status::Internal("m").ok());
}

TEST(Status, ContextStandsInFrontAndKeepsTheCode) {
  const Status status = Status::DataLoss("11 bytes left, want 24").WithContext("decode chunk 7");
  EXPECT_EQ(status.code(), Code::kDataLoss);
  EXPECT_EQ(status.message(), "decode chunk 7: 11 bytes left, want 24");
  EXPECT_TRUE(Status::Ok().WithContext("decode chunk 7").ok());
  EXPECT_EQ(Status::Ok().WithContext("decode chunk 7").message(), "");
}

TEST(Status, ReturnIfErrorLeavesWithTheFirstFailure) {
  std::vector<int> done;
  const auto step = [&](int number, Status status) {
    done.push_back(number);
    return status;
  };
  const auto run = [&](Status second) -> Status {
    ROLLCALL_RETURN_IF_ERROR(step(1, Status::Ok()));
    ROLLCALL_RETURN_IF_ERROR(step(2, second));
    ROLLCALL_RETURN_IF_ERROR(step(3, Status::Ok()));
    return Status::Ok();
  };
  EXPECT_EQ(run(Status::NotFound("two")).message(), "two");
  EXPECT_EQ(done, (std::vector<int>{1, 2}));
  done.clear();
  EXPECT_TRUE(run(Status::Ok()).ok());
  EXPECT_EQ(done, (std::vector<int>{1, 2, 3}));
}

TEST(Result, HoldsAValue) {
  Result<std::string> result = std::string("text");
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(*result, "text");
  EXPECT_EQ(result->size(), 4U);
  result.value() += "s";
  EXPECT_EQ(result.value(), "texts");
}

TEST(Result, HoldsWhyThereIsNone) {
  const Result<std::string> result = Status::NotFound("no such month");
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), Code::kNotFound);
  EXPECT_EQ(result.status().message(), "no such month");
}

TEST(Result, GivesItsValueAway) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

}  // namespace
}  // namespace rollcall
