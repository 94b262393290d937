#include "tests/bench/requests.h"

#include <algorithm>
#include <fstream>

#include "demo/random.h"
#include "tests/bench/cluster_body.h"

namespace rollcall::bench {
namespace {

// The digits that a changing value ends with.
constexpr size_t kValueDigits = 4;

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

// The head and body with which a report goes to a product.
std::string RequestOf(const RequestsOptions& options, const std::string& source,
                      const std::string& body) {
  const bool is_ours = options.product == Product::kRollcall;
  std::string request =
      "POST " + (is_ours ? options.path : "/api/v1/import/prometheus") + " HTTP/1.1\r\n";
  request += "Host: localhost\r\nContent-Type: text/plain\r\n" +
             (is_ours ? options.id_header : "X-Cluster-ID") + ": " + source + "\r\n";
  if (options.close) request += "Connection: close\r\n";
  return request + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
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

std::vector<StreamReport> ClusterReports(size_t sources) {
  constexpr uint32_t kSpan = 180 * Timeline::kDay;
  const Timeline timeline{.span = kSpan, .new_era = kSpan / 20 * 9};
  ClusterBody body;
  std::string text;
  std::vector<StreamReport> reports;
  for (uint64_t seed = 1; reports.size() < 2 * sources; ++seed) {
    Cluster cluster(demo::SeedOf(2, seed), timeline);
    if (cluster.leaves() <= kSpan || cluster.two_senders_from() > kSpan) continue;
    cluster.AdvanceTo(kSpan, timeline);
    std::string source;
    demo::AppendDemoUuid(cluster.seed(), source);
    for (const Sender sender : {Sender::kOperator, Sender::kController}) {
      body.Write(cluster, sender, seed, text);
      reports.push_back({source, LinesOf(text)});
    }
  }
  return reports;
}

std::string WithSourceLabel(const std::string& line, const std::string& source) {
  const std::string label = "cluster_id=\"" + source + "\"";
  const size_t brace = line.find('{');
  if (brace != std::string::npos)
    return line.substr(0, brace + 1) + label + "," + line.substr(brace + 1);
  const size_t blank = line.find(' ');
  return line.substr(0, blank) + "{" + label + "}" + line.substr(blank);
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
      std::string request = RequestOf(options, report.source, filled);
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
