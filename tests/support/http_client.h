// A client with the verbs of tests that speak to a whole server: Post a report, Get a page. It
// keeps its connection open, as senders do, and makes a new one where the server closed it.
// Thread-compatible.
#pragma once

#include <optional>
#include <string>

#include "tests/support/raw_http.h"

namespace rollcall::test {

class HttpClient {
 public:
  using Reply = test::RawReply;

  explicit HttpClient(int port) : port_(port) {}

  // `headers` are whole lines, each ended by CRLF. Of what was not answered the status is 0.
  Reply Post(const std::string& id, const std::string& body, const std::string& headers = "",
             const std::string& target = "/") {
    return PostBare(body, "X-Cluster-ID: " + id + "\r\n" + headers, target);
  }
  // Without an id.
  Reply PostBare(const std::string& body, const std::string& headers = "",
                 const std::string& target = "/") {
    return Ask("POST", target, headers, &body);
  }
  Reply Get(const std::string& target, const std::string& headers = "") {
    return Ask("GET", target, headers, nullptr);
  }
  // `body` null: a request without one.
  Reply Ask(const std::string& method, const std::string& target, const std::string& headers = "",
            const std::string* body = nullptr) {
    std::string request = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
    if (body != nullptr) request += "Content-Length: " + std::to_string(body->size()) + "\r\n";
    request += "\r\n";
    if (!connection_ || !connection_->connected()) connection_.emplace(port_);
    // The server may answer and stop reading before it has all of the body: the answer is there.
    connection_->Send(request);
    if (body != nullptr) connection_->Send(*body);
    const std::optional<Reply> reply = connection_->Read(method == "HEAD");
    if (!reply || reply->Header("connection") == "close") connection_.reset();
    return reply.value_or(Reply());
  }

  // The value of a line of /metrics, by its name and labels as they stand there; -1: no such line.
  double Metric(const std::string& name_and_labels) {
    const std::string text = "\n" + Get("/metrics").body;
    const size_t at = text.find("\n" + name_and_labels + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name_and_labels.size() + 2));
  }

 private:
  const int port_;
  std::optional<test::RawClient> connection_;
};

}  // namespace rollcall::test
