// The main of every doctest program. It closes with one line that ./dev test counts by: "N passed, N failed,
// N skipped". doctest itself knows skipped tests only as those that were left out on the command line.
#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdio>
#include <optional>

#include <doctest/doctest.h>

#include "tests/support/skipped.hpp"

namespace {

struct Counts {
  unsigned run = 0, failed = 0, skipped = 0;
};
std::optional<Counts> closing;  // once all have run
unsigned skipped_in_all = 0;
std::string skipped_now;

struct Counting final : doctest::IReporter {
  explicit Counting(const doctest::ContextOptions&) {}
  void test_run_end(const doctest::TestRunStats& stats) override {
    closing = Counts{stats.numTestCasesPassingFilters, stats.numTestCasesFailed, skipped_in_all};
  }
  void test_case_start(const doctest::TestCaseData&) override { skipped_now.clear(); }
  void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
    if (!skipped_now.empty() && stats.testCaseSuccess) skipped_in_all++;
  }
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

}  // namespace

REGISTER_LISTENER("counting", 1, Counting);

void waymark::test::skipped(const std::string& why) {
  skipped_now = why;
  std::printf("skipped - %s: %s\n", doctest::getContextOptions()->currentTest->m_name, why.c_str());
}

int main(int count, char** words) {
  doctest::Context context(count, words);
  int status = context.run();
  if (closing)
    std::printf("%u passed, %u failed, %u skipped\n", closing->run - closing->failed - closing->skipped,
                closing->failed, closing->skipped);
  return status;
}
