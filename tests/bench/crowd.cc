#include "tests/bench/crowd.h"

#include <chrono>
#include <memory>
#include <utility>

namespace rollcall::bench {
namespace {

constexpr unsigned kTurnsPerSecond = 20;

// The server has ended it: a byte would be refused, or its end is there to be read.
bool IsEnded(const test::RawClient& client) {
  char byte = 0;
  const ssize_t n = recv(client.fd(), &byte, 1, MSG_DONTWAIT | MSG_PEEK);
  return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

}  // namespace

std::string Crowd::RequestToDrip() {
  return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
         "X-Cluster-ID: dripping\r\nContent-Length: 1000\r\n\r\n";
}

Crowd::Crowd(int port, size_t idle, size_t dripping, std::string drip, bool insists)
    : port_(port), dripping_(dripping), drip_(std::move(drip)), insists_(insists) {
  members_.reserve(idle + dripping);
  for (size_t i = 0; i < idle + dripping; ++i) {
    members_.push_back({test::RawClient(port), 0, i < dripping});
    if (members_.back().client.connected()) ++open_;
  }
  thread_ = std::thread([this] { Run(); });
}

Crowd::~Crowd() {
  stop_ = true;
  thread_.join();
}

void Crowd::Turn(Member& member) {
  const char byte = drip_[member.sent % drip_.size()];
  const bool connected = member.client.connected();
  if (connected && !IsEnded(member.client) && member.client.Send({&byte, 1})) {
    ++member.sent;
    return;
  }
  Reopen(member);
}

void Crowd::Reopen(Member& member) {
  if (member.client.connected()) --open_;
  ++reopened_;
  std::destroy_at(&member.client);
  std::construct_at(&member.client, port_);
  member.sent = 0;
  if (member.client.connected()) ++open_;
}

void Crowd::Run() {
  auto due = std::chrono::steady_clock::now();
  for (size_t turn = 0; !stop_; ++turn) {
    for (size_t i = turn % kTurnsPerSecond; i < dripping_; i += kTurnsPerSecond) Turn(members_[i]);
    for (size_t i = dripping_ + turn % kTurnsPerSecond; insists_ && i < members_.size();
         i += kTurnsPerSecond) {
      if (IsEnded(members_[i].client)) Reopen(members_[i]);
    }
    due += std::chrono::milliseconds(1'000 / kTurnsPerSecond);
    std::this_thread::sleep_until(due);
  }
}

}  // namespace rollcall::bench
