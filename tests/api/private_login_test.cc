// What a login may do at the private listener, route by route.
#include <gmock/gmock.h>

#include "http/access/tokens.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

class PrivateLoginTest : public ServerTest {
 protected:
  PrivateLoginTest() {
    const std::string path = logins_.path() + "/tokens";
    options_.records = true;
    options_.login.tokens = path;
    std::vector<http::Token> tokens;
    for (const auto& [name, scope] :
         {std::pair("read", http::kRead), std::pair("import", http::kImport),
          std::pair("admin", http::kAdmin)}) {
      tokens.push_back({name, scope, std::nullopt, http::HashToken(std::string("rct_") + name)});
    }
    EXPECT_TRUE(http::WriteTokens(path, tokens).ok());
  }

  // Which of nobody, read, import and admin are let through: "read admin". What the handler then
  // says of the request does not matter.
  std::string Allowed(const std::string& method, const std::string& target) {
    std::string allowed;
    for (const std::string who : {"nobody", "read", "import", "admin"}) {
      const std::string header = who == "nobody" ? "" : "Authorization: Bearer rct_" + who + "\r\n";
      const std::string body;
      const int status =
          private_->Ask(method, target, header, method == "POST" ? &body : nullptr).status;
      if (status != 401 && status != 403) allowed += (allowed.empty() ? "" : " ") + who;
      EXPECT_NE(status, 404) << target;
      EXPECT_NE(status, 405) << target;
    }
    return allowed;
  }

  TempDir logins_;
};

TEST_F(PrivateLoginTest, EachRouteIsForThoseWhoMayUseIt) {
  for (const char* target :
       {"/metrics", "/hosts", "/records", "/records/", "/telemetry/hosts",
        "/telemetry/history?host=a", "/api/records", "/api/v1/records/export", "/api/v1/export",
        "/api/v1/clock", "/api/v1/undeclared", "/api/v1/outbox/parked", "/api/v1/records/list",
        "/api/v1/records/filter", "/api/v1/records/views"}) {
    EXPECT_EQ(Allowed("GET", target), "read admin") << target;
  }
  EXPECT_EQ(Allowed("POST", "/api/v1/export"), "read admin");
  EXPECT_EQ(Allowed("POST", "/api/v1/import/prometheus"), "import admin");
  EXPECT_EQ(Allowed("POST", "/telemetry/samples"), "import admin");
  for (const char* target : {"/api/v1/clock/accept", "/api/v1/records/prune",
                             "/api/v1/records/filter", "/api/v1/records/note"}) {
    EXPECT_EQ(Allowed("POST", target), "admin") << target;
  }
  for (const char* target : {"/healthz", "/readyz"}) {
    EXPECT_EQ(Allowed("GET", target), "nobody read import admin") << target;
  }
}

TEST_F(PrivateLoginTest, ABodyThatNobodyMaySendIsNotReceived) {
  const Reply refused =
      private_->PostBare(std::string(3'000'000, 'x'), "", "/api/v1/import/prometheus");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.Header("www-authenticate"), "Bearer realm=\"rollcall\"");
  EXPECT_EQ(private_
                ->PostBare("cozy_cluster_info{cluster_id=\"a\"} 1 1772366400000\n",
                           "Authorization: Bearer rct_import\r\n", "/api/v1/import/prometheus")
                .status,
            200);
}

TEST_F(PrivateLoginTest, ThePublicListenerAsksNobody) {
  EXPECT_EQ(Report("a", "cozy_cluster_info 1\n"), "200");
  EXPECT_EQ(public_->Get("/").status, 200);
  EXPECT_EQ(public_->Get("/", "Authorization: Bearer rct_wrong\r\n").status, 200);
}

}  // namespace
}  // namespace rollcall::test
