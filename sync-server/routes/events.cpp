#include "sync-server/routes/events.hpp"

#include "shared/wire/events.hpp"
#include "sync-server/service/codes.hpp"

namespace waymark::server {
namespace {

using http::json;

std::string event(const json& data) { return "data: " + data.dump() + "\n\n"; }

class ToOutlet : public Listener {
 public:
  std::shared_ptr<http::Outlet> outlet = std::make_shared<http::Outlet>(":\n\n");
  bool open() const override { return outlet->open(); }
  void end() override { outlet->close(); }
};

class ToStudent final : public ToOutlet {
 public:
  void tell(const News& news) override { outlet->add(wire::encode_event(news.stream, news.head)); }
};

class ToPage final : public ToOutlet {
 public:
  void tell(const News& news) override {
    auto classes = json::array();
    for (const auto& id : news.classes) classes.push_back(id.hex());
    auto colon = news.stream.find(':');
    auto word = news.stream.substr(0, colon);
    bool of_one = word == "person" || word == "staff";
    outlet->add(event({{"classes", classes}, {"student", of_one ? news.stream.substr(colon + 1) : ""}}));
  }
};

http::Response event_stream(std::shared_ptr<http::Outlet> outlet) {
  http::Response response;
  response.set("content-type", "text/event-stream").set("cache-control", "no-store");
  response.set("x-accel-buffering", "no");  // for a proxy that would gather before it passes on
  response.more = std::move(outlet);
  return response;
}

}  // namespace

Result<http::Response> student_events(School& school, const Bearer& bearer) {
  WAYMARK_TRY(who, school.caller(bearer.person));
  std::string now;
  for (const auto& access : who.access) {
    WAYMARK_TRY(state, school.store().stream_state(access.stream));
    now += wire::encode_event(access.stream, state.head);
  }
  auto listener = std::make_shared<ToStudent>();
  WAYMARK_CHECK(school.listeners().add(bearer.person, bearer.token_hash, false, listener));
  // As all that comes later: what has no room is not told, and asked for without being told.
  listener->outlet->add(now.empty() ? listener->outlet->beat() : now);
  return event_stream(listener->outlet);
}

Result<http::Response> staff_events(School& school, const PersonId& staff, std::string_view session_token) {
  auto listener = std::make_shared<ToPage>();
  WAYMARK_CHECK(school.listeners().add(staff, token_hash(session_token), true, listener));
  listener->outlet->add(listener->outlet->beat());
  return event_stream(listener->outlet);
}

}  // namespace waymark::server
