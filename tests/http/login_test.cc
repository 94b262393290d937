// Who may ask the private listener: tokens, users, and what becomes of those who guess.
#include "http/access/login.h"

#include <crypt.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <thread>

#include "tests/support/log_capture.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace rollcall::http {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

size_t LinesOf(const std::string& text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

// What `htpasswd -nbB` would write; a low cost makes it quick.
std::string BcryptOf(const std::string& password, const char* kind = "$2b$") {
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> salt;
  crypt_gensalt_rn(kind, 4, "0123456789abcdef", 16, salt.data(), salt.size());
  crypt_data data{};
  return crypt_r(password.c_str(), salt.data(), &data);
}

std::string Base64(const std::string& text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                  reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<int>(text.size()));
  out.pop_back();
  return out;
}

TEST(TokensTest, ATokenIsLongAndItsHashIsSha256) {
  const std::string token = MakeToken().value();
  EXPECT_THAT(token, MatchesRegex("rct_[A-Za-z0-9_-]{43}"));
  EXPECT_NE(token, MakeToken().value());
  // From `printf abc | sha256sum`.
  EXPECT_THAT(FormatTokens({{"a", kRead, std::nullopt, HashToken("abc")}}),
              HasSubstr("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}

TEST(TokensTest, WhatIsWrittenIsReadAgain) {
  const test::TempDir dir;
  const std::string path = dir.path() + "/tokens";
  const std::vector<Token> tokens = {
      {"grafana", kRead, std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000)),
       HashToken("a")},
      {"night.ly-2", kRead | kImport, std::nullopt, HashToken("b")},
      {"root", kAdmin, std::nullopt, HashToken("c")}};
  ASSERT_TRUE(WriteTokens(path, tokens).ok());
  EXPECT_THAT(FormatTokens(tokens), HasSubstr("grafana read 2027-01-15T08:00:00Z "));
  EXPECT_EQ(FormatTokens(ReadTokens(path).value()), FormatTokens(tokens));
  struct stat file {};
  ASSERT_EQ(stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0640u);
  // Its rights stay what somebody made them.
  chmod(path.c_str(), 0600);
  ASSERT_TRUE(WriteTokens(path, {}).ok());
  ASSERT_EQ(stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  EXPECT_THAT(ReadTokens(path).value(), IsEmpty());
}

TEST(TokensTest, SaysWhichLineIsWrong) {
  const std::string hash(64, '0');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a read never", "line 1: it wants"},
      {"\n# a comment\na read never " + hash + " more", "line 3: it wants"},
      {"a/b read never " + hash, "is not a name"},
      {"a write never " + hash, "'write' is not some of read, import, admin"},
      {"a read, never " + hash, "read, import, admin"},
      {"a read tomorrow " + hash, "'tomorrow' is neither never nor a time"},
      {"a read never " + hash.substr(1), "64 lower-case"},
      {"a read never " + hash.substr(1) + "G", "64 lower-case"},
      {"a read never " + hash + "\na read never " + hash, "line 2: a second token"},
  };
  for (const auto& [text, message] : cases) {
    const auto tokens = ParseTokens(text);
    ASSERT_FALSE(tokens.ok()) << text;
    EXPECT_THAT(tokens.status().message(), HasSubstr(message)) << text;
  }
  EXPECT_EQ(ParseTokens("  a\tread,import  never " + hash + "  # why\r\n").value().size(), 1u);
}

// "alice=… bob=…", or what is wrong.
std::string Users(const std::string& text) {
  const auto users = ParseUsers(text);
  if (!users.ok()) return users.status().message();
  std::string shown;
  for (const User& user : *users) {
    if (!shown.empty()) shown += " ";
    shown += user.name + "=" + user.hash;
  }
  return shown;
}

TEST(UsersTest, ReadsTheUsersOfAWebConfiguration) {
  const std::string h = BcryptOf("x");
  const std::string both = "alice=" + h + " bob=" + h;
  EXPECT_EQ(Users("basic_auth_users:\n  alice: " + h + "\n  bob: " + h + "\n"), both);
  EXPECT_EQ(Users("# who\nbasic_auth_users:   # may ask\n\n    alice:  '" + h +
                  "'  # she\r\n    \"bob\": \"" + h + "\""),
            both);
  EXPECT_EQ(Users("basic_auth_users: {alice: " + h + ", 'bob': \"" + h + "\"}\n"), both);
  EXPECT_EQ(Users("{\"basic_auth_users\": {\"alice\": \"" + h + "\",\n \"bob\":\"" + h + "\"}}\n"),
            both);
  EXPECT_EQ(Users("basic_auth_users:\n"), "");
  EXPECT_EQ(Users("basic_auth_users: {}\n"), "");
  EXPECT_EQ(Users(""), "");
}

TEST(UsersTest, SaysWhatItDoesNotTakeAndNeverShowsAHash) {
  const std::string h = BcryptOf("x");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"tls_server_config:\n  cert_file: a\n", "line 1: 'tls_server_config' is not known"},
      {"basic_auth_users:\n  a: " + h + "\nhttp_server_config:\n", "line 3: 'http_server_config'"},
      {"basic_auth_users:\n  a: " + h + "\n  a: " + h, "line 3: user 'a' stands there twice"},
      {"basic_auth_users:\n  a: secret\n", "line 2: user 'a': a password's hash is not bcrypt"},
      {"basic_auth_users:\n  a: $2b$20$" + h.substr(7) + "\n", "cost 20, allowed: 4 to 14"},
      {"basic_auth_users:\n  a:\n", "line 2"},
      {"basic_auth_users:\n  - a\n", "this of YAML is not taken"},
      {"basic_auth_users: &anchor\n  a: " + h, "line 1"},
      {"basic_auth_users:\n  a: " + h + "\n b: " + h, "line 3: the users are not indented alike"},
      {"basic_auth_users: {a: " + h, "a brace is missing"},
      {"basic_auth_users: {a: " + h + "} more", "line 1"},
      {"--- \nbasic_auth_users:\n", "line 1"},
      {"{\"basic_auth_users\": [\"a\"]}", "the users are not a map"},
      {"basic_auth_users:\n  \"a: " + h, "in quotes does not end"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(Users(text), AllOf(HasSubstr(message), Not(HasSubstr("secret")))) << text;
    EXPECT_THAT(Users(text), Not(HasSubstr(h))) << text;
  }
}

TEST(UsersTest, RandomBytesAreReadOrRefused) {
  const std::string good =
      "basic_auth_users: {a: " + BcryptOf("x") + ", b: '" + BcryptOf("y") + "'}";
  std::minstd_rand random(3);
  for (int i = 0; i < 5000; ++i) {
    std::string text = good.substr(0, random() % (good.size() + 1));
    for (int n = 0; n < 2 && !text.empty(); ++n) {
      text[random() % text.size()] = " \n:{}\"'#,\\-$a\0"[random() % 14];
    }
    Users(text);
  }
}

TEST(UsersTest, APasswordIsComparedAsBcryptDoes) {
  for (const char* kind : {"$2a$", "$2b$", "$2y$"}) {
    const User user{"a", BcryptOf("correct horse", kind)};
    EXPECT_TRUE(IsPasswordOf(user, "correct horse")) << kind;
    EXPECT_FALSE(IsPasswordOf(user, "correct horses"));
    EXPECT_FALSE(IsPasswordOf(user, ""));
  }
  // bcrypt itself looks at 72 bytes, and at none after a zero byte.
  const std::string longest(72, 'x');
  EXPECT_TRUE(IsPasswordOf({"a", BcryptOf(longest)}, longest));
  EXPECT_FALSE(IsPasswordOf({"a", BcryptOf(longest)}, longest + "y"));
  EXPECT_FALSE(IsPasswordOf({"a", BcryptOf("x")}, std::string("x\0y", 3)));
}

class LoginTest : public ::testing::Test {
 protected:
  void SetUp() override {
    AddToken("reader", kRead, "rct_reader");
    AddToken("importer", kImport, "rct_importer");
    AddToken("admin", kAdmin, "rct_admin");
    AddToken("brief", kRead, "rct_brief", clock_.Now() + std::chrono::hours(1));
    SetUsers("basic_auth_users:\n  alice: " + BcryptOf("wonder:land") + "\n");
    auto login = Login::Load({Tokens(), UserFile()}, clock_, registry_);
    ASSERT_TRUE(login.ok()) << login.status().message();
    login_ = std::move(login).value();
  }

  std::string Tokens() const { return dir_.path() + "/tokens"; }
  std::string UserFile() const { return dir_.path() + "/users.yml"; }
  void AddToken(const std::string& name, Scopes scopes, const std::string& token,
                std::optional<std::chrono::sys_seconds> expires = std::nullopt) {
    tokens_.push_back({name, scopes, expires, HashToken(token)});
    ASSERT_TRUE(WriteTokens(Tokens(), tokens_).ok());
  }
  void SetUsers(const std::string& text) { std::ofstream(UserFile()) << text; }

  // "ok" or the status of the refusal.
  std::string Check(const std::string& authorization, Scope scope = kRead, uint64_t sender = 1) {
    return Shown(login_->Check(Request(authorization, sender), scope));
  }
  // The same without the patience for a password.
  std::string Look(const std::string& authorization, Scope scope = kRead) {
    return Shown(login_->Refuse(Request(authorization, 1), scope));
  }
  static std::string Bearer(const std::string& token) { return "Bearer " + token; }
  static std::string Basic(const std::string& name_and_password) {
    return "Basic " + Base64(name_and_password);
  }

  static HttpRequest Request(const std::string& authorization, uint64_t sender) {
    HttpRequest request;
    request.listener = Listener::kPrivate;
    request.sender = uint64_t{0xffff} << 32 | sender;
    if (!authorization.empty()) request.headers.push_back({"Authorization", authorization});
    return request;
  }
  static std::string Shown(const std::optional<HttpResponse>& refusal) {
    if (!refusal) return "ok";
    std::string shown = std::to_string(refusal->status);
    for (const HttpHeader& header : refusal->headers) {
      if (header.name == "WWW-Authenticate") shown += " " + header.value.substr(0, 6);
      if (header.name == "Retry-After") shown += " later";
    }
    return shown;
  }

  test::TempDir dir_;
  test::ManualClock clock_{std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000))};
  metrics::Registry registry_;
  std::vector<Token> tokens_;
  std::unique_ptr<Login> login_;
};

const std::string kAsked = "401 Basic  Bearer";

TEST_F(LoginTest, ATokenMayDoWhatItsScopesSay) {
  const test::LogCapture log;
  EXPECT_EQ(Check(Bearer("rct_reader")), "ok");
  EXPECT_EQ(Check("bearer   rct_reader "), "ok") << "the scheme's case does not matter";
  EXPECT_EQ(Look(Bearer("rct_reader")), "ok") << "at once";
  EXPECT_EQ(Check(Bearer("rct_reader"), kImport), "403");
  EXPECT_EQ(Check(Bearer("rct_reader"), kAdmin), "403");
  EXPECT_EQ(Check(Bearer("rct_importer"), kImport), "ok");
  EXPECT_EQ(Check(Bearer("rct_importer"), kRead), "403");
  for (const Scope scope : {kRead, kImport, kAdmin}) {
    EXPECT_EQ(Check(Bearer("rct_admin"), scope), "ok");
  }
  EXPECT_EQ(Check(Basic("whoever:rct_reader")), "ok") << "as a browser sends it";
  EXPECT_EQ(Look(Basic(":rct_reader")), "ok");
  EXPECT_EQ(log.text(), "");
}

TEST_F(LoginTest, WhoDoesNotLogInIsAskedTo) {
  EXPECT_EQ(Check(""), kAsked);
  EXPECT_EQ(Check("Digest x"), kAsked);
  EXPECT_EQ(Check("Bearer"), kAsked);
  EXPECT_EQ(Check("Basic !!!"), kAsked);
  EXPECT_EQ(Check("Basic " + Base64("no colon")), kAsked);
  EXPECT_EQ(Check("Basic " + std::string(100'000, 'A')), kAsked);
}

TEST_F(LoginTest, ATokenEndsWithItsTimeAndWhenItIsRevoked) {
  const test::LogCapture log;
  EXPECT_EQ(Check(Bearer("rct_brief")), "ok");
  clock_.Set(clock_.Now() + std::chrono::hours(1));
  EXPECT_EQ(Check(Bearer("rct_brief")), kAsked);
  EXPECT_THAT(log.text(), HasSubstr("token brief, which has expired, from 0.0.0.1"));

  tokens_.erase(tokens_.begin());
  ASSERT_TRUE(WriteTokens(Tokens(), tokens_).ok());
  EXPECT_EQ(Check(Bearer("rct_reader")), "ok");
  login_->FollowFiles();
  EXPECT_EQ(Check(Bearer("rct_reader")), kAsked);
}

TEST_F(LoginTest, APasswordIsCheckedOnceAndThenRemembered) {
  EXPECT_EQ(Look(Basic("alice:wonder:land")), "ok") << "left to whoever has the patience";
  EXPECT_EQ(Check(Basic("alice:wonder:land"), kAdmin), "ok");
  // A hash that no password has: what is remembered is not checked again.
  EXPECT_EQ(Check(Basic("alice:wonder:land")), "ok");
  EXPECT_EQ(Check(Basic("alice:wonder")), kAsked);
  EXPECT_EQ(Check(Basic("bob:wonder:land")), kAsked);
  SetUsers("basic_auth_users:\n  alice: " + BcryptOf("looking glass") + "\n");
  login_->FollowFiles();
  EXPECT_EQ(Check(Basic("alice:wonder:land")), kAsked) << "what was remembered is forgotten";
  EXPECT_EQ(Check(Basic("alice:looking glass")), "ok");
}

TEST_F(LoginTest, ABadFileLeavesInForceWhatIs) {
  const test::LogCapture log;
  SetUsers("basic_auth_users:\n  alice: plain\n");
  login_->FollowFiles();
  login_->FollowFiles();
  EXPECT_EQ(Check(Basic("alice:wonder:land")), "ok");
  EXPECT_EQ(Check(Bearer("rct_reader")), "ok");
  EXPECT_EQ(LinesOf(log.text()), 1u) << log.text();
  EXPECT_THAT(log.text(), HasSubstr("stays as it is: " + UserFile() + ": line 2"));
}

TEST_F(LoginTest, WhoGuessesIsStoppedAndToldOfWithoutTheSecret) {
  const test::LogCapture log;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Check(Basic("alice:guess-me"), kRead, 9), kAsked);
  EXPECT_EQ(Check(Basic("alice:guess-me"), kRead, 9), "429 later");
  EXPECT_EQ(Check(Basic("alice:wonder:land"), kRead, 9), "429 later") << "even with the right one";
  EXPECT_EQ(Check(Bearer("rct_guess"), kRead, 9), "429 later");
  EXPECT_EQ(Check(Bearer("rct_reader"), kRead, 9), "ok") << "nobody guesses a token";
  EXPECT_EQ(Check(Basic("alice:wonder:land"), kRead, 8), "ok") << "from another address";
  EXPECT_EQ(Check(Basic("alice:wonder:land"), kRead, 9), "ok") << "and it is known to be right now";
  EXPECT_EQ(Check(Basic("guess-me:guess-me"), kRead, 7), kAsked);
  EXPECT_THAT(log.text(), AllOf(HasSubstr("a wrong password of user 'alice' from 0.0.0.9"),
                                HasSubstr("of a user who is not known from 0.0.0.7"),
                                Not(HasSubstr("guess-me"))));
  EXPECT_EQ(LinesOf(log.text()), 2u) << log.text();
  EXPECT_THAT(registry_.WriteText(),
              AllOf(HasSubstr("rollcall_login_failures_total{kind=\"password\"} 11"),
                    HasSubstr("rollcall_login_limited_total 3")));
}

TEST_F(LoginTest, ManyThreadsMayAskAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> odd{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const auto sender = static_cast<uint64_t>(t * 1000 + i);
        if (Check(Basic("alice:wonder:land"), kRead, sender) != "ok") ++odd;
        if (Check(Basic("alice:wrong"), kRead, sender) != kAsked) ++odd;
        if (Check(Bearer("rct_admin"), kAdmin, sender) != "ok") ++odd;
        if (t == 0) login_->FollowFiles();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(odd, 0);
}

}  // namespace
}  // namespace rollcall::http
