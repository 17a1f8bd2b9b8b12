#include "sync-server/store/carried.hpp"

#include <algorithm>

#include "waymark_server_store_sql.hpp"

namespace waymark::server {
namespace {

// An answer that its device never fetched: it asks the school itself by then.
constexpr std::int64_t kAnswerTimeMs = std::int64_t{90} * 24 * 3600 * 1000;
// How long a batch stays that the school has answered: longer than between two backups that are looked after.
constexpr std::int64_t kAnsweredTimeMs = std::int64_t{30} * 24 * 3600 * 1000;
// A school that went back in time may have lost letters, or what is in streams that a hub does not read: so
// it is asked every day, by the letters and by the newest batch of each replica.
constexpr std::int64_t kAskAgainMs = std::int64_t{24} * 3600 * 1000;
// Of a reply's header: all answers together, or one that is longer alone. Two hundred refusals make none that
// is not told.
constexpr std::size_t kAnswersBytesMax = 48 * 1024, kAnswerBytesMax = 160 * 1024;
constexpr std::size_t kCodeBytesMax = 64;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

Bytes bytes_of(ByteView view) { return {view.begin(), view.end()}; }

}  // namespace

Status Carried::prepare() { return db_.execute(sql::hub); }

Status Carried::put(const wire::Batch& batch, std::string_view bytes) {
  std::map<std::int64_t, record::ChainLink> chain{{batch.before.n, batch.before.c}};
  record::Position at = batch.before;
  for (const auto& id : batch.ids) {
    at = record::next(at, id);
    chain[at.n] = at.c;
  }
  std::vector<std::int64_t> covered;
  {
    WAYMARK_TRY(query, db_.prepare(sql::carried_covered));
    query.bind(batch.replica).bind(batch.before.n);
    for (;;) {
      WAYMARK_TRY(row, query.step());
      if (!row) break;
      // The same numbers of another copy of the replica are other ops.
      auto found = chain.find(query.integer(1));
      if (found != chain.end() && found->second == query.id<record::ChainLink>(2))
        covered.push_back(query.integer(0));
    }
  }
  for (auto n : covered) {
    WAYMARK_TRY(query, db_.prepare(sql::carried_remove));
    WAYMARK_CHECK(query.bind(n).run());
  }
  WAYMARK_TRY(query, db_.prepare(sql::carried_add));
  query.bind(batch.replica).bind(batch.round).bind(batch.person).bind(batch.before.n).bind(at.n).bind(at.c);
  return query.bind(as_bytes(bytes)).bind(now()).run();
}

Result<std::vector<CarriedBatch>> Carried::next(std::size_t bytes_max, std::int64_t rest_ms) {
  std::vector<CarriedBatch> batches;
  WAYMARK_TRY(query, db_.prepare(sql::carried_next));
  query.bind(now()).bind(rest_ms).bind(kAskAgainMs);
  for (std::size_t bytes = 0; bytes < bytes_max;) {
    WAYMARK_TRY(row, query.step());
    if (!row) break;
    batches.push_back({query.integer(0), query.id<ReplicaId>(1), query.integer(2), query.text(3)});
    bytes += batches.back().body.size();
  }
  return batches;
}

Result<bool> Carried::change_all(
    const std::function<Result<std::optional<std::string>>(std::string_view)>& changed) {
  std::vector<std::pair<std::int64_t, std::string>> bodies;
  {
    WAYMARK_TRY(query, db_.prepare(sql::carried_all));
    for (;;) {
      WAYMARK_TRY(row, query.step());
      if (!row) break;
      WAYMARK_TRY(body, changed(query.text(1)));
      if (body) bodies.emplace_back(query.integer(0), std::move(*body));
    }
  }
  for (const auto& [n, body] : bodies) {
    WAYMARK_TRY(query, db_.prepare(sql::carried_replace));
    WAYMARK_CHECK(query.bind(as_bytes(body)).bind(n).run());
  }
  return !bodies.empty();
}

Status Carried::tried(std::int64_t n, std::string_view problem) {
  WAYMARK_TRY(query, db_.prepare(sql::carried_tried));
  // The device is told it, and no code is longer.
  return query.bind(now()).bind(problem.substr(0, kCodeBytesMax)).bind(n).run();
}

Result<std::optional<std::string>> Carried::settle(const wire::Acknowledgement& answer,
                                                   std::string_view bytes) {
  {
    WAYMARK_TRY(query, db_.prepare(sql::carried_lost));
    WAYMARK_CHECK(query.bind(answer.replica).bind(answer.at.n).run());
  }
  // Then this one comes once more as well, after those.
  bool lost = db_.changes() > 0;
  std::string body;
  std::int64_t n = 0;
  bool empty = false;
  if (!lost) {
    WAYMARK_TRY(query, db_.prepare(sql::carried_settle));
    WAYMARK_TRY(row, query.bind(now())
                         .bind(answer.replica)
                         .bind(answer.round)
                         .bind(answer.end.n)
                         .bind(answer.end.c)
                         .bind(answer.at.n)
                         .step());
    if (!row) return std::optional<std::string>();
    n = query.integer(0), empty = query.integer(1) == 0, body = query.text(2);
    WAYMARK_CHECK(query.run());
  }
  if (empty) {  // only a question
    WAYMARK_TRY(query, db_.prepare(sql::carried_remove));
    WAYMARK_CHECK(query.bind(n).run());
  }
  WAYMARK_CHECK(forget_old());
  WAYMARK_TRY(query, db_.prepare(sql::answer_add));
  query.bind(answer.replica).bind(answer.round).bind(answer.end.n).bind(answer.at.n);
  WAYMARK_CHECK(query.bind(bytes).bind(now()).run());
  return lost ? std::optional<std::string>() : std::optional(std::move(body));
}

Result<std::optional<std::string>> Carried::settle_as_letters(std::int64_t n, const ReplicaId& replica,
                                                              const record::Position& end) {
  std::optional<std::string> body;
  {
    WAYMARK_TRY(query, db_.prepare(sql::carried_letters));
    WAYMARK_TRY(row, query.bind(now()).bind(n).bind(replica).bind(end.n).bind(end.c).step());
    if (row) body = query.text(0);
    WAYMARK_CHECK(query.run());
  }
  WAYMARK_TRY(query, db_.prepare(sql::carried_letters_empty));
  WAYMARK_CHECK(query.bind(n).run());
  WAYMARK_CHECK(forget_old());
  return body;
}

Status Carried::carry_letters_again() {
  WAYMARK_TRY(query, db_.prepare(sql::carried_letters_again));
  return query.run();
}

Status Carried::forget_old() {
  WAYMARK_TRY(carried, db_.prepare(sql::carried_forget));
  WAYMARK_CHECK(carried.bind(now() - kAnsweredTimeMs).run());
  WAYMARK_TRY(answers, db_.prepare(sql::answer_forget_old));
  return answers.bind(now() - kAnswerTimeMs).run();
}

Result<std::vector<std::string>> Carried::answers_for(const ReplicaId& replica, std::int64_t settled) {
  {
    WAYMARK_TRY(forget, db_.prepare(sql::answer_forget));
    WAYMARK_CHECK(forget.bind(replica).bind(settled).run());
  }
  std::vector<std::string> answers;
  std::int64_t last = -1;
  {
    WAYMARK_TRY(query, db_.prepare(sql::answer_list));
    query.bind(replica).bind(static_cast<std::int64_t>(wire::answers_max));
    for (std::size_t bytes = 0;;) {
      WAYMARK_TRY(row, query.step());
      if (!row) break;
      auto answer = query.text(1);
      auto taken = wire::bytes_in_header(answer);
      if (!answers.empty() && bytes + taken > kAnswersBytesMax) break;
      last = query.integer(0);
      if (taken > kAnswerBytesMax) continue;  // its device hears the like of it at the school
      answers.push_back(std::move(answer));
      bytes += taken;
    }
  }
  if (last < 0) return answers;
  WAYMARK_TRY(sent, db_.prepare(sql::answer_sent));
  WAYMARK_CHECK(sent.bind(replica).bind(last).run());
  return answers;
}

Result<std::map<std::string, KeptFile>> Carried::kept_files() {
  std::map<std::string, KeptFile> files;
  WAYMARK_TRY(query, db_.prepare(sql::kept_all));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return files;
    files[query.text(0)] = {query.integer(1), query.integer(2)};
  }
}

Status Carried::keep_file(std::string_view name, const KeptFile& file) {
  WAYMARK_TRY(query, db_.prepare(sql::kept_put));
  return query.bind(name).bind(file.written).bind(file.day).run();
}

Status Carried::forget_file(std::string_view name) {
  WAYMARK_TRY(query, db_.prepare(sql::kept_forget));
  return query.bind(name).run();
}

Result<bool> Carried::forget_answered(const PersonId& person) {
  WAYMARK_TRY(query, db_.prepare(sql::carried_forget_answered));
  WAYMARK_CHECK(query.bind(person).run());
  return db_.changes() > 0;
}

Status Carried::carry_again() {
  WAYMARK_TRY(query, db_.prepare(sql::carried_again));
  return query.run();
}

Result<std::int64_t> Carried::carried_of(const ReplicaId& replica, std::int64_t settled, std::int64_t last) {
  WAYMARK_TRY(query, db_.prepare(sql::carried_of));
  query.bind(replica);
  std::int64_t batches = 0, end = settled;
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return end < last ? 0 : batches;
    if (query.integer(0) <= end) end = std::max(end, query.integer(1));
    batches += query.integer(2);
  }
}

Result<std::string> Carried::problem_of(const ReplicaId& replica, std::int64_t settled) {
  WAYMARK_TRY(query, db_.prepare(sql::carried_problem));
  WAYMARK_TRY(row, query.bind(replica).bind(settled).step());
  return row ? query.text(0) : std::string();
}

Result<std::int64_t> Carried::carried_beside(const PersonId& person, const ReplicaId& replica) {
  WAYMARK_TRY(query, db_.prepare(sql::carried_beside));
  query.bind(person).bind(replica);
  std::int64_t ops = 0, end = 0;
  ReplicaId last;
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return ops;
    // Two batches of one replica may overlap.
    if (auto of = query.id<ReplicaId>(0); of != last) last = of, end = 0;
    ops += std::max<std::int64_t>(0, query.integer(2) - std::max(end, query.integer(1)));
    end = std::max(end, query.integer(2));
  }
}

Result<Carrying> Carried::carrying() {
  WAYMARK_TRY(query, db_.prepare(sql::carried_count));
  WAYMARK_TRY(row, query.step());
  Carrying carrying;
  if (!row) return carrying;
  carrying.batches = query.integer(0);
  carrying.ops = query.integer(1);
  if (!query.is_null(2)) carrying.since_ms = query.integer(2);
  carrying.not_taken = query.integer(3);
  carrying.problem = query.text(4);
  return carrying;
}

// ---- at the school

Status Carried::add_hub(const PersonId& id) {
  WAYMARK_TRY(query, db_.prepare(sql::hub_add));
  return query.bind(id).run();
}

Status Carried::hub_heard(const PersonId& id, const std::vector<std::string>& addresses,
                          std::int64_t carrying) {
  std::string text;
  for (const auto& address : addresses) text += address + '\n';
  WAYMARK_TRY(query, db_.prepare(sql::hub_heard));
  return query.bind(text).bind(carrying).bind(now()).bind(id).run();
}

Result<std::vector<HubRow>> Carried::hubs() {
  std::vector<HubRow> rows;
  WAYMARK_TRY(query, db_.prepare(sql::hub_list));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return rows;
    HubRow hub{query.id<PersonId>(0), query.text(1), lines_of(query.text(2)), query.integer(3), {}, false};
    if (!query.is_null(4)) hub.heard_ms = query.integer(4);
    hub.active = query.integer(5) != 0;
    rows.push_back(std::move(hub));
  }
}

// ---- both

Result<std::vector<PaperCard>> Carried::cards() {
  std::vector<PaperCard> rows;
  WAYMARK_TRY(query, db_.prepare(sql::papers_cards));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return rows;
    rows.push_back({query.text(0), query.id<PersonId>(1), query.integer(2) != 0});
  }
}
Result<std::vector<PaperComputer>> Carried::computers() {
  std::vector<PaperComputer> rows;
  WAYMARK_TRY(query, db_.prepare(sql::papers_computers));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return rows;
    rows.push_back({query.id<ComputerId>(0), query.text(1), bytes_of(query.blob(2)), query.integer(3) != 0});
  }
}
Result<std::vector<PaperDevice>> Carried::devices() {
  std::vector<PaperDevice> rows;
  WAYMARK_TRY(query, db_.prepare(sql::papers_devices));
  for (;;) {
    WAYMARK_TRY(row, query.step());
    if (!row) return rows;
    rows.push_back({bytes_of(query.blob(0)), query.id<PersonId>(1), query.id<ComputerId>(2),
                    bytes_of(query.blob(3)), query.integer(4) != 0});
  }
}

Status Carried::put(const PaperCard& row) {
  WAYMARK_TRY(query, db_.prepare(sql::papers_put_card));
  return query.bind(row.code).bind(row.person).bind(now()).bind(row.voided).run();
}
Status Carried::put(const PaperComputer& row) {
  WAYMARK_TRY(query, db_.prepare(sql::papers_put_computer));
  return query.bind(row.id).bind(row.name).bind(ByteView(row.token)).bind(now()).bind(row.removed).run();
}
Status Carried::put(const PaperDevice& row) {
  WAYMARK_TRY(query, db_.prepare(sql::papers_put_device));
  query.bind(ByteView(row.token)).bind(row.person).bind(row.computer).bind(ByteView(row.key)).bind(now());
  return query.bind(row.removed).run();
}

}  // namespace waymark::server
