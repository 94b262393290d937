// No kind of work stops another: large reports have a lane of their own, work that nobody waits for
// is not begun or stops, answers are charged before they are made.
#include "tests/support/gzip.h"
#include "tests/support/http_front_fixture.h"

namespace rollcall::test {
namespace {

class HttpFrontLanesTest : public HttpFrontTest {
 protected:
  static constexpr size_t kBulkBytes = 1024;

  HttpFrontLanesTest() {
    options_.bulk_body_bytes = kBulkBytes;
    options_.ingest_threads = 1;
    options_.query_threads = 1;
  }
  // A worker may still be at what a test left, and uses what is below.
  ~HttpFrontLanesTest() override {
    Finish();
    front_.reset();
  }

  // Inflated it is large, but as it comes it is not.
  static std::string Bomb(const std::string& target) {
    return Post(target, Gzip(std::string(kBulkBytes + 1, 'x')), "Content-Encoding: gzip\r\n");
  }
};

TEST_F(HttpFrontLanesTest, NoReportWaitsBehindALargeOneAsItComesOrOnceInflated) {
  options_.bulk_queue = 2;
  Start();
  RawClient large = Connect();
  RawClient bomb = Connect();
  ASSERT_TRUE(large.Send(Post("/work", std::string(kBulkBytes + 1, 'x'))));
  AwaitWorking(1);
  ASSERT_TRUE(bomb.Send(Bomb("/work")));
  AwaitMetric("rollcall_http_queue_length{lane=\"bulk\"}", 2);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Connect().Ask(Post("/a", std::string(kBulkBytes, 'x')))->status, 200);
  }
  const auto refused = Connect().Ask(Bomb("/b"));
  EXPECT_EQ(refused->status, 503);
  EXPECT_NE(refused->Header("retry-after"), "");
  EXPECT_EQ(Connect().Ask(Post("/b", std::string(kBulkBytes + 1, 'x')))->status, 503);
  Finish();
  EXPECT_EQ(large.Read()->body, "finished\n");
  EXPECT_EQ(bomb.Read()->body, "finished\n");
  EXPECT_EQ(Connect().Ask(Bomb("/c"))->body, "POST /c " + std::string(kBulkBytes + 1, 'x') + "\n");
  AwaitMetric("rollcall_http_queue_length{lane=\"bulk\"}", 0);
  AwaitMetric("rollcall_http_queue_length{lane=\"ingest\"}", 0);
  AwaitMetric("rollcall_http_buffered_bytes", 0);
}

TEST_F(HttpFrontLanesTest, AProbeIsAnsweredWhileEveryOtherLaneIsFull) {
  options_.query_queue = options_.ingest_queue = options_.bulk_queue = 2;
  Start();
  std::vector<RawClient> busy;
  const std::string large(kBulkBytes + 1, 'x');
  for (int i = 0; i < 2; ++i) {
    for (const std::string& request :
         {Get("/query/work"), Post("/work", "x"), Post("/work", large)}) {
      busy.push_back(Connect());
      ASSERT_TRUE(busy.back().Send(request));
    }
  }
  AwaitWorking(3);
  for (const char* const lane : {"query", "ingest", "bulk"}) {
    AwaitMetric(std::string("rollcall_http_queue_length{lane=\"") + lane + "\"}", 2);
  }
  EXPECT_EQ(Connect().Ask(Get("/query"))->status, 503);
  EXPECT_EQ(Connect().Ask(Post("/a", "x"))->status, 503);
  EXPECT_EQ(Connect().Ask(Post("/a", large))->status, 503);
  EXPECT_EQ(Connect().Ask(Get("/probe"))->status, 200);
  Finish();
  for (RawClient& client : busy) EXPECT_EQ(client.ReadStatus(), 200);
}

TEST_F(HttpFrontLanesTest, AFullLaneAnswersInTheWordsOfTheRoute) {
  options_.query_queue = 1;
  query_.busy = [] { return http::HttpResponse::Text(503, "ask the librarian later"); };
  Start();
  RawClient first = Connect();
  ASSERT_TRUE(first.Send(Get("/query/work")));
  AwaitWorking(1);
  EXPECT_EQ(Connect().Ask(Get("/query"))->body, "ask the librarian later\n");
}

TEST_F(HttpFrontLanesTest, WorkForAClientThatLeftIsNotBegun) {
  Start();
  RawClient first = Connect();
  ASSERT_TRUE(first.Send(Bomb("/work")));
  AwaitWorking(1);
  const size_t handled = Handled();
  for (int i = 0; i < 10; ++i) {
    RawClient impatient = Connect();
    ASSERT_TRUE(impatient.Send(Bomb("/never")));
    AwaitMetric("rollcall_http_queue_length{lane=\"bulk\"}", 2 + i);
    impatient.Reset();
    AwaitMetric("rollcall_http_closed_total{reason=\"reset\"}", 1 + i);
  }
  Finish();
  EXPECT_EQ(first.ReadStatus(), 200);
  AwaitMetric("rollcall_http_queue_length{lane=\"bulk\"}", 0);
  EXPECT_EQ(Handled(), handled);
}

TEST_F(HttpFrontLanesTest, AQueryStopsWhenItsClientIsGone) {
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Get("/query/work")));
  AwaitWorking(1);
  client.Reset();
  AwaitWorkEnded();
  EXPECT_EQ(stopped_, 1U);
}

TEST_F(HttpFrontLanesTest, AQueryGoesOnForAWhileForAClientThatOnlyEndedSending) {
  options_.hangup_timeout = std::chrono::hours(1);
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Get("/query/work")));
  client.EndSending();
  AwaitWorking(1);
  Finish();
  EXPECT_EQ(client.Read()->body, "finished\n");
}

TEST_F(HttpFrontLanesTest, AndNoLonger) {
  options_.hangup_timeout = std::chrono::milliseconds(1);
  Start();
  for (const bool before : {false, true}) {
    RawClient client = Connect();
    ASSERT_TRUE(client.Send(Get("/query/work")));
    if (before) AwaitWorking(1);
    client.EndSending();
    EXPECT_EQ(client.ReadAll(), "");
  }
  AwaitWorkEnded();
}

TEST_F(HttpFrontLanesTest, AReportIsTakenInAlsoFromAClientThatEndedSending) {
  options_.hangup_timeout = std::chrono::milliseconds(1);
  Start();
  RawClient client = Connect();
  ASSERT_TRUE(client.Send(Post("/work", "x")));
  client.EndSending();
  AwaitWorking(1);
  Finish();
  EXPECT_EQ(client.Read()->body, "finished\n");
}

TEST_F(HttpFrontLanesTest, AStopWithoutGraceStopsQueriesThatAreBeingWorkedOn) {
  options_.query_threads = 4;
  Start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(Connect());
    ASSERT_TRUE(clients.back().Send(Get("/query/work")));
  }
  AwaitWorking(4);
  front_->Stop(std::chrono::milliseconds(0));
  EXPECT_EQ(stopped_, 4U);
}

TEST_F(HttpFrontLanesTest, AnswersThatNobodyTakesAreBoundedAndOthersAreToldSo) {
  constexpr size_t kLarge = 16 * 1024 * 1024;
  options_.max_buffered_bytes = 2 * kLarge + kLarge / 2;
  Start();
  const std::string large = Get("/large/" + std::to_string(kLarge));
  std::vector<RawClient> slow;
  for (int i = 0; i < 2; ++i) {
    slow.push_back(Connect(4096));
    ASSERT_TRUE(slow.back().Send(large));
    const auto buffered = [&] { return Metric("rollcall_http_buffered_bytes"); };
    while (buffered() < static_cast<double>((i + 1) * kLarge)) std::this_thread::yield();
  }
  const size_t handled = Handled();
  const auto refused = Connect().Ask(large);
  EXPECT_EQ(refused->status, 503);
  EXPECT_NE(refused->Header("retry-after"), "");
  EXPECT_EQ(Handled(), handled) << "it was made before there was room for it";
  EXPECT_LE(Metric("rollcall_http_buffered_bytes"),
            static_cast<double>(options_.max_buffered_bytes));
  for (RawClient& client : slow) client.Reset();
  AwaitMetric("rollcall_http_buffered_bytes", 0);
  EXPECT_EQ(Connect().Ask(large)->body.size(), kLarge);
}

}  // namespace
}  // namespace rollcall::test
