#include "parse/app_list_json.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace rollcall {
namespace {

using Json = nlohmann::json;

// Takes the parser's events, so that no tree of the answer is ever built. Depth 1 is the array,
// depth 2 an entry; what lies deeper is skipped. A handler that returns false ends the parse.
class EntryReader final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return Scalar(nullptr); }
  bool boolean(bool) override { return Scalar(nullptr); }
  bool number_integer(number_integer_t) override { return Scalar(nullptr); }
  bool number_unsigned(number_unsigned_t) override { return Scalar(nullptr); }
  bool number_float(number_float_t, const string_t&) override { return Scalar(nullptr); }
  bool string(string_t& value) override { return Scalar(&value); }
  bool binary(binary_t&) override { return Scalar(nullptr); }

  bool start_object(size_t) override {
    if (depth_ == 0) return Fail("the answer is an object, want an array");
    if (!Enter()) return false;
    if (depth_ == 2) {
      name_.reset();
      type_.reset();
      field_ = nullptr;
    }
    return true;
  }

  bool key(string_t& name) override {
    if (depth_ == 2) field_ = name == "name" ? &name_ : name == "type" ? &type_ : nullptr;
    return true;
  }

  bool end_object() override {
    if (depth_-- != 2) return true;
    ++entries_;
    if (!name_ || !type_) {
      return Fail("entry " + std::to_string(entries_) + " has no text for " +
                  (name_ ? "type" : "name"));
    }
    if (*type_ != "dir" || !IsAppName(*name_)) return true;
    if (names_.size() == kMaxAppListNames) {
      return Fail("more than " + std::to_string(kMaxAppListNames) + " names");
    }
    names_.push_back(*std::move(name_));
    return true;
  }

  bool start_array(size_t) override {
    if (depth_ == 1) return Fail("entry " + std::to_string(entries_ + 1) + " is not an object");
    return Enter();
  }
  bool end_array() override {
    --depth_;
    return true;
  }

  bool parse_error(size_t position, const std::string&, const Json::exception&) override {
    return Fail("not JSON from byte " + std::to_string(position) + " on");
  }

  const std::string& error() const { return error_; }
  std::vector<std::string> TakeNames() { return std::move(names_); }

 private:
  bool Fail(std::string why) {
    if (error_.empty()) error_ = std::move(why);
    return false;
  }

  bool Enter() {
    if (depth_ == kMaxAppListJsonDepth) {
      return Fail("nested deeper than " + std::to_string(kMaxAppListJsonDepth) + " levels");
    }
    ++depth_;
    return true;
  }

  // `text` is null for anything but a string.
  bool Scalar(std::string* text) {
    if (depth_ == 0) return Fail("the answer is a single value, want an array");
    if (depth_ == 1) return Fail("entry " + std::to_string(entries_ + 1) + " is not an object");
    if (depth_ == 2 && field_ != nullptr) {
      field_->reset();
      if (text != nullptr) *field_ = std::move(*text);
    }
    return true;
  }

  size_t depth_ = 0;
  size_t entries_ = 0;  // read to their end
  std::optional<std::string> name_;
  std::optional<std::string> type_;
  std::optional<std::string>* field_ = nullptr;  // where the value of the last key goes
  std::vector<std::string> names_;
  std::string error_;
};

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

bool IsAppName(std::string_view name) {
  if (name.empty() || name.size() > 63 || !IsLowerOrDigit(name[0])) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return IsLowerOrDigit(c) || c == '.' || c == '_' || c == '-'; });
}

Result<std::vector<std::string>> ParseAppListJson(std::string_view json) {
  if (json.size() > kMaxAppListJsonBytes) {
    return Status::InvalidArgument("parse app list: " + std::to_string(json.size()) +
                                   " bytes, at most " + std::to_string(kMaxAppListJsonBytes));
  }
  EntryReader reader;
  if (!Json::sax_parse(json.begin(), json.end(), &reader)) {
    return Status::InvalidArgument("parse app list: " + reader.error());
  }
  std::vector<std::string> names = reader.TakeNames();
  if (names.empty()) return Status::InvalidArgument("parse app list: no entry of type dir");
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace rollcall
