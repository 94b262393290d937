// An HTTP client with the verbs of tests against a whole server: Post a report, Get a page. It
// keeps its connection open, as senders do, and makes a new one where the server closed it. Owned
// by the test. Thread-compatible.
#pragma once

#include <optional>
#include <string>

#include "tests/support/raw_http.h"

namespace rollcall::test {

class HttpClient {
 public:
  using Reply = test::RawReply;

  // `patience`: in seconds, for bytes of an answer.
  explicit HttpClient(int port, int patience = RawClient::kPatienceSeconds)
      : port_(port), patience_(patience) {}

  // Posts a report of source `id`. `headers` are complete lines, each ended by CRLF. The reply's
  // status is 0 where there was no answer.
  Reply Post(const std::string& id, const std::string& body, const std::string& headers = "",
             const std::string& target = "/") {
    return PostBare(body, "X-Cluster-ID: " + id + "\r\n" + headers, target);
  }
  // The same without X-Cluster-ID.
  Reply PostBare(const std::string& body, const std::string& headers = "",
                 const std::string& target = "/") {
    return Ask("POST", target, headers, &body);
  }
  Reply Get(const std::string& target, const std::string& headers = "") {
    return Ask("GET", target, headers, nullptr);
  }
  // Sends any request. `body` null: one without a body.
  Reply Ask(const std::string& method, const std::string& target, const std::string& headers = "",
            const std::string* body = nullptr) {
    std::string request = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
    if (body != nullptr) request += "Content-Length: " + std::to_string(body->size()) + "\r\n";
    request += "\r\n";
    if (!connection_ || !connection_->connected()) {
      connection_.emplace(port_);
      connection_->SetPatience(patience_);
    }
    // A failed send is no error: the server may answer before it has read all of the body.
    connection_->Send(request);
    if (body != nullptr) connection_->Send(*body);
    const std::optional<Reply> reply = connection_->Read(method == "HEAD");
    if (!reply || reply->Header("connection") == "close") connection_.reset();
    return reply.value_or(Reply());
  }

  // Returns the value of a line of /metrics, named as it is there with its labels; -1 where there
  // is none.
  double Metric(const std::string& name_and_labels) {
    const std::string text = "\n" + Get("/metrics").body;
    const size_t at = text.find("\n" + name_and_labels + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name_and_labels.size() + 2));
  }

 private:
  const int port_;
  const int patience_;
  std::optional<test::RawClient> connection_;
};

}  // namespace rollcall::test
