#include "http/access/users.h"

#include <crypt.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include "base/text.h"

namespace rollcall::http {
namespace {

constexpr std::string_view kUsers = "basic_auth_users";
constexpr size_t kHashBytes = 60;
constexpr int kLeastCost = 4;
constexpr int kMostCost = 14;  // about a second
// bcrypt reads no more of a password, and none after a zero byte.
constexpr size_t kMostPasswordBytes = 72;

// "$2b$10$" and 53 of ./A-Za-z0-9.
Status CheckHash(std::string_view hash) {
  const bool is_bcrypt =
      hash.size() == kHashBytes && hash.starts_with("$2") &&
      std::string_view("aby").find(hash[2]) != std::string_view::npos && hash[3] == '$' &&
      hash[6] == '$' && hash[4] >= '0' && hash[4] <= '9' && hash[5] >= '0' && hash[5] <= '9' &&
      std::all_of(hash.begin() + 7, hash.end(),
                  [](char c) { return IsAsciiAlphanumeric(c) || c == '.' || c == '/'; });
  if (!is_bcrypt) {
    return Status::InvalidArgument("a password's hash is not bcrypt ($2a$, $2b$ or $2y$)");
  }
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  if (cost < kLeastCost || cost > kMostCost) {
    return Status::InvalidArgument("a password's hash has cost " + std::to_string(cost) +
                                   ", allowed: " + std::to_string(kLeastCost) + " to " +
                                   std::to_string(kMostCost));
  }
  return Status::Ok();
}

// Reads the subset of YAML, of which JSON is a part.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<std::vector<User>> Read() {
    std::vector<User> users;
    SkipBlanks();
    if (!AtEnd() && Peek() == '{') {
      ++at_;
      ROLLCALL_RETURN_IF_ERROR(ReadFlow([&](const std::string& key) { return Top(key, users); }));
    } else {
      ROLLCALL_RETURN_IF_ERROR(ReadBlock(users));
    }
    SkipBlanks();
    if (!AtEnd()) return Fail("something follows the users");
    return users;
  }

 private:
  bool AtEnd() const { return at_ == text_.size(); }
  char Peek() const { return text_[at_]; }
  Status Fail(const std::string& what) const {
    const auto line = std::count(text_.begin(), text_.begin() + static_cast<ptrdiff_t>(at_), '\n');
    return Status::InvalidArgument("line " + std::to_string(line + 1) + ": " + what);
  }
  Status FailKey(const std::string& key) const {
    return Fail(QuoteWord(key) + " is not known here; allowed: " + std::string(kUsers) +
                " (TLS has flags: --private-tls-cert-file)");
  }

  // Over blanks, lines' ends and comments.
  void SkipBlanks() {
    while (!AtEnd()) {
      if (Peek() == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (Peek() == ' ' || Peek() == '\t' || Peek() == '\r' || Peek() == '\n') {
        ++at_;
      } else {
        return;
      }
    }
  }
  // The blanks before what comes next, on its line.
  size_t Indent() const {
    const size_t begin = at_ == 0 ? 0 : text_.rfind('\n', at_ - 1) + 1;
    return at_ - begin;
  }

  // A key or a value. Without quotes it ends at one of `ends`, at " #" and at the line's end.
  Result<std::string> ReadText(std::string_view ends) {
    if (!AtEnd() && (Peek() == '"' || Peek() == '\'')) {
      const size_t end = text_.find(Peek(), at_ + 1);
      const std::string_view inside =
          text_.substr(at_ + 1, end == std::string_view::npos ? 0 : end - at_ - 1);
      if (end == std::string_view::npos || inside.find_first_of("\\\n") != std::string_view::npos) {
        return Fail("a text in quotes does not end, or has a backslash");
      }
      at_ = end + 1;
      return std::string(inside);
    }
    const size_t begin = at_;
    while (!AtEnd() && Peek() != '\n' && ends.find(Peek()) == std::string_view::npos &&
           !(Peek() == '#' && at_ > begin && text_[at_ - 1] == ' ')) {
      ++at_;
    }
    std::string_view word = text_.substr(begin, at_ - begin);
    while (word.ends_with(' ') || word.ends_with('\t') || word.ends_with('\r')) {
      word.remove_suffix(1);
    }
    if (word.empty()) return Fail("a name or a hash is missing");
    if (std::string_view("&*!|>%@`[]{},?-").find(word[0]) != std::string_view::npos) {
      return Fail("this of YAML is not taken: write NAME: HASH lines");
    }
    return std::string(word);
  }

  Status ReadColon() {
    SkipBlanks();
    if (AtEnd() || Peek() != ':') return Fail("a colon is missing");
    ++at_;
    return Status::Ok();
  }

  // The rest of a flow map, whose brace has been read; `value` reads the value of a key.
  template <typename Value>
  Status ReadFlow(Value value) {
    for (bool first = true;; first = false) {
      SkipBlanks();
      if (AtEnd()) return Fail("a brace is missing");
      if (Peek() == '}') {
        ++at_;
        return Status::Ok();
      }
      if (!first) {
        if (Peek() != ',') return Fail("a comma or a brace is missing");
        ++at_;
        SkipBlanks();
      }
      const Result<std::string> key = ReadText(":,}");
      if (!key.ok()) return key.status();
      ROLLCALL_RETURN_IF_ERROR(ReadColon());
      SkipBlanks();
      ROLLCALL_RETURN_IF_ERROR(value(*key));
    }
  }

  // The value of a key of the whole file, where that is a flow map or stands on the key's line.
  Status Top(const std::string& key, std::vector<User>& users) {
    if (key != kUsers) return FailKey(key);
    if (AtEnd() || Peek() != '{') return Fail("the users are not a map");
    ++at_;
    return ReadFlow([&](const std::string& name) { return ReadUser(name, ",}", users); });
  }

  Status ReadUser(const std::string& name, std::string_view ends, std::vector<User>& users) {
    const Result<std::string> hash = ReadText(ends);
    if (!hash.ok()) return hash.status();
    if (name.empty() || name.find(':') != std::string::npos) {
      return Fail("a user's name is empty or has a colon");
    }
    if (const Status good = CheckHash(*hash); !good.ok()) {
      return Fail("user " + QuoteWord(name) + ": " + good.message());
    }
    if (std::any_of(users.begin(), users.end(),
                    [&](const User& one) { return one.name == name; })) {
      return Fail("user " + QuoteWord(name) + " stands there twice");
    }
    users.push_back({name, *hash});
    return Status::Ok();
  }

  Status ReadBlock(std::vector<User>& users) {
    for (bool first = true; !AtEnd(); first = false) {
      if (Indent() != 0) return Fail("a line is indented that is no user");
      const Result<std::string> key = ReadText(":");
      if (!key.ok()) return key.status();
      if (*key != kUsers || !first) return FailKey(*key);
      ROLLCALL_RETURN_IF_ERROR(ReadColon());
      SkipBlanks();
      if (!AtEnd() && Peek() == '{') {
        ROLLCALL_RETURN_IF_ERROR(Top(*key, users));
        SkipBlanks();
        continue;
      }
      const size_t indent = AtEnd() ? 0 : Indent();
      while (!AtEnd() && Indent() > 0) {
        if (Indent() != indent) return Fail("the users are not indented alike");
        const Result<std::string> name = ReadText(":");
        if (!name.ok()) return name.status();
        ROLLCALL_RETURN_IF_ERROR(ReadColon());
        while (!AtEnd() && (Peek() == ' ' || Peek() == '\t')) ++at_;
        ROLLCALL_RETURN_IF_ERROR(ReadUser(*name, "", users));
        SkipBlanks();
      }
    }
    return Status::Ok();
  }

  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

Result<std::vector<User>> ParseUsers(std::string_view text) { return Reader(text).Read(); }

Result<std::vector<User>> ReadUsers(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) {
    return Status::FailedPrecondition("read " + path + ": " + std::strerror(errno));
  }
  const std::string text(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) return Status::FailedPrecondition("read " + path + ": " + std::strerror(errno));
  Result<std::vector<User>> users = ParseUsers(text);
  return users.ok() ? std::move(users) : users.status().WithContext(path);
}

bool IsPasswordOf(const User& user, const std::string& password) {
  const auto data = std::make_unique<crypt_data>();
  const char* const made = crypt_r(password.c_str(), user.hash.c_str(), data.get());
  const bool is_whole =
      password.size() <= kMostPasswordBytes && password.find('\0') == std::string::npos;
  const bool equal = made != nullptr && std::strlen(made) == user.hash.size() &&
                     CRYPTO_memcmp(made, user.hash.data(), user.hash.size()) == 0;
  OPENSSL_cleanse(data.get(), sizeof(crypt_data));
  return equal && is_whole;
}

}  // namespace rollcall::http
