#include "http/server/response_writer.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "base/text.h"
#include "http/server/text.h"

namespace rollcall::http {
namespace {

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

bool IsFrontsOwn(std::string_view name) {
  return EqualsIgnoringCase(name, "content-length") ||
         EqualsIgnoringCase(name, "transfer-encoding") || EqualsIgnoringCase(name, "connection") ||
         EqualsIgnoringCase(name, "date");
}

bool IsWritable(const HttpHeader& header) {
  if (!IsToken(header.name) || IsFrontsOwn(header.name)) {
    return false;
  }
  for (char c : header.value) {
    if (!IsValueByte(c)) {
      return false;
    }
  }
  return true;
}

}  // namespace

void ResponseWriter::WriteHead(const HttpResponse& response, ConnectionNotice notice,
                               std::string& out, BodyEnd end) {
  const int status = response.status >= 200 && response.status <= 599 ? response.status : 500;
  out.append("HTTP/1.1 ");
  AppendDecimal(static_cast<size_t>(status), out);
  out.push_back(' ');
  out.append(ReasonPhrase(status));
  out.append("\r\n");
  for (const HttpHeader& header : response.headers) {
    if (IsWritable(header)) {
      out.append(header.name).append(": ").append(header.value).append("\r\n");
    }
  }
  if (StatusHasBody(status) && end == BodyEnd::kLength) {
    out.append("Content-Length: ");
    AppendDecimal(response.body.size(), out);
    out.append("\r\n");
  } else if (StatusHasBody(status) && end == BodyEnd::kChunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  }
  WriteDate(out);
  if (notice == ConnectionNotice::kClose) {
    out.append("Connection: close\r\n");
  } else if (notice == ConnectionNotice::kKeepAlive) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
}

// Not strftime: its names of days and months follow the locale.
void ResponseWriter::WriteDate(std::string& out) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (now != date_at_) {
    static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 64> line;
    std::snprintf(line.data(), line.size(), "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                  kDays[static_cast<size_t>(utc.tm_wday)], utc.tm_mday,
                  kMonths[static_cast<size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                  utc.tm_min, utc.tm_sec);
    date_ = line.data();
    date_at_ = now;
  }
  out.append(date_);
}

}  // namespace rollcall::http
