#include "fleets/json_mapper.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "parse/json_text.h"
#include "parse/number.h"
#include "parse/report_builder.h"
#include "parse/report_parser.h"

namespace rollcall::fleets {
namespace {

using Kind = JsonScalar::Kind;

const char* NameOf(Kind kind) {
  switch (kind) {
    case Kind::kText:
      return "text";
    case Kind::kNumber:
      return "a number";
    case Kind::kTrue:
    case Kind::kFalse:
      return "a boolean";
    case Kind::kObject:
      return "an object";
    case Kind::kArray:
      return "an array";
    default:
      return "null";
  }
}

std::string_view TakeText(std::string_view text, bool has_escapes, std::string& scratch) {
  if (!has_escapes) return text;
  UnescapeJson(text, scratch);
  return scratch;
}

Result<SourceId> ReadId(const JsonScalar& scalar, const std::string& pointer) {
  if (scalar.kind == Kind::kNone) return Status::InvalidArgument("there is no " + pointer);
  const std::string at = "byte " + std::to_string(scalar.byte) + ": " + pointer;
  if (scalar.kind != Kind::kText) {
    return Status::InvalidArgument(at + " is " + NameOf(scalar.kind) + ", text is wanted");
  }
  std::string scratch;
  Result<SourceId> id = SourceId::Parse(TakeText(scalar.text, scalar.has_escapes, scratch));
  return id.ok() ? id : id.status().WithContext(at);
}

// Makes the series of a captured body.
class SeriesMaker {
 public:
  SeriesMaker(const JsonCapture& capture, const JsonPlan& plan, const ReportBounds& bounds,
              ReportBuilder& builder)
      : capture_(capture), plan_(plan), bounds_(bounds), builder_(builder) {}

  // False: the report exceeds a bound; the builder says which.
  bool Make(const JsonPlan::Rule& rule) {
    texts_.resize(std::max(texts_.size(), rule.labels.size()));
    for (const JsonItem& item : capture_.items(rule.scope)) {
      double value = 1;
      if (rule.value && !ReadValue(ScalarAt(rule, item, *rule.value), value)) continue;
      if (!ReadLabels(rule, item)) continue;
      if (!builder_.Add(rule.metric, labels_, value)) return false;
    }
    return true;
  }

 private:
  const JsonItem& ItemAt(const JsonPlan::Rule& rule, const JsonItem& item, uint32_t up) const {
    const JsonItem* at = &item;
    uint32_t scope = rule.scope;
    for (; up > 0; --up) {
      scope = plan_.scopes[scope].parent;
      at = &capture_.items(scope)[at->parent];
    }
    return *at;
  }

  const JsonScalar& ScalarAt(const JsonPlan::Rule& rule, const JsonItem& item,
                             const JsonPlan::Place& place) const {
    return capture_.slot(ItemAt(rule, item, place.up), place.slot);
  }

  static bool ReadValue(const JsonScalar& scalar, double& value) {
    if (scalar.kind == Kind::kTrue || scalar.kind == Kind::kFalse) {
      value = scalar.kind == Kind::kTrue ? 1 : 0;
      return true;
    }
    return scalar.kind == Kind::kNumber && ParseValue(scalar.text, value) == NumberError::kNone;
  }

  bool ReadLabels(const JsonPlan::Rule& rule, const JsonItem& item) {
    labels_.clear();
    for (size_t i = 0; i < rule.labels.size(); ++i) {
      const JsonPlan::LabelPlan& label = rule.labels[i];
      if (!ReadLabel(rule, item, label, texts_[i])) return false;
      labels_.push_back({label.name, texts_[i]});
    }
    return true;
  }

  bool ReadLabel(const JsonPlan::Rule& rule, const JsonItem& item, const JsonPlan::LabelPlan& label,
                 std::string& text) {
    if (label.place.kind == JsonReference::Kind::kKey) {
      const JsonItem& named = ItemAt(rule, item, label.place.up);
      if (!label.ranges.empty()) return false;
      text = named.in_array ? std::to_string(named.index)
                            : TakeText(named.name, named.has_escapes, scratch_);
    } else {
      const JsonScalar& scalar = ScalarAt(rule, item, label.place);
      if (!label.ranges.empty()) return ReadRange(scalar, label.ranges, text);
      if (!ReadText(scalar, text)) return false;
    }
    if (text.find('\0') != std::string::npos) return false;
    // A text over the bound is left for the builder to refuse, and not worth a match.
    return label.match == nullptr || text.size() > bounds_.label_value_bytes || Match(label, text);
  }

  bool ReadText(const JsonScalar& scalar, std::string& text) {
    switch (scalar.kind) {
      case Kind::kText:
        text = TakeText(scalar.text, scalar.has_escapes, scratch_);
        return true;
      case Kind::kNumber:
      case Kind::kTrue:
      case Kind::kFalse:
        text = scalar.text;
        return true;
      default:
        return false;
    }
  }

  static bool ReadRange(const JsonScalar& scalar, const std::vector<NumberRange>& ranges,
                        std::string& text) {
    double number = 0;
    if (scalar.kind != Kind::kNumber || !ReadValue(scalar, number)) return false;
    for (const NumberRange& range : ranges) {
      if (number < range.from || number > range.to) continue;
      text = range.text;
      return true;
    }
    return false;
  }

  bool Match(const JsonPlan::LabelPlan& label, std::string& text) {
    std::array<re2::StringPiece, 10> groups;  // all that a replacement can name
    const int wanted = label.replace ? RE2::MaxSubmatch(*label.replace) + 1 : 0;
    if (!label.match->Match(text, 0, text.size(), RE2::ANCHOR_BOTH, groups.data(), wanted)) {
      return false;
    }
    if (!label.replace) return true;
    scratch_.clear();
    if (!label.match->Rewrite(&scratch_, *label.replace, groups.data(), wanted)) return false;
    text.swap(scratch_);
    return true;
  }

  const JsonCapture& capture_;
  const JsonPlan& plan_;
  const ReportBounds& bounds_;
  ReportBuilder& builder_;
  std::vector<Label> labels_;
  std::vector<std::string> texts_;  // of the labels
  std::string scratch_;
};

}  // namespace

Result<JsonMapper> JsonMapper::Make(const JsonMapping& mapping) {
  Result<JsonPlan> plan = JsonPlan::Make(mapping);
  if (!plan.ok()) return plan.status();
  return JsonMapper(*std::move(plan));
}

Status JsonMapper::Map(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
                       JsonCapture& capture, MappedReport& out, ReportBound& exceeded) const {
  out.id.reset();
  out.report.Clear();
  out.undeclared = {};
  if (body.size() > kMaxReportBytes) {
    return Status::InvalidArgument("the body has " + std::to_string(body.size()) +
                                   " bytes, at most " + std::to_string(kMaxReportBytes) +
                                   " are allowed");
  }
  const size_t most_items =
      bounds.series > SIZE_MAX / kItemsForASeries ? SIZE_MAX : bounds.series * kItemsForASeries;
  exceeded = ReportBound::kSeries;
  ROLLCALL_RETURN_IF_ERROR(capture.Read(body, plan_, hash_seed, most_items, out.undeclared));
  Result<SourceId> id = ReadId(capture.slot(capture.items(0)[0], plan_.id_slot), plan_.id_pointer);
  if (!id.ok()) return id.status();
  ReportBuilder builder(hash_seed, bounds, out.report);
  SeriesMaker maker(capture, plan_, bounds, builder);
  for (const JsonPlan::Rule& rule : plan_.rules) {
    if (maker.Make(rule)) continue;
    exceeded = builder.exceeded();
    out.report.Clear();
    return TooLarge(exceeded, bounds).WithContext(rule.metric);
  }
  // In JSON the lines of a body cannot be compared one by one.
  out.report.has_multiline_value = true;
  out.id = *std::move(id);
  return Status::Ok();
}

}  // namespace rollcall::fleets
