// GET /api/v1/export on the private listener: what is stored, streamed.
#include <gtest/gtest.h>

#include "tests/support/raw_http.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

class ExportEndpointTest : public ServerTest {
 protected:
  std::string Export(const std::string& query) {
    return Render(private_->Get("/api/v1/export" + query));
  }
  // The whole answer as it comes, to a request of HTTP/1.0.
  std::string Raw(int port, const std::string& method, const std::string& target) const {
    test::RawClient client(port);
    EXPECT_TRUE(client.Send(method + " " + target + " HTTP/1.0\r\n\r\n"));
    return client.ReadAll();
  }
};

TEST_F(ExportEndpointTest, WithoutParametersItIsAllOfItAsVictoriaMetricsWritesIt) {
  ASSERT_EQ(Report("c1", "m{a=\"b\"} 1\n"), "200");
  const Reply reply = private_->Get("/api/v1/export");
  EXPECT_EQ(Render(reply),
            "200 {\"metric\":{\"__name__\":\"m\",\"a\":\"b\",\"cluster_id\":\"c1\"},\"values\":[1],"
            "\"timestamps\":[1773576000000]}\n");
  EXPECT_EQ(Export("?format=text"), "200 m{a=\"b\",cluster_id=\"c1\"} 1 1773576000000\n");
}

TEST_F(ExportEndpointTest, TimesAreInclusiveAndSelectorsAreEachOther) {
  ASSERT_EQ(Report("c1", "a 1\nb 2\nc 3\n"), "200");
  SetTime("2026-03-16");
  ASSERT_EQ(Report("c1", "a 4\n"), "200");
  EXPECT_EQ(Export("?format=text&match[]=b&match%5B%5D=%7B__name__%3D~%22c%7Cx%22%7D"),
            "200 b{cluster_id=\"c1\"} 2 1773576000000\nc{cluster_id=\"c1\"} 3 1773576000000\n");
  EXPECT_EQ(Export("?format=text&match=a&start=2026-03-15&end=1773576000"),
            "200 a{cluster_id=\"c1\"} 1 1773576000000\n");
  EXPECT_EQ(Export("?format=text&match=a&start=1773576000.001&end=2026-03-16T00:00:00Z"),
            "200 a{cluster_id=\"c1\"} 4 1773619200000\n");
  EXPECT_EQ(Export("?start=2026-03-17"), "200");
  EXPECT_EQ(Export("?start=2026-03-17&end=2026-03-01&fleet=cozystack"), "200");
}

TEST_F(ExportEndpointTest, AWrongParameterIsA400ThatNamesIt) {
  EXPECT_EQ(Export("?start=x").substr(0, 20), "400 {\"error\":\"start:");
  EXPECT_EQ(Export("?end=2026-13").substr(0, 17), "400 {\"error\":\"end");
  EXPECT_EQ(Export("?match[]={").substr(0, 21), "400 {\"error\":\"match[]");
  EXPECT_EQ(Export("?format=csv").substr(0, 20), "400 {\"error\":\"format");
  EXPECT_EQ(Export("?fleet=x").substr(0, 19), "400 {\"error\":\"fleet");
  std::string many = "?match[]=a";
  for (int i = 0; i < 64; ++i) many += "&match[]=a" + std::to_string(i);
  EXPECT_EQ(Export(many).substr(0, 33), "400 {\"error\":\"match[]: 65 selecto");
}

TEST_F(ExportEndpointTest, GetAndPostAreTakenAndOnlyAtThePrivateListener) {
  for (const char* method : {"HEAD", "PUT", "DELETE"}) {
    EXPECT_EQ(Raw(server_->private_port(), method, "/api/v1/export").substr(0, 12), "HTTP/1.1 405")
        << method;
  }
  EXPECT_EQ(public_->Get("/api/v1/export").status, 404);
}

TEST_F(ExportEndpointTest, ToHttp10ItEndsWithTheConnection) {
  ASSERT_EQ(Report("c1", "m 1\n"), "200");
  const std::string answer = Raw(server_->private_port(), "GET", "/api/v1/export?format=text");
  EXPECT_TRUE(answer.ends_with("\r\n\r\nm{cluster_id=\"c1\"} 1 1773576000000\n")) << answer;
  EXPECT_EQ(answer.find("chunked"), std::string::npos);
}

TEST_F(ExportEndpointTest, WhatIsDamagedOnTheWayIsNoWholeAnswer) {
  ASSERT_EQ(Report("c1", "m 1\n"), "200");
  SetTime("2026-03-16");
  ASSERT_EQ(Report("c1", "m 2\n"), "200");
  {
    storage::Transaction transaction(stores_->store());
    transaction.Put(
        storage::Table::kChunks,
        storage::EncodeKey(storage::ChunkKey{Day::Of(At("2026-03-16")), kFirstFleet, SourceRef{1}}),
        "\x03");
    ASSERT_TRUE(transaction.Commit().ok());
  }
  test::RawClient client(server_->private_port());
  ASSERT_TRUE(client.Send("GET /api/v1/export?format=text HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const std::string answer = client.ReadAll();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_EQ(answer.find("\r\n0\r\n\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(client.Broken());
}

TEST_F(ExportEndpointTest, WhatIsExportedIsImportedAgainInBothForms) {
  ASSERT_EQ(Report("c1", "cozy_cluster_info 1\ncozy_nodes_count{os=\"x\"} 3\n"), "200");
  SetTime("2026-03-16");
  ASSERT_EQ(Report("c2", "cozy_cluster_info 1\ncozy_nodes_count{os=\"y\"} +Inf\n"), "200");
  const std::string overview = Overview("year=2026&month=3");
  for (const std::string format : {"text", "jsonl"}) {
    const std::string exported = private_->Get("/api/v1/export?format=" + format).body;
    const TempDir other;
    metrics::Registry registry;
    storage::StoreOptions store;
    store.directory = other.path();
    auto stores = storage::Stores::Open(store);
    ASSERT_TRUE(stores.ok());
    auto fresh =
        api::Server::Start(options_, std::move(stores).value(), catalog_, clock_, registry);
    ASSERT_TRUE(fresh.ok());
    HttpClient door((*fresh)->private_port());
    // The form is told apart by its first bytes, or said.
    for (const std::string& said : {std::string(), "?format=" + format}) {
      const Reply reply = door.PostBare(exported, "", "/api/v1/import/prometheus" + said);
      EXPECT_EQ(reply.status, 200) << reply.body;
    }
    EXPECT_EQ(door.Get("/api/v1/export?format=" + format).body, exported);
    EXPECT_EQ(Render(HttpClient((*fresh)->public_port()).Get("/api/overview?year=2026&month=3")),
              overview);
    EXPECT_EQ(door.PostBare(exported, "", "/api/v1/import/prometheus?format=csv").status, 400);
  }
}

}  // namespace
}  // namespace rollcall::test
