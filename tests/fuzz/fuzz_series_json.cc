// Any bytes as series in JSON lines. What must hold whatever they are:
//  - there is an answer, and it depends on the bytes alone, not on where the pieces end;
//  - a line is told of once at most, and in order;
//  - a series has as many values as timestamps, and its texts are UTF-8 without NUL.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "parse/series_json_reader.h"
#include "parse/utf8.h"

namespace rollcall {
namespace {

using Event = SeriesJsonReader::Event;

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz_series_json: does not hold: %s\n", what);
  std::abort();
}

// What was read, as text.
class Reading {
 public:
  void Feed(std::string_view piece) {
    while (!piece.empty()) Take(reader_.Next(piece));
  }
  std::string Finish() {
    for (Event event = Event::kSeries; event != Event::kMore;) {
      event = reader_.Finish();
      Take(event);
    }
    return text_ + std::to_string(reader_.lines());
  }

 private:
  void Take(Event event) {
    if (event == Event::kMore) return;
    Require(reader_.line() > line_, "a line is told of once, in order");
    line_ = reader_.line();
    text_ += std::to_string(line_) + (event == Event::kError ? reader_.reason() : "") + "\n";
    if (event == Event::kError) return;
    Require(reader_.values().size() == reader_.timestamps_ms().size(), "values have times");
    Require(!reader_.labels().empty(), "a metric has a label");
    for (const auto& [name, value] : reader_.labels()) {
      for (const std::string& one : {name, value}) {
        Require(IsUtf8(one) && one.find('\0') == std::string::npos, "texts are UTF-8");
        text_ += one;
      }
    }
    for (const double value : reader_.values()) {
      text_ += std::isnan(value) ? "nan" : std::to_string(value);
    }
    for (const int64_t time : reader_.timestamps_ms()) {
      Require(time >= 0, "no time is negative");
      text_ += std::to_string(time);
    }
  }

  SeriesJsonReader reader_;
  uint64_t line_ = 0;
  std::string text_;
};

}  // namespace
}  // namespace rollcall

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rollcall;  // NOLINT: the whole of the function is about it
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Reading whole;
  whole.Feed(bytes);
  Reading in_bytes;
  for (const char byte : bytes) in_bytes.Feed(std::string(1, byte));
  Require(whole.Finish() == in_bytes.Finish(), "pieces do not matter");
  return 0;
}
