// Is it alive, is it ready, and what it has done, for those who run it.
#include <algorithm>
#include <string>

#include "sync-server/routes/routes.hpp"

namespace waymark::server {
namespace {

using http::Answer;
using http::Request;

void metric(std::string& text, std::string_view name, std::string_view type, std::string_view help,
            std::int64_t value) {
  text += "# HELP waymark_" + std::string(name) + " " + std::string(help) + "\n# TYPE waymark_" +
          std::string(name) + " " + std::string(type) + "\nwaymark_" + std::string(name) + " " +
          std::to_string(value) + "\n";
}

std::int64_t age_seconds(std::int64_t now_ms, std::optional<std::int64_t> made_ms) {
  constexpr std::int64_t kDayMs = 86'400'000;
  if (!made_ms || *made_ms > now_ms + kDayMs) return -1;
  return std::max<std::int64_t>(0, now_ms - *made_ms) / 1000;
}

Result<std::string> metrics_text(School& school, const http::Metrics& metrics) {
  std::string text =
      "# HELP waymark_requests_total Requests answered, by the first digit of the status.\n"
      "# TYPE waymark_requests_total counter\n";
  for (std::size_t i = 1; i < metrics.answered.size(); i++)
    text += "waymark_requests_total{status=\"" + std::to_string(i) + "xx\"} " +
            std::to_string(metrics.answered[i].load()) + "\n";
  metric(text, "connections", "gauge", "Connections open now.", metrics.connections);
  metric(text, "connections_total", "counter", "Connections accepted.", metrics.connections_ever);
  metric(text, "connections_refused_total", "counter", "Connections closed at once, for there were too many.",
         metrics.connections_refused);
  metric(text, "listeners", "gauge", "Event streams open now.", metrics.listeners);
  metric(text, "received_bytes_total", "counter", "Bytes of bodies received.", metrics.bytes_in);
  metric(text, "sent_bytes_total", "counter", "Bytes of bodies sent.", metrics.bytes_out);
  metric(text, "handling", "gauge", "Requests waiting for a handler or in one.", metrics.handling);
  metric(text, "handled_microseconds_total", "counter", "Time spent in handlers.", metrics.handled_us);
  metric(text, "turned_away_total", "counter", "Requests asked to come later, for too many waited.",
         metrics.turned_away);
  metric(text, "timed_out_total", "counter", "Connections that stood still too long.", metrics.timed_out);
  metric(text, "malformed_total", "counter", "What arrived and was no request.", metrics.malformed);

  if (const auto& backups = school.backup_place(); !backups.folder.empty())
    metric(text, "backup_age_seconds", "gauge", "Age of the newest nightly backup; -1: none is known.",
           age_seconds(school.clock().now_ms(), backups.last_ms));

  WAYMARK_TRY(letters, school.accounts().dead_letters_waiting());
  WAYMARK_TRY(computers, school.accounts().computers());
  std::int64_t joined = 0, waiting = 0;
  for (const auto& computer : computers) {
    if (computer.removed) continue;
    joined++;
    waiting += computer.waiting;
  }
  metric(text, "homeless_work", "gauge", "Work that needs a home: refused and not settled yet.", letters);
  metric(text, "computers", "gauge", "Computers joined.", joined);
  metric(text, "waiting_ops", "gauge", "What waits on computers, as they last said.", waiting);
  return text;
}

}  // namespace

void add_health_routes(http::Router& router, School& school, const http::Metrics& metrics) {
  router.add("GET", "/healthz", [](const Request&) -> Answer { return http::text(200, "live\n"); }, {0});
  router.add("GET", "/readyz",
             [&school](const Request&) -> Answer {
               if (auto readable = school.store().version(); !readable)
                 return http::text(503, "the records cannot be read\n");
               return http::text(200, "ready\n");
             },
             {0});
  router.add("GET", "/metrics",
             [&school, &metrics](const Request&) -> Answer {
               auto text = metrics_text(school, metrics);
               if (!text) return text.error();
               return http::text(200, std::move(*text), "text/plain; version=0.0.4; charset=utf-8");
             },
             {0});
}

}  // namespace waymark::server
