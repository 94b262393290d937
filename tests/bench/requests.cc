#include "tests/bench/requests.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>

#include "demo/fleet.h"
#include "demo/random.h"

namespace rollcall::bench {
namespace {

// The digits that a changing value ends with.
constexpr size_t kValueDigits = 4;

bool HasMetric(const std::string& body, const char* metric) {
  return body.find(metric) != std::string::npos;
}

std::vector<std::string> LinesOf(const std::string& body) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < body.size();) {
    const size_t end = std::min(body.find('\n', at), body.size());
    lines.push_back(body.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

bool Changes(const std::string& line, Changing changing) {
  switch (changing) {
    case Changing::kNothing:
      return false;
    case Changing::kOneLine:
      return line.starts_with("cozy_application_count{kind=\"Tenant\"}") ||
             line.starts_with("cozy_loadbalancers_count");
    case Changing::kAllCounts:
      return !line.starts_with("cozy_cluster_info") && !line.starts_with("cozy_package_info");
  }
  return false;
}

// Cuts the end of the line's value off; the values are whole numbers.
void CutValue(std::string& line) {
  const size_t digits = line.size() - line.rfind(' ') - 1;
  line.resize(line.size() - std::min(digits, kValueDigits));
}

}  // namespace

std::string StreamReport::Body() const {
  std::string body;
  for (const std::string& line : lines) body.append(line).append("\n");
  return body;
}

Result<std::vector<StreamReport>> DemoReports(size_t sources) {
  for (size_t size = sources + sources / 2 + 10;; size *= 2) {
    demo::DemoFleetOptions options;
    options.sources = static_cast<uint32_t>(size);
    options.months = 6;
    options.end = std::chrono::sys_days(std::chrono::year(2026) / 6 / 30);
    options.interval = std::chrono::days(14);
    options.keep_truth = false;
    auto fleet = demo::DemoFleet::Make(options);
    if (!fleet.ok()) return fleet.status();
    std::map<std::string, std::string> operators;
    std::map<std::string, std::string> controllers;
    demo::DemoReport report;
    while ((*fleet)->Next(report)) {
      if (HasMetric(report.body, "cozy_package_info")) operators[report.source] = report.body;
      if (HasMetric(report.body, "cozy_application_count"))
        controllers[report.source] = report.body;
    }
    std::vector<StreamReport> reports;
    for (const auto& [source, body] : operators) {
      const auto controller = controllers.find(source);
      if (controller == controllers.end() || reports.size() == 2 * sources) continue;
      reports.push_back({source, LinesOf(body)});
      reports.push_back({source, LinesOf(controller->second)});
    }
    if (reports.size() == 2 * sources) return reports;
  }
}

std::string WithSourceLabel(const std::string& line, const std::string& source) {
  const std::string label = "cluster_id=\"" + source + "\"";
  const size_t brace = line.find('{');
  if (brace != std::string::npos)
    return line.substr(0, brace + 1) + label + "," + line.substr(brace + 1);
  const size_t blank = line.find(' ');
  return line.substr(0, blank) + "{" + label + "}" + line.substr(blank);
}

std::string RequestOf(Product product, const std::string& source, const std::string& body,
                      bool close) {
  std::string request = product == Product::kRollcall
                            ? "POST / HTTP/1.1\r\n"
                            : "POST /api/v1/import/prometheus HTTP/1.1\r\n";
  request += "Host: localhost\r\nContent-Type: text/plain\r\nX-Cluster-ID: " + source + "\r\n";
  if (close) request += "Connection: close\r\n";
  return request + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Status WriteRequests(const std::vector<StreamReport>& reports, const RequestsOptions& options,
                     const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  file << reports.size() << " " << options.orders << "\n";
  demo::DemoRandom random(1);
  for (const StreamReport& report : reports) {
    std::vector<std::string> lines = report.lines;
    for (unsigned order = 0; order < options.orders; ++order) {
      for (size_t i = lines.size(); i > 1; --i) {
        std::swap(lines[i - 1], lines[random.Below(static_cast<uint32_t>(i))]);
      }
      std::string body;
      std::vector<size_t> gaps;  // where the changing value goes
      for (const std::string& line : lines) {
        std::string text =
            options.product == Product::kVictoria ? WithSourceLabel(line, report.source) : line;
        const bool changes = Changes(line, options.changing);
        if (changes) CutValue(text);
        body += text;
        if (changes) gaps.push_back(body.size());
        body += '\n';
      }
      // The head counts the digits that are yet to come.
      const std::string filled(body.size() + gaps.size() * kValueDigits, ' ');
      std::string request = RequestOf(options.product, report.source, filled, options.close);
      const size_t head = request.size() - filled.size();
      request.resize(head);
      request += body;
      file << gaps.size() + 1;
      size_t begin = 0;
      for (const size_t gap : gaps) {
        file << " " << head + gap - begin;
        begin = head + gap;
      }
      file << " " << request.size() - begin << "\n" << request;
    }
  }
  file.close();
  return file.fail() ? Status::Unavailable("write " + path) : Status::Ok();
}

}  // namespace rollcall::bench
