#include "parse/host_samples_json.h"

#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "parse/json_reader.h"
#include "parse/json_walk.h"
#include "parse/number.h"

namespace rollcall {
namespace {

using Event = JsonReader::Event;

constexpr double kMostBackends = UINT32_MAX;
constexpr double kAnyNumber = HUGE_VAL;

// What a member of a sample may be; the order is that of Sample's numbers.
enum SampleMember : size_t { kTs, kRequests, kP99, kErrors, kBackends, kMembers };
constexpr std::array<std::string_view, kMembers> kMemberNames{"ts", "requests_sec", "p99_ms",
                                                              "error_rate", "active_backends"};

struct Limits {
  double least;
  double most;
  bool whole;
};

std::string TextOf(double v) {
  char text[32];
  std::snprintf(text, sizeof text, "%.15g", v);
  return text;
}

std::string Explain(const Limits& limits) {
  return std::string("is not ") + (limits.whole ? "a whole number " : "") +
         (limits.most == kAnyNumber
              ? "a number from 0 on"
              : "from " + TextOf(limits.least) + " to " + TextOf(limits.most));
}

class SamplesParser {
 public:
  explicit SamplesParser(const HostSamplesBounds& bounds)
      : most_samples_(bounds.samples),
        limits_{{{Seconds(bounds.earliest), Seconds(bounds.latest), true},
                 {0, kAnyNumber, false},
                 {0, kAnyNumber, false},
                 {0, 100, false},
                 {0, kMostBackends, true}}} {}

  Result<std::vector<HostSamples>> Run(std::string_view body) {
    reader_.Begin(body);
    const Event first = reader_.Next();
    if (first == Event::kError) return reader_.status();
    if (first == Event::kBeginArray) {
      ROLLCALL_RETURN_IF_ERROR(ForEachItem(reader_, [this](Event item) {
        const std::string place = "[" + std::to_string(hosts_.size()) + "]";
        if (hosts_.size() == most_samples_) {
          return Status::InvalidArgument(place + ": at most " + std::to_string(most_samples_) +
                                         " hosts are allowed");
        }
        if (item != Event::kBeginObject) {
          return Status::InvalidArgument(place + " is not an object");
        }
        return TakeObject().WithContext(place);
      }));
    } else if (first == Event::kBeginObject) {
      ROLLCALL_RETURN_IF_ERROR(TakeObject());
    } else {
      return Status::InvalidArgument("the body is neither an object nor an array");
    }
    if (reader_.Next() == Event::kError) return reader_.status();
    return std::move(hosts_);
  }

 private:
  static double Seconds(UnixSeconds time) {
    return static_cast<double>(time.time_since_epoch().count());
  }

  Status TakeObject() {
    host_.reset();
    has_samples_ = false;
    samples_.clear();
    ROLLCALL_RETURN_IF_ERROR(ForEachMember(
        reader_, [this](const std::string& name, Event event) { return Take(name, event); }));
    if (!host_) return Status::InvalidArgument("host is missing");
    if (!has_samples_) return Status::InvalidArgument("samples is missing");
    count_ += samples_.size();
    hosts_.push_back({std::move(*host_), std::move(samples_)});
    return Status::Ok();
  }

  Status Take(const std::string& name, Event event) {
    if (name == "host") return TakeHost(event);
    if (name != "samples") return SkipJson(reader_, event);
    if (has_samples_) return Status::InvalidArgument("samples is there twice");
    if (event != Event::kBeginArray) return Status::InvalidArgument("samples is not an array");
    has_samples_ = true;
    return ForEachItem(reader_, [this](Event item) { return TakeSample(item); });
  }

  Status TakeHost(Event event) {
    if (host_) return Status::InvalidArgument("host is there twice");
    if (event != Event::kText) return Status::InvalidArgument("host is not a text");
    Result<HostName> host = HostName::Parse(TextOfToken(reader_));
    if (!host.ok()) return Status::InvalidArgument("host " + host.status().message());
    host_ = std::move(*host);
    return Status::Ok();
  }

  Status TakeSample(Event event) {
    const std::string place = "samples[" + std::to_string(samples_.size()) + "]";
    if (count_ + samples_.size() == most_samples_) {
      return Status::InvalidArgument(place + ": at most " + std::to_string(most_samples_) +
                                     " samples are allowed");
    }
    if (event != Event::kBeginObject) return Status::InvalidArgument(place + ": is not an object");
    std::array<std::optional<double>, kMembers> numbers;
    ROLLCALL_RETURN_IF_ERROR(ForEachMember(reader_, [&](const std::string& name, Event value) {
                               return TakeNumber(name, value, numbers);
                             }).WithContext(place));
    for (size_t i = 0; i < kMembers; ++i) {
      if (!numbers[i]) {
        return Status::InvalidArgument(place + ": " + std::string(kMemberNames[i]) + " is missing");
      }
    }
    samples_.push_back({UnixSeconds(std::chrono::seconds(static_cast<int64_t>(*numbers[kTs]))),
                        *numbers[kRequests], *numbers[kP99], *numbers[kErrors],
                        static_cast<uint32_t>(*numbers[kBackends])});
    return Status::Ok();
  }

  Status TakeNumber(const std::string& name, Event event,
                    std::array<std::optional<double>, kMembers>& numbers) {
    size_t member = 0;
    while (member < kMembers && kMemberNames[member] != name) ++member;
    if (member == kMembers) return SkipJson(reader_, event);
    if (numbers[member]) return Status::InvalidArgument(name + " is there twice");
    if (event != Event::kNumber) return Status::InvalidArgument(name + " is not a number");
    double v = 0;
    const Limits& limits = limits_[member];
    const bool good = ParseValue(reader_.token(), v) == NumberError::kNone && v >= limits.least &&
                      v <= limits.most && (!limits.whole || v == std::floor(v));
    if (!good) {
      return Status::InvalidArgument(name + " " + std::string(reader_.token().substr(0, 40)) + " " +
                                     Explain(limits));
    }
    numbers[member] = std::abs(v);  // -0 is 0
    return Status::Ok();
  }

  const size_t most_samples_;
  const std::array<Limits, kMembers> limits_;
  JsonReader reader_;
  std::vector<HostSamples> hosts_;
  size_t count_ = 0;  // of their samples
  // Of the object at hand:
  std::optional<HostName> host_;
  bool has_samples_ = false;
  std::vector<HostSample> samples_;
};

}  // namespace

Result<std::vector<HostSamples>> ParseHostSamplesJson(std::string_view body,
                                                      const HostSamplesBounds& bounds) {
  return SamplesParser(bounds).Run(body);
}

}  // namespace rollcall
