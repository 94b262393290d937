#include "api/chart_svg.h"

#include <algorithm>
#include <cmath>

namespace rollcall::api {
namespace {

constexpr double kWidth = 720;
constexpr double kHeight = 300;
constexpr double kTop = 40;
constexpr double kBottom = 264;
constexpr double kRight = 704;
constexpr double kChartFontPixels = 12;
constexpr double kMostTicks = 5;
constexpr double kBarShare = 0.7;  // of the room that a bar has

constexpr const char* kFont =
    "svg{font:12px Verdana,DejaVu Sans,Geneva,sans-serif}.h{font-size:15px;font-weight:bold}";
constexpr const char* kLight =
    ".b{fill:#fff}.t{fill:#1f2328}.g{stroke:#d1d9e0}.v{fill:#0b6bcb}.o{fill:#7fb2e5}";
constexpr const char* kDark =
    ".b{fill:#0d1117}.t{fill:#e6edf3}.g{stroke:#30363d}.v{fill:#4c9bea}.o{fill:#2d5f94}";

std::string Style(Theme theme) {
  std::string style = std::string("<style>") + kFont;
  style += theme == Theme::kDark ? kDark : kLight;
  if (theme == Theme::kOfReader) {
    style += std::string("@media(prefers-color-scheme:dark){") + kDark + "}";
  }
  return style + "</style>";
}

// 1, 2 or 5 times a power of ten, so that few of them reach the largest value; at least 1.
double TickFor(double largest) {
  double tick = 1;
  for (const double factor : {2.0, 2.5, 2.0}) {
    if (largest / tick <= kMostTicks) return tick;
    tick *= factor;
  }
  return 10 * TickFor(largest / 10);
}

std::string Attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + Pixels(value) + "\"";
}

std::string Text(double x, double y, const char* anchor, const std::string& text) {
  return "<text class=\"t\"" + Attribute("x", x) + Attribute("y", y) + " text-anchor=\"" + anchor +
         "\">" + EscapeXml(text) + "</text>";
}

std::string Said(const ChartBar& bar) {
  return bar.label + ": " + (bar.value ? GroupDigits(*bar.value) : "not known") +
         (bar.final ? "" : " so far");
}

class Chart {
 public:
  explicit Chart(const std::vector<ChartBar>& bars) : bars_(bars) {
    double largest = 1;
    for (const ChartBar& bar : bars) {
      largest = std::max(largest, static_cast<double>(bar.value.value_or(0)));
    }
    tick_ = TickFor(largest);
    ticks_ = static_cast<int>(std::ceil(largest / tick_));
    const std::string widest = TickLabel(ticks_);
    left_ = 16 + TextWidth(widest, kChartFontPixels) + 8;
  }

  std::string Axis() const {
    std::string out;
    for (int i = 0; i <= ticks_; ++i) {
      const double y = HeightOf(i * tick_);
      out += "<line class=\"g\"" + Attribute("x1", left_) + Attribute("x2", kRight) +
             Attribute("y1", y) + Attribute("y2", y) + "/>";
      out += Text(left_ - 8, y + 4, "end", TickLabel(i));
    }
    return out;
  }

  std::string Bars() const {
    std::string out;
    const double room = (kRight - left_) / static_cast<double>(std::max<size_t>(bars_.size(), 1));
    double widest = 0;
    for (const ChartBar& bar : bars_) {
      widest = std::max(widest, TextWidth(bar.label, kChartFontPixels) + 8);
    }
    // So many bars share a label that these do not touch; the last has one.
    const size_t every = std::max<size_t>(1, static_cast<size_t>(std::ceil(widest / room)));
    for (size_t i = 0; i < bars_.size(); ++i) {
      const double x = left_ + room * static_cast<double>(i);
      const ChartBar& bar = bars_[i];
      if (bar.value) {
        const double y = HeightOf(static_cast<double>(std::max<int64_t>(*bar.value, 0)));
        out += std::string("<rect class=\"") + (bar.final ? "v" : "o") + "\"" +
               Attribute("x", x + room * (1 - kBarShare) / 2) + Attribute("y", y) +
               Attribute("width", room * kBarShare) + Attribute("height", kBottom - y) +
               "><title>" + EscapeXml(Said(bar)) + "</title></rect>";
      }
      if ((bars_.size() - 1 - i) % every == 0) {
        out += Text(x + room / 2, kBottom + 20, "middle", bar.label);
      }
    }
    return out;
  }

 private:
  double HeightOf(double value) const {
    return kBottom - (kBottom - kTop) * value / (tick_ * ticks_);
  }
  std::string TickLabel(int tick) const {
    // Beyond it a double holds no more than a 64-bit number does.
    constexpr double kMost = 9.2e18;
    return ShortNumber(static_cast<int64_t>(std::min(tick * tick_, kMost)));
  }

  const std::vector<ChartBar>& bars_;
  double tick_ = 1;
  int ticks_ = 1;
  double left_ = 0;
};

}  // namespace

std::string ChartSvg(const std::string& title, const std::vector<ChartBar>& bars, Theme theme) {
  std::string description;
  for (const ChartBar& bar : bars) description += (description.empty() ? "" : "; ") + Said(bar);
  const Chart chart(bars);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\"" + Attribute("width", kWidth) +
         Attribute("height", kHeight) + " viewBox=\"0 0 " + Pixels(kWidth) + " " + Pixels(kHeight) +
         "\" role=\"img\" aria-labelledby=\"t d\"><title id=\"t\">" + EscapeXml(title) +
         "</title><desc id=\"d\">" + EscapeXml(description) + "</desc>" + Style(theme) +
         "<rect class=\"b\" width=\"100%\" height=\"100%\"/>" +
         "<text class=\"t h\" x=\"16\" y=\"24\">" + EscapeXml(title) + "</text>" + chart.Axis() +
         chart.Bars() + "</svg>\n";
}

}  // namespace rollcall::api
