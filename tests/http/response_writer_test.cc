#include "http/server/response_writer.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace rollcall::http {
namespace {

std::string Write(const HttpResponse& response, ConnectionNotice notice = ConnectionNotice::kNone) {
  ResponseWriter writer;
  std::string head;
  writer.WriteHead(response, notice, head);
  return std::regex_replace(head, std::regex("Date: [^\r]*"), "Date: *");
}

TEST(HttpResponseWriterTest, WritesStatusHeadersAndLength) {
  EXPECT_EQ(Write(HttpResponse::Text(400, "no")),
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 3\r\nDate: *\r\n\r\n");
  EXPECT_EQ(Write({}), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: *\r\n\r\n");
  EXPECT_EQ(Write({.status = 204, .headers = {}, .body = "x"}, ConnectionNotice::kClose),
            "HTTP/1.1 204 No Content\r\nDate: *\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(
      Write({.status = 304, .headers = {{"ETag", "\"a\""}}, .body = ""},
            ConnectionNotice::kKeepAlive),
      "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nDate: *\r\nConnection: keep-alive\r\n\r\n");
}

TEST(HttpResponseWriterTest, LetsNoHeaderBreakTheHead) {
  HttpResponse response;
  response.headers = {{"A", "b\r\nEvil: yes"},
                      {"B", "c\nd"},
                      {"C", std::string("d\0e", 3)},
                      {"D\r\nEvil", "yes"},
                      {"E F", "g"},
                      {"", "h"},
                      {"Content-Length", "99"},
                      {"connection", "x"},
                      {"Transfer-Encoding", "chunked"},
                      {"DATE", "now"},
                      {"Ok", "fine\t\xc3\xa4"}};
  EXPECT_EQ(Write(response),
            "HTTP/1.1 200 OK\r\nOk: fine\t\xc3\xa4\r\nContent-Length: 0\r\nDate: *\r\n\r\n");
}

TEST(HttpResponseWriterTest, MakesAStatusThatIsNoneA500) {
  for (const int status : {-1, 0, 100, 199, 600, 99999}) {
    EXPECT_TRUE(Write({.status = status, .headers = {}, .body = ""})
                    .starts_with("HTTP/1.1 500 Internal Server Error\r\n"))
        << status;
  }
}

TEST(HttpResponseWriterTest, DatesAsHttpWantsIt) {
  ResponseWriter writer;
  std::string head;
  writer.WriteHead({}, ConnectionNotice::kNone, head);
  EXPECT_TRUE(std::regex_search(
      head, std::regex("\r\nDate: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] "
                       "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) 20[0-9]{2} "
                       "[0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT\r\n")))
      << head;
}

}  // namespace
}  // namespace rollcall::http
