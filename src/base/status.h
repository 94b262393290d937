// Status and Result: how an expected failure travels. Plain values. An exception from a library
// is turned into one of these where it enters. Our own code throws nothing; std::bad_alloc
// passes through.
//
// A message names the step, the object and the numbers:
//
//   decode chunk 2026-03-07/812: 11 bytes left, want 24
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>

namespace rollcall {

enum class Code {
  kOk,
  kInvalidArgument,     // the caller's input breaks a rule; the same input will fail again
  kNotFound,            // what was asked for does not exist
  kTooMany,             // more than may come in such a time; may work later
  kUnavailable,         // may work later: disk full, shutting down, queue full
  kDataLoss,            // stored bytes are not what was written
  kFailedPrecondition,  // in use, no permission, made by a newer version: an operator must act
  kInternal,            // a bug of ours
};

// Success, or a code and one line of text for a person. Cheap to return.
class [[nodiscard]] Status {
 public:
  Status() = default;
  static Status Ok() { return {}; }
  static Status InvalidArgument(std::string m) { return {Code::kInvalidArgument, std::move(m)}; }
  static Status NotFound(std::string m) { return {Code::kNotFound, std::move(m)}; }
  static Status TooMany(std::string m) { return {Code::kTooMany, std::move(m)}; }
  static Status Unavailable(std::string m) { return {Code::kUnavailable, std::move(m)}; }
  static Status DataLoss(std::string m) { return {Code::kDataLoss, std::move(m)}; }
  static Status FailedPrecondition(std::string m) {
    return {Code::kFailedPrecondition, std::move(m)};
  }
  static Status Internal(std::string m) { return {Code::kInternal, std::move(m)}; }

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }

  // Returns the same failure with the step in front: "open store /var/x: " + message. Ok stays Ok.
  Status WithContext(const std::string& step) const {
    return ok() ? *this : Status(code_, step + ": " + message_);
  }

 private:
  Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  Code code_ = Code::kOk;
  std::string message_;
};

// A value, or the Status that says why there is none. value() requires ok().
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}         // NOLINT: a value is a Result
  Result(Status status) : status_(std::move(status)) {  // NOLINT: a failure is a Result
    assert(!status_.ok());
  }

  bool ok() const { return status_.ok(); }
  const Status& status() const { return status_; }
  T& value() & {
    assert(ok());
    return *value_;
  }
  const T& value() const& {
    assert(ok());
    return *value_;
  }
  T&& value() && {
    assert(ok());
    return *std::move(value_);
  }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }

 private:
  Status status_;
  std::optional<T> value_;
};

// Returns the failure of `expression` from the calling function, if there is one.
#define ROLLCALL_RETURN_IF_ERROR(expression)                        \
  do {                                                              \
    if (::rollcall::Status status_ = (expression); !status_.ok()) { \
      return status_;                                               \
    }                                                               \
  } while (false)

}  // namespace rollcall
