#include "parse/instant_vector_json.h"

#include <cmath>
#include <optional>

#include "base/text.h"
#include "parse/bounded_json.h"
#include "parse/number.h"

namespace rollcall {
namespace {

using Json = nlohmann::json;

// {"metric":{"kind":"Tenant"},"value":[1774994399,"84"]}
std::optional<InstantSample> SampleOf(const Json& element, const std::string& label) {
  const Json* const metric = Member(element, "metric");
  const Json* const value = Member(element, "value");
  if (metric == nullptr || !metric->is_object() || value == nullptr || !value->is_array() ||
      value->size() != 2) {
    return std::nullopt;
  }
  InstantSample sample;
  if (const Json* const name = Member(*metric, label.c_str()); name != nullptr) {
    if (!name->is_string()) return std::nullopt;
    sample.label_value = name->get_ref<const std::string&>();
  }
  const auto* const number = (*value)[1].get_ptr<const std::string*>();
  if (number == nullptr || ParseValue(*number, sample.value) != NumberError::kNone ||
      std::isnan(sample.value)) {
    return std::nullopt;
  }
  return sample;
}

Status Refuse(const std::string& why) {
  return Status::InvalidArgument("parse instant vector: " + why);
}

}  // namespace

Result<std::vector<InstantSample>> ParseInstantVectorJson(std::string_view json,
                                                          std::string_view label) {
  const auto answer =
      ParseBoundedJson(json, kMaxInstantVectorJsonBytes, kMaxInstantVectorJsonDepth);
  if (!answer.ok()) return Refuse(answer.status().message());
  const std::string* const status = TextMember(*answer, "status");
  if (status == nullptr) return Refuse("no status");
  if (*status != "success") {
    const std::string* const error = TextMember(*answer, "error");
    return Refuse("status " + QuoteForMessage(*status) +
                  (error == nullptr ? "" : ": " + QuoteForMessage(*error)));
  }
  if (const Json* const partial = Member(*answer, "isPartial");
      partial != nullptr && *partial != false) {
    return Refuse("the answer is partial");
  }
  const Json* const data = Member(*answer, "data");
  const std::string* const type = data == nullptr ? nullptr : TextMember(*data, "resultType");
  const Json* const result = data == nullptr ? nullptr : Member(*data, "result");
  if (type == nullptr || *type != "vector" || result == nullptr || !result->is_array()) {
    return Refuse("no vector in it");
  }
  std::vector<InstantSample> samples;
  samples.reserve(result->size());
  const std::string label_text(label);
  for (const Json& element : *result) {
    auto sample = SampleOf(element, label_text);
    if (!sample) return Refuse("sample " + std::to_string(samples.size() + 1) + " is not one");
    samples.push_back(*std::move(sample));
  }
  return samples;
}

}  // namespace rollcall
