#include "shared/wire/news.hpp"

#include "shared/wire/header.hpp"

namespace waymark::wire {
namespace {

// What is asked is one line: it has no ops.
Result<SyncRequest> take_request(std::string_view& rest) {
  auto end = rest.find('\n');
  if (end == std::string_view::npos) return Error{Code::malformed, "no request"};
  WAYMARK_TRY(request, decode_request(rest.substr(0, end + 1)));
  rest.remove_prefix(end + 1);
  return request;
}

}  // namespace

std::string encode(const Reading& reading) {
  json header = {{"v", protocol_version}, {"round", reading.round}};
  if (!reading.certificate.empty()) {
    header["certificate"] = reading.certificate;
    header["certified"] = reading.certificate_signature;
  }
  return finish(header) + encode(reading.asked);
}

Result<Reading> decode_reading(std::string_view bytes) {
  WAYMARK_TRY(message, split(bytes));
  Members in(message.header);
  Reading reading;
  reading.round = in.integer("round");
  reading.certificate = in.text("certificate", "");
  reading.certificate_signature = in.text("certified", "");
  if (reading.round < 0) in.fail("round");
  WAYMARK_CHECK(in.status());
  auto rest = message.rest;
  WAYMARK_TRY(asked, take_request(rest));
  if (!rest.empty()) return Error{Code::malformed, "more lines than a reading has"};
  reading.asked = std::move(asked);
  return reading;
}

std::string encode(const News& news) {
  return finish({{"v", protocol_version}, {"round", news.round}}) + encode(news.asked) + encode(news.reply);
}

Result<News> decode_news(std::string_view bytes) {
  WAYMARK_TRY(message, split(bytes));
  Members in(message.header);
  News news;
  news.round = in.integer("round");
  if (news.round < 0) in.fail("round");
  WAYMARK_CHECK(in.status());
  auto rest = message.rest;
  WAYMARK_TRY(asked, take_request(rest));
  WAYMARK_TRY(reply, decode_reply(rest));
  news.asked = std::move(asked);
  news.reply = std::move(reply);
  return news;
}

}  // namespace waymark::wire
