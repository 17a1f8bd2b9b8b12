#include "sync-server/routes/api.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <set>

#include "shared/base/text.hpp"
#include "sync-server/routes/events.hpp"
#include "sync-server/service/authoring.hpp"
#include "sync-server/service/class_people.hpp"
#include "sync-server/service/codes.hpp"
#include "sync-server/service/erasable.hpp"
#include "sync-server/service/hiding.hpp"
#include "sync-server/service/hubs.hpp"
#include "sync-server/service/letters.hpp"
#include "sync-server/service/rosters.hpp"
#include "sync-server/service/teaching.hpp"

namespace waymark::server {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Hidden, by, at_ms)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HiddenText, kind, record, by, at_ms, written_ms, words, mime)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Judgement, levels, glow, grow, next, outcome)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Version, op, by, where, place, at_ms, reply, form, pathway, step)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Learner, id, name, first_name, mark)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HeardFrom, at_ms, computer, carrier, waiting, begun)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Need, type, student, words, project, step, step_title, step_number,
                                   try_number, days, since_ms, record, date, heard, more)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ComputerLine, name, carrier, heard_ms, waiting, students)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TrailStop, id, title, good, stuck, here, today)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ClassTrail, pathway, version, title, question, on_this, on_others, without,
                                   stops)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ToAnswer, count, oldest_ms, second_tries, held, several)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PathwayName, id, version, title, steps)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ClassPage, id, title, students, needing, now_ms, needs, to_answer,
                                   computers, trail, pathways, today_versions, today_saw)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ClassLine, id, title, students, to_answer)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Piece, id, type, title, text, file, small, name, mime, bytes, width,
                                   height, added_ms, confirmed, changed_since, hidden)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AboutMe, strengths, interests, languages, learn_best, need, written_ms,
                                   hidden, id)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Try, number, at_ms, levels, review, reviewed)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TurnedIn, turn_in, self_assessment, project, step, pathway, version,
                                   rubric, try_number, at_ms, step_number, student, step_title, pathway_title,
                                   question, note, product, levels, because, evidence, confidence, glow, grow,
                                   next, work, about, goals, opens_first, earlier, held, reply, held_by,
                                   versions, saw, opens_saw, hidden, own_hidden)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Queue, items, held, contents)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Remark, id, text, standard, by, at_ms, hidden)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(GoalPage, id, want, first_step, by, how_know, obstacle, plan_if, plan_then,
                                   standard, state, learned, at_ms, open, thread, hidden)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StepPage, id, state, title, tries, at_ms, planned)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ProjectPage, id, pathway, version, question, why, product, title, steps,
                                   support, support_versions, support_saw, at_ms, open, hidden)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ReviewLine, id, project, step, rubric, version, by, replaced_by,
                                   step_title, at_ms, try_number, judgement, own, replies)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(GrowthPoint, kind, id, at_ms, level)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(GrowthLine, standard, text, title, levels, aim, points, forms)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StandardLine, code, text, used)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Unsent, turn_in, review, version, rubric, step_title, versions)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StudentPage, student, classes, heard, about, goals, projects, reviews,
                                   observations, growth, support, support_versions, support_saw, unsent,
                                   pin_set, now_ms, question_open, hidden, contents)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(KnownStudent, person, given, family, classes, left, gone)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FoundStudents, students, more)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StaffLine, id, name, email, role, you)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ClassPeople, id, title, teachers, colleagues, students)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SchoolClass, id, title, teachers, students)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RosterLine, line, given, family, state, text, person, choices)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RosterPreview, lines, fresh, empty, twice, here, unreadable)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Added, class_id, students)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Square, size, path)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CardToPrint, person, name, mark, code, square, pin_set)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PathwayLine, id, published, draft, title, question, number, steps,
                                   students, published_ms, draft_ms, others_editing, archived)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(VersionLine, id, note, by, number, at_ms, students)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PathwayPage, id, content, saw, published, number, saved_ms, has_draft,
                                   archived, newer_published, versions, others_editing, published_content)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Saved, saw, saved_ms, problem)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HubLine, id, name, classes, addresses, heard_ms, carrying, left_out)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(LetterLine, n, at_ms, written_ms, person, name, brought_by, kind, code,
                                   is_private, can_take_in, away, words, settled, settled_by, settled_ms)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(LetterPage, waiting, settled, more)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AuditLine, at_ms, by, action, subject)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StickRead, student, problem, ops, known, refused, brought_back, files,
                                   whole, kept, reader)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ErasableLine, id, name, classes, left_ms)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ErasableStudent, who, ops, files, old_copies, backups, backup_days)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(NewcomerLine, id, name, at_ms, waiting, classes, same_id, same_name,
                                   same_class)

namespace {

using http::Answer;
using http::json;
using http::json_response;
using http::Request;
using http::Response;

constexpr std::size_t kSmallBody = 64 * 1024, kPasteBody = 512 * 1024, kPathwayBody = 1024 * 1024;

// Who asks, and what the path names, once it is certain that they may.
struct Asked {
  const Request& request;
  Person person;
  std::string csrf;
  ClassId class_id;
  PersonId student;
};

using Handle = std::function<Answer(School&, const Asked&)>;

// Who is let in where a path names a class: its teachers; where it is about who belongs to the class,
// administrators too, whether they teach it or not.
enum class Door { teachers, administrators_too };

Result<Asked> may(School& school, const Request& request, Door door) {
  auto token = request.cookie(session_cookie);
  if (token.empty()) return Error{Code::unauthorized, "not signed in"};
  WAYMARK_TRY(session, school.session(token));
  Asked asked{request, session.first, session.second, {}, {}};
  if (asked.person.role != "teacher" && asked.person.role != "admin")
    return Error{Code::forbidden, "this page is for staff"};
  // A page elsewhere cannot read the token, so what it sends lacks it.
  if (request.method != "GET" && request.method != "HEAD" &&
      !equal_secret(as_bytes(request.header(csrf_header)), as_bytes(asked.csrf)))
    return Error{Code::forbidden, "the request did not come from the dashboard's own page"};
  bool everywhere = door == Door::administrators_too && asked.person.role == "admin";
  if (request.params.count("class")) {
    WAYMARK_TRY(id, ClassId::parse(request.param("class")));
    asked.class_id = id;
    WAYMARK_TRY(allowed, teaches_class(school, asked.person.id, id));
    if (!allowed && !everywhere) return Error{Code::forbidden, "not a class of yours"};
  }
  if (request.params.count("student")) {
    WAYMARK_TRY(id, PersonId::parse(request.param("student")));
    asked.student = id;
    WAYMARK_TRY(allowed, school.teaches(asked.person.id, id));
    if (!allowed && !everywhere) return Error{Code::forbidden, "not a student of yours"};
    if (request.params.count("class")) {
      WAYMARK_TRY(students, school.students_of(asked.class_id));
      if (std::none_of(students.begin(), students.end(), [&](const Student& s) { return s.person.id == id; }))
        return Error{Code::not_found, "no student of this class"};
    }
  }
  return asked;
}

template <class T>
Result<Response> shown(const Result<T>& value) {
  if (!value) return value.error();
  return json_response(json(*value));
}
Result<Response> done(const Status& status) {
  if (!status) return status.error();
  return http::no_content();
}

Result<std::vector<NewName>> names_of(const json& body) {
  auto found = body.find("names");
  if (found == body.end() || !found->is_array()) return Error{Code::malformed, "names: a list is wanted"};
  if (found->size() > roster_lines_max) return Error{Code::too_large, "over 500 names at once"};
  std::vector<NewName> names;
  for (const auto& item : *found) {
    if (!item.is_object()) return Error{Code::malformed, "names: a list of objects is wanted"};
    WAYMARK_TRY(given, http::text_of(item, "given"));
    WAYMARK_TRY(family, http::text_or(item, "family", ""));
    WAYMARK_TRY(person, http::text_or(item, "person", ""));
    names.push_back({given, family, person});
  }
  return names;
}

Result<Judgement> judgement_in(const json& body) {
  Judgement reply;
  WAYMARK_TRY(glow, http::text_or(body, "glow", ""));
  WAYMARK_TRY(grow, http::text_or(body, "grow", ""));
  WAYMARK_TRY(next, http::text_or(body, "next", ""));
  WAYMARK_TRY(outcome, http::text_of(body, "outcome"));
  reply.glow = glow;
  reply.grow = grow;
  reply.next = next;
  reply.outcome = outcome;
  if (auto levels = body.find("levels"); levels != body.end()) {
    if (!levels->is_object()) return Error{Code::malformed, "levels: an object is wanted"};
    for (const auto& [name, value] : levels->items()) {
      if (!value.is_number_integer()) return Error{Code::malformed, "levels: numbers are wanted"};
      reply.levels[name] = value.get<std::int64_t>();
    }
  }
  return reply;
}

Result<std::vector<OpId>> ops_in(const json& list, std::string_view name) {
  if (!list.is_array()) return Error{Code::malformed, std::string(name) + ": a list of ids is wanted"};
  if (list.size() > 256) return Error{Code::too_large, std::string(name) + ": over 256 ids"};
  std::vector<OpId> ops;
  for (const auto& item : list) {
    if (!item.is_string()) return Error{Code::malformed, std::string(name) + ": a list of ids is wanted"};
    WAYMARK_TRY(id, OpId::parse(item.get<std::string>()));
    ops.push_back(id);
  }
  return ops;
}

// What the page showed when its reader wrote this.
Result<Saw> saw_in(const json& body) {
  auto found = body.find("saw");
  if (found == body.end()) return Saw();
  WAYMARK_TRY(ops, ops_in(*found, "saw"));
  return Saw(std::move(ops));
}

// {"saw": [ids of the versions that were shown], "take": one of them, or nothing for both}
Result<Choice> choice_in(const json& body) {
  Choice choice;
  WAYMARK_TRY(saw, ops_in(body.value("saw", json::array()), "saw"));
  WAYMARK_TRY(take, http::text_or(body, "take", ""));
  choice.saw = std::move(saw);
  if (take.empty()) return choice;
  WAYMARK_TRY(id, OpId::parse(take));
  choice.take = id;
  return choice;
}

// ---- signing in

Response signed_in(const School::SignedIn& in, bool secure) {
  auto response = json_response({{"csrf", in.csrf}});
  http::Cookie cookie;
  cookie.name = session_cookie;
  cookie.value = in.token;
  cookie.secure = secure;
  http::set_cookie(response, cookie);
  return response;
}

Answer sign_in(School& school, const Request& request) {
  auto body = http::json_body(request);
  if (!body) return body.error();
  auto email = http::text_of(*body, "email");
  if (!email) return email.error();
  auto password = http::text_of(*body, "password");
  if (!password) return password.error();
  if (password->size() > 1000 || email->size() > 1000)
    return Error{Code::wrong_password, "e-mail and password do not go together"};
  auto begun = school.begin_sign_in(*email, *password);
  if (!begun) return begun.error();
  auto attempt = std::make_shared<PasswordTry>(std::move(*begun));
  bool secure = request.secure();
  return http::Later{[attempt] { School::check_password(*attempt); },
                     [&school, attempt, secure]() -> Answer {
                       auto in = school.finish_sign_in(*attempt);
                       if (!in) return in.error();
                       return signed_in(*in, secure);
                     }};
}

Result<Response> sign_out(School& school, const Asked& asked) {
  WAYMARK_CHECK(school.sign_out(asked.request.cookie(session_cookie)));
  auto response = http::no_content();
  http::Cookie cookie;
  cookie.name = session_cookie;
  cookie.max_age_s = 0;
  cookie.secure = asked.request.secure();
  http::set_cookie(response, cookie);
  return response;
}

Result<Response> session(School& school, const Asked& asked) {
  WAYMARK_TRY(classes, class_lines(school, asked.person.id));
  WAYMARK_TRY(letters, letters_waiting_for(school, asked.person));
  std::size_t newcomers = 0;
  if (asked.person.role == "admin") {
    WAYMARK_TRY(waiting, school.newcomers());
    newcomers = waiting.size();
  }
  json said = {{"csrf", asked.csrf},
               {"letters", letters},
               {"newcomers", newcomers},
               {"name", trim(asked.person.given + " " + asked.person.family)},
               {"email", asked.person.email.value_or("")},
               {"role", asked.person.role},
               {"school", school.name()},
               {"classes", classes}};
  if (asked.person.role == "admin") {
    WAYMARK_TRY(old, school.backup_is_old());
    const auto& backups = school.backup_place();
    if (old) said["old_backup"] = {{"last_ms", backups.last_ms.value_or(0)}, {"folder", backups.folder}};
  }
  if (school.hub()) {
    WAYMARK_TRY(carrying, school.carried().carrying());
    WAYMARK_TRY(own, school.store().waiting_count());
    auto files =
        static_cast<std::int64_t>(school.parcels().waiting().size() + school.sticks().waiting().size() +
                                  school.bundles().waiting().size());
    said["hub"] = {{"name", school.hub()->name},
                   {"waiting", carrying.ops + own + files},
                   {"line", line_word(school.line())}};
  }
  return json_response(said);
}

// ---- set-up

Result<Response> preview(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(text, http::text_of(body, "text"));
  WAYMARK_TRY(order, http::text_or(body, "order", "given_first"));
  WAYMARK_TRY(class_text, http::text_or(body, "class", ""));
  ClassId class_id;
  if (!class_text.empty()) {
    WAYMARK_TRY(id, ClassId::parse(class_text));
    WAYMARK_TRY(allowed, teaches_class(school, asked.person.id, id));
    if (!allowed) return Error{Code::forbidden, "not a class of yours"};
    class_id = id;
  }
  return shown(preview_roster(school, asked.person.id, class_text.empty() ? nullptr : &class_id, text,
                              order == "family_first" ? NameOrder::family_first : NameOrder::given_first));
}

Result<Response> add_class(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(title, http::text_of(body, "title"));
  WAYMARK_TRY(names, names_of(body));
  return shown(make_class(school, asked.person.id, title, names));
}

Result<Response> add_students(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(names, names_of(body));
  return shown(add_to_class(school, asked.person.id, asked.class_id, names));
}

// ---- who teaches a class, and who is in it

Result<Response> add_teacher(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(text, http::text_of(body, "staff"));
  WAYMARK_TRY(staff, PersonId::parse(text));
  WAYMARK_TRY(added, bring_teacher(school, asked.person.id, asked.class_id, staff));
  return json_response({{"added", added}});
}

Result<Response> remove_teacher(School& school, const Asked& asked) {
  WAYMARK_TRY(staff, PersonId::parse(asked.request.param("staff")));
  return done(
      take_out_teacher(school, asked.person, asked.class_id, staff, asked.request.asked("without") == "yes"));
}

Result<Response> enroll(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(text, http::text_of(body, "student"));
  WAYMARK_TRY(student, PersonId::parse(text));
  WAYMARK_TRY(added, bring_student(school, asked.person.id, asked.class_id, student));
  return json_response({{"added", added}});
}

// How another computer reaches this server: as this page was reached, or, from the server's own machine, as
// the server last said.
std::string address_of(School& school, const Request& request) {
  std::string host(request.header("host"));
  bool loopback = host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
  if (!host.empty() && !loopback && host.size() <= 200) return host;
  auto known = school.store().meta("address");
  return known ? known->value_or("") : "";
}

Result<Response> cards(School& school, const Asked& asked) {
  auto address = address_of(school, asked.request);
  WAYMARK_TRY(list, cards_of(school, asked.class_id));
  return json_response({{"cards", list},
                        {"school", school.name()},
                        {"address", address},
                        {"fingerprint", school.fingerprint()}});
}

// The file with which the class begins where there is no network. It is kept by nobody: a card that is voided
// opens none that is made later.
Answer starter(School& school, const Asked& asked) {
  auto address = address_of(school, asked.request);
  std::vector<std::string> addresses;
  if (!address.empty()) addresses.push_back(address.starts_with("http") ? address : "https://" + address);
  auto content = school.begin_starter(asked.class_id, addresses);
  if (!content) return content.error();
  auto made = std::make_shared<Result<School::Starter>>(Error{Code::internal, "not made yet"});
  return http::Later{[made, content = *content] { *made = School::make_starter(*content); },
                     [made]() -> Answer {
                       if (!*made) return made->error();
                       auto response = http::text(200, std::move((*made)->bytes), "application/octet-stream");
                       response.set("cache-control", "no-store")
                           .set("content-disposition", "attachment; filename=\"class.waymark-starter\"");
                       return response;
                     }};
}

Result<Response> computers(School& school, const Asked&) {
  WAYMARK_TRY(list, school.accounts().computers());
  WAYMARK_TRY(boxes, school.carried().hubs());
  WAYMARK_TRY(devices, school.carried().devices());
  std::set<ComputerId> of_boxes;  // which have a list of their own
  for (const auto& device : devices)
    if (std::any_of(boxes.begin(), boxes.end(), [&](const HubRow& box) { return box.id == device.person; }))
      of_boxes.insert(device.computer);
  json lines = json::array();
  for (const auto& computer : list)
    if (!computer.removed && !of_boxes.contains(computer.id))
      lines.push_back({{"id", computer.id.hex()},
                       {"name", computer.name},
                       {"joined_ms", computer.joined_ms},
                       {"heard_ms", computer.heard_ms.value_or(0)},
                       {"waiting", computer.waiting}});
  return json_response({{"computers", lines}});
}

Result<Response> add_computer(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(name, http::text_of(body, "name"));
  WAYMARK_TRY(code, school.add_computer_code(name));
  auto address = address_of(school, asked.request);
  WAYMARK_TRY(drawn, square(address.empty() ? grouped(code) : address + "#" + grouped(code)));
  WAYMARK_CHECK(school.accounts().audit(asked.person.id, "computer code made", trim(name)));
  return json_response({{"name", trim(name)},
                        {"code", grouped(code)},
                        {"square", drawn},
                        {"address", address},
                        {"fingerprint", school.fingerprint()}});
}

Result<Response> remove_computer(School& school, const Asked& asked) {
  WAYMARK_TRY(id, ComputerId::parse(asked.request.param("computer")));
  WAYMARK_CHECK(school.remove_computer(id));
  return done(school.accounts().audit(asked.person.id, "computer removed", id.hex()));
}

Result<Response> reprint(School& school, const Asked& asked) {
  WAYMARK_TRY(code, school.reprint_card(asked.student));
  return json_response({{"code", grouped(code)}});
}

// ---- work that needs a home, and who came back after a restore

Result<Response> settle(School& school, const Asked& asked) {
  auto number = asked.request.param("letter");
  std::int64_t n = std::strtoll(std::string(number).c_str(), nullptr, 10);
  std::optional<std::int64_t> at_ms;
  if (auto body = http::json_body(asked.request))
    if (auto at = body->find("at_ms"); at != body->end() && at->is_number_integer())
      at_ms = at->get<std::int64_t>();
  WAYMARK_TRY(theirs, may_settle(school, asked.person, n, at_ms));
  if (!theirs) return Error{Code::forbidden, "not a student of yours"};
  auto how = asked.request.param("how");
  if (how == "take-in") return done(school.take_in_letter(asked.person.id, n));
  if (how == "hand-back") return done(school.hand_back_letter(asked.person.id, n));
  if (how == "set-aside") return done(school.set_aside_letter(asked.person.id, n));
  return Error{Code::not_found, "a letter is taken in, handed back or set aside"};
}

Status administrates(const Asked& asked) {
  if (asked.person.role != "admin") return Error{Code::forbidden, "this is for administrators"};
  return {};
}

Result<Response> hubs(School& school, const Asked& asked) {
  WAYMARK_CHECK(administrates(asked));
  WAYMARK_TRY(lines, hub_lines(school));
  return json_response({{"hubs", lines}, {"now_ms", school.clock().now_ms()}});
}

Result<Response> remove_hub_route(School& school, const Asked& asked) {
  WAYMARK_CHECK(administrates(asked));
  WAYMARK_TRY(id, PersonId::parse(asked.request.param("hub")));
  return done(remove_hub(school, id, asked.person.id));
}

Result<Response> newcomers(School& school, const Asked& asked) {
  WAYMARK_CHECK(administrates(asked));
  WAYMARK_TRY(lines, newcomer_lines(school));
  return json_response({{"newcomers", lines}});
}

Result<Response> let_in(School& school, const Asked& asked) {
  WAYMARK_CHECK(administrates(asked));
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(same, http::text_or(body, "same", ""));
  WAYMARK_TRY(id, PersonId::parse(asked.request.param("newcomer")));
  WAYMARK_CHECK(school.accounts().audit(asked.person.id, "newcomer let in", id.hex()));
  if (same.empty()) {
    WAYMARK_TRY(classes, school.confirm_newcomer(id));
    return json_response({{"in_class", !classes.empty()}});
  }
  WAYMARK_TRY(listed, PersonId::parse(same));
  WAYMARK_CHECK(school.merge_newcomer(id, listed));
  return json_response({{"in_class", true}});
}

// ---- erasure

Result<Response> erasable(School& school, const Asked& asked) {
  WAYMARK_CHECK(administrates(asked));
  WAYMARK_TRY(lines, erasable_students(school));
  return json_response({{"students", lines}, {"now_ms", school.clock().now_ms()}});
}

Result<Response> erasable_one(School& school, const Asked& asked) {
  WAYMARK_CHECK(administrates(asked));
  WAYMARK_TRY(id, PersonId::parse(asked.request.param("person")));
  return shown(erasable_student(school, id));
}

Result<Response> erase(School& school, const Asked& asked) {
  WAYMARK_CHECK(administrates(asked));
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(name, http::text_of(body, "name"));
  WAYMARK_TRY(id, PersonId::parse(asked.request.param("person")));
  WAYMARK_TRY(erased, erase_named(school, asked.person.id, id, name));
  return json_response({{"ops", erased.ops}, {"files", erased.files}, {"old_copies", erased.old_copies}});
}

Result<Response> audit(School& school, const Asked& asked) {
  WAYMARK_CHECK(administrates(asked));
  return shown(audit_lines(school));
}

// ---- class and answering

Result<Response> set_today_route(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(pathway, http::text_of(body, "pathway"));
  WAYMARK_TRY(step, http::text_of(body, "step"));
  WAYMARK_TRY(saw, saw_in(body));
  return done(set_today(school, asked.person.id, asked.class_id, pathway, step, saw));
}

Result<Response> choose_today_route(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(choice, choice_in(body));
  return done(choose_today(school, asked.person.id, asked.class_id, choice));
}

Result<Response> choose_reply_route(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(choice, choice_in(body));
  return done(choose_reply(school, asked.person.id, asked.student, asked.request.param("turn_in"), choice));
}

Result<Response> choose_support_route(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(project, http::text_or(body, "project", ""));
  WAYMARK_TRY(choice, choice_in(body));
  return done(choose_support(school, asked.person.id, asked.student, project, choice));
}

Result<Response> hold(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(reply, judgement_in(body));
  WAYMARK_TRY(saw, saw_in(body));
  return done(
      hold_reply(school, asked.person.id, asked.class_id, asked.request.param("turn_in"), reply, saw));
}

Result<Response> correct(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(reply, judgement_in(body));
  return done(correct_review(school, asked.person.id, asked.student, asked.request.param("review"), reply));
}

Result<Response> send(School& school, const Asked& asked) {
  WAYMARK_TRY(count, send_replies(school, asked.person.id, asked.class_id));
  return json_response({{"sent", count}});
}

Result<Response> add_observation(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  auto found = body.find("students");
  if (found == body.end() || !found->is_array()) return Error{Code::malformed, "students: a list is wanted"};
  std::vector<PersonId> students;
  for (const auto& item : *found) {
    if (!item.is_string()) return Error{Code::malformed, "students: a list of ids is wanted"};
    WAYMARK_TRY(id, PersonId::parse(item.get<std::string>()));
    WAYMARK_TRY(allowed, school.teaches(asked.person.id, id));
    if (!allowed) return Error{Code::forbidden, "not a student of yours"};
    students.push_back(id);
  }
  Observed observed;
  WAYMARK_TRY(text, http::text_of(body, "text"));
  WAYMARK_TRY(standard, http::text_or(body, "standard", ""));
  WAYMARK_TRY(project, http::text_or(body, "project", ""));
  WAYMARK_TRY(step, http::text_or(body, "step", ""));
  return done(observe(school, asked.person.id, students, {text, standard, project, step}));
}

Result<Response> help(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(text, http::text_of(body, "text"));
  return done(answer_help(school, asked.person.id, asked.student, asked.request.param("help"), text));
}

Result<Response> hide(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(kind, http::text_of(body, "kind"));
  WAYMARK_TRY(record, http::text_of(body, "record"));
  WAYMARK_TRY(hidden, http::boolean_of(body, "hidden"));
  return done(set_hidden(school, asked.person.id, asked.student, kind, record, hidden));
}

Result<Response> support(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(project, http::text_or(body, "project", ""));
  WAYMARK_TRY(form, http::text_of(body, "form"));
  WAYMARK_TRY(saw, saw_in(body));
  return done(set_support(school, asked.person.id, asked.student, project, form, saw));
}

// Pictures are shown; everything else is only saved, so that nothing a student attached runs in this page.
Result<Response> file(School& school, const Asked& asked) {
  WAYMARK_TRY(found, school.find_file(asked.person.id, domain::person_stream(asked.student),
                                      asked.request.param("sha256")));
  WAYMARK_TRY(body, School::read_file(found, 0, static_cast<std::size_t>(found.bytes)));
  constexpr std::array pictures{"image/png", "image/jpeg", "image/webp", "image/gif"};
  bool picture = std::find(pictures.begin(), pictures.end(), found.mime) != pictures.end();
  auto response = http::text(200, std::move(body), picture ? found.mime : "application/octet-stream");
  response.set("cache-control", "private, max-age=3600");
  if (!picture) response.set("content-disposition", "attachment");
  return response;
}

// A student's file from a stick. What came is told in a header, and the body is the answer to go back onto
// the stick: nothing of it is kept here.
Result<Response> stick(School& school, const Asked& asked) {
  WAYMARK_TRY(read, read_stick(school, asked.person.id, asked.request.body, asked.request.asked("file")));
  auto response = http::text(200, std::move(read.answer), "application/octet-stream");
  response.set(stick_header, json(read).dump(-1, ' ', true)).set("cache-control", "no-store");
  return response;
}

// ---- pathways

Result<Response> begin(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(content, http::text_or(body, "content", ""));
  WAYMARK_TRY(id, begin_pathway(school, asked.person.id, asked.class_id, content));
  return json_response({{"id", id}}, 201);
}

Result<Response> save(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(content, http::text_of(body, "content"));
  WAYMARK_TRY(saw, http::text_or(body, "saw", ""));
  bool keep_mine = body.value("keep_mine", json(false)) == json(true);
  return shown(save_draft(school, asked.person.id, asked.class_id, asked.request.param("pathway"), content,
                          saw, keep_mine));
}

Result<Response> publish(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(note, http::text_or(body, "note", ""));
  WAYMARK_TRY(number,
              publish_draft(school, asked.person.id, asked.class_id, asked.request.param("pathway"), note));
  return json_response({{"number", number}});
}

Result<Response> archive(School& school, const Asked& asked) {
  WAYMARK_TRY(body, http::json_body(asked.request));
  WAYMARK_TRY(archived, http::boolean_of(body, "archived"));
  return done(
      archive_pathway(school, asked.person.id, asked.class_id, asked.request.param("pathway"), archived));
}

}  // namespace

std::vector<ApiRoute> add_api_routes(http::Router& router, School& school) {
  std::vector<ApiRoute> routes;
  router.add("POST", "/api/sign-in", [&school](const Request& request) { return sign_in(school, request); },
             {kSmallBody});
  // The only way to a handler below is through may().
  auto add = [&](std::string_view method, std::string_view pattern, Handle handle,
                 std::size_t body_max = kSmallBody, Door door = Door::teachers) {
    routes.push_back({std::string(method), std::string(pattern)});
    router.add(method, pattern,
               [&school, handle = std::move(handle), door](const Request& request) -> Answer {
                 auto asked = may(school, request, door);
                 if (!asked) return asked.error();
                 return handle(school, *asked);
               },
               {body_max});
  };
  add("GET", "/api/session", session);
  add("GET", "/api/events", [](School& s, const Asked& a) {
    return staff_events(s, a.person.id, a.request.cookie(session_cookie));
  });
  add("POST", "/api/sign-out", sign_out);
  add("POST", "/api/roster/preview", preview, kPasteBody);
  add("GET", "/api/computers", computers);
  add("POST", "/api/computers", add_computer);
  add("DELETE", "/api/computers/{computer}", remove_computer);
  add("GET", "/api/letters", [](School& s, const Asked& a) { return shown(letters_for(s, a.person)); });
  add("POST", "/api/letters/{letter}/{how}", settle);
  add("GET", "/api/hubs", hubs);
  add("DELETE", "/api/hubs/{hub}", remove_hub_route);
  add("POST", "/api/sticks", stick, wire::bundle_bytes_max);
  add("GET", "/api/newcomers", newcomers);
  add("POST", "/api/newcomers/{newcomer}", let_in);
  add("GET", "/api/audit", audit);
  add("GET", "/api/erasable", erasable);
  add("GET", "/api/erasable/{person}", erasable_one);
  add("POST", "/api/erasable/{person}", erase);
  add("POST", "/api/classes", add_class, kPasteBody);
  add("GET", "/api/classes/{class}",
      [](School& s, const Asked& a) { return shown(class_page(s, a.class_id, a.request.asked("today"))); });
  add("GET", "/api/classes/{class}/students",
      [](School& s, const Asked& a) { return shown(learners(s, a.class_id)); });
  add("GET", "/api/classes/{class}/standards",
      [](School& s, const Asked& a) { return shown(standards_of(s, a.class_id)); });
  add("POST", "/api/classes/{class}/students", add_students, kPasteBody);
  auto belonging = [&](std::string_view method, std::string_view pattern, Handle handle) {
    add(method, pattern, std::move(handle), kSmallBody, Door::administrators_too);
  };
  belonging("GET", "/api/classes/{class}/people",
            [](School& s, const Asked& a) { return shown(class_people(s, a.person.id, a.class_id)); });
  belonging("GET", "/api/classes/{class}/find", [](School& s, const Asked& a) {
    return shown(find_students(s, a.person.id, a.class_id, a.request.asked("name")));
  });
  belonging("POST", "/api/classes/{class}/enroll", enroll);
  belonging("DELETE", "/api/classes/{class}/students/{student}", [](School& s, const Asked& a) {
    return done(leave_class(s, a.person.id, a.class_id, a.student));
  });
  belonging("POST", "/api/classes/{class}/teachers", add_teacher);
  belonging("DELETE", "/api/classes/{class}/teachers/{staff}", remove_teacher);
  add("GET", "/api/school/classes", [](School& s, const Asked& a) -> Result<Response> {
    WAYMARK_CHECK(administrates(a));
    WAYMARK_TRY(classes, school_classes(s));
    return json_response({{"classes", classes}});
  });
  add("GET", "/api/classes/{class}/cards", cards);
  add("GET", "/api/classes/{class}/starter", starter);
  add("POST", "/api/classes/{class}/today", set_today_route);
  add("POST", "/api/classes/{class}/today/choose", choose_today_route);
  add("GET", "/api/classes/{class}/queue",
      [](School& s, const Asked& a) { return shown(review_queue(s, a.class_id)); });
  add("PUT", "/api/classes/{class}/held/{turn_in}", hold);
  add("DELETE", "/api/classes/{class}/held/{turn_in}", [](School& s, const Asked& a) {
    return done(take_back(s, a.person.id, a.class_id, a.request.param("turn_in")));
  });
  add("POST", "/api/classes/{class}/send", send);
  add("POST", "/api/classes/{class}/observations", add_observation);
  add("GET", "/api/classes/{class}/pathways",
      [](School& s, const Asked& a) { return shown(pathways_of(s, a.person.id, a.class_id)); });
  add("POST", "/api/classes/{class}/pathways", begin, kPathwayBody);
  add("GET", "/api/classes/{class}/pathways/{pathway}", [](School& s, const Asked& a) {
    return shown(pathway_page(s, a.person.id, a.class_id, a.request.param("pathway")));
  });
  add("PUT", "/api/classes/{class}/pathways/{pathway}/draft", save, kPathwayBody);
  add("DELETE", "/api/classes/{class}/pathways/{pathway}/draft", [](School& s, const Asked& a) {
    return done(drop_draft(s, a.person.id, a.class_id, a.request.param("pathway")));
  });
  add("POST", "/api/classes/{class}/pathways/{pathway}/publish", publish);
  add("POST", "/api/classes/{class}/pathways/{pathway}/archive", archive);
  add("GET", "/api/students/{student}", [](School& s, const Asked& a) -> Result<Response> {
    WAYMARK_CHECK(note_read(s, a.person.id, a.student, "page read"));
    return shown(student_page(s, a.student));
  });
  add("POST", "/api/students/{student}/card", reprint);
  add("POST", "/api/students/{student}/pin",
      [](School& s, const Asked& a) { return done(s.reset_pin(a.student)); });
  add("POST", "/api/students/{student}/reviews/{review}", correct);
  add("POST", "/api/students/{student}/support", support);
  add("POST", "/api/students/{student}/support/choose", choose_support_route);
  add("POST", "/api/students/{student}/replies/{turn_in}/choose", choose_reply_route);
  add("GET", "/api/students/{student}/hidden", [](School& s, const Asked& a) -> Result<Response> {
    WAYMARK_CHECK(note_read(s, a.person.id, a.student, "hidden text read"));
    return shown(hidden_texts(s, a.student));
  });
  add("POST", "/api/students/{student}/hidden", hide);
  add("POST", "/api/students/{student}/help/{help}", help);
  add("POST", "/api/students/{student}/shown/{work}", [](School& s, const Asked& a) {
    return done(confirm_shown(s, a.person.id, a.student, a.request.param("work")));
  });
  add("GET", "/api/students/{student}/files/{sha256}", file);
  return routes;
}

}  // namespace waymark::server
