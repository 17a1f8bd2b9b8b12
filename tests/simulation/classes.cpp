// Classes that are made, closed, opened and renamed while the school goes on, pathways for them, and who is
// wished into which. After every restore each is as it was last said, as long as the log beside the database
// is there; without it nothing that anybody wrote is lost, whoever is in which class.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/simulation/disks.hpp"
#include "tests/simulation/school_world.hpp"

namespace waymark::simulation {
namespace {
namespace fs = std::filesystem;
constexpr long kClassesMax = 4;
}  // namespace

// ---- what happens

void World::happen_in_classes(Kind kind) {
  if (kind == Kind::make_class) return make_class_for_some();
  if (kind == Kind::change_row) return change_row();
  if (kind == Kind::enroll) return enroll_somebody();
  if (kind == Kind::write_pathway) return write_pathway();
  if (kind == Kind::move_log) return before_loss_ ? put_log_back() : move_log();
}

ClassId World::make_class(std::string_view title) {
  auto made = must(school_->add_class(title), "class");
  wishes_.classes[made] = {true, !before_loss_, std::string(title)};
  return made;
}

void World::make_class_for_some() {
  if (made_classes_ >= kClassesMax) return;
  auto made = make_class("Class " + std::to_string(++made_classes_));
  log("make class " + made.hex());
  enroll(made, teachers_[random_.below(teachers_.size())], "teacher", true);
  for (const auto& student : students_)
    if (chance(50) && !erased_.count(student) && must(school_->accounts().person(student), "person"))
      enroll(made, student, "student", true);
  refresh_access();
}

void World::change_row() {
  auto place =
      std::next(wishes_.classes.begin(), static_cast<std::ptrdiff_t>(random_.below(wishes_.classes.size())));
  auto row = must(school_->accounts().class_by_id(place->first), "class");
  if (!row) return;  // a school that was put back, without the log
  auto before = *row;
  if (chance(50)) row->active = !row->active;
  if (chance(30)) row->title = "Class " + word();
  log("class " + row->id.hex() + " " + row->title + (row->active ? "" : " is closed"));
  must(school_->put_classes(std::span(&*row, 1)), "class");
  // What was so already is not written down again.
  bool said = place->second.sure || before.active != row->active || before.title != row->title;
  place->second = {row->active, said && !before_loss_, row->title};
  refresh_access();
}

// Where the power goes meanwhile, it was said or it was not, and what the school makes of that holds.
void World::enroll(const ClassId& where, const PersonId& person, std::string_view role, bool active) {
  auto known = wishes_.places.find({where, person});
  bool fresh = known == wishes_.places.end();
  bool sure = fresh || known->second.sure, was = is_in(where, person);
  auto cut = plan_.classes && !fresh ? may_die(school_->store(), school_db()) : std::nullopt;
  auto done = school_->enroll(where, person, role, active);
  bool died = cut && cut->came(done.has_value());
  cut.reset();
  if (died) {
    crash_school();
    active = is_in(where, person);
  } else {
    must(std::move(done), "enrollment");
  }
  wishes_.places[{where, person}] = {active, (sure || active != was) && !before_loss_};
  if (active) were_in_.insert({where, person});
}

bool World::is_in(const ClassId& where, const PersonId& person) {
  auto row = must(school_->accounts().enrollment(where, person), "enrollment");
  return row && row->active;
}

void World::enroll_somebody() {
  auto place =
      std::next(wishes_.classes.begin(), static_cast<std::ptrdiff_t>(random_.below(wishes_.classes.size())));
  bool teaches = chance(20);
  const auto& people = teaches ? teachers_ : students_;
  auto person = people[random_.below(people.size())];
  bool into = chance(60);
  auto& accounts = school_->accounts();
  if (erased_.count(person) || !must(accounts.person(person), "person")) return;
  if (!must(accounts.class_by_id(place->first), "class")) return;
  log("enroll " + person.hex() + " " + place->first.hex() + (into ? "" : " no more"));
  enroll(place->first, person, teaches ? "teacher" : "student", into);
  refresh_access();
}

// On the school's pages, or on a computer of one's own.
void World::write_pathway() {
  auto place =
      std::next(wishes_.classes.begin(), static_cast<std::ptrdiff_t>(random_.below(wishes_.classes.size())));
  auto stream = domain::class_stream(place->first);
  auto& computer = any();
  bool append_only = chance(60);
  store::Edit edit{{stream, "pathway", domain::singleton_id("pathway", stream)}, {{"title", word()}}, {}, {}};
  if (append_only)
    edit = {{stream, "pathway_version", {}},
            {{"pathway", domain::singleton_id("pathway", stream).hex()},
             {"number", std::int64_t{1}},
             {"content", "{\"steps\":[\"" + word() + "\"]}"}},
            {},
            {}};
  if (!computer.teacher) {
    if (!append_only) base_on_what_is_here(school_->store(), edit);
    auto written = school_->write(teachers_[random_.below(teachers_.size())], std::span(&edit, 1));
    if (!written && written.error().code == Code::not_granted) return log("not theirs to write for");
    auto id = must(std::move(written), "a pathway").front().op;
    committed_.push_back(
        {id, record::canonical(*must(school_->store().op(id), "op")), kOnPages, append_only});
    return log("pathway " + id.hex());
  }
  if (!must(computer.store->reading(stream), "reading")) return;
  if (!append_only) base_on_what_is_here(*computer.store, edit);
  auto id = save(computer, edit, append_only);
  log("pathway " + std::to_string(computer.index) + " " + id.hex());
}

// ---- the log beside the database

// Somebody tidies up before a restore. What is erased would come back with it, so nothing is here.
void World::move_log() {
  if (!erased_.empty() || !erased_ops_.empty()) return;
  log("move log away");
  school_.reset();
  auto path = folder_ + "/school/removals.log";
  fs::rename(path, path + ".away");
  before_loss_ = wishes_;
  left_before_loss_ = left_;
  log_was_away_ = true;
  doubt_all();
  disks::put(school_db(), school_images_[random_.below(school_images_.size())].database);
  open_school();
  school_travelled();
}

void World::doubt_all() {
  for (auto& [id, wish] : wishes_.classes) wish.sure = false;
  for (auto& [place, wish] : wishes_.places) wish.sure = false;
  for (const auto& all : {students_, teachers_}) wishes_.unsure.insert(all.begin(), all.end());
  wishes_.removed.clear();
}

// In the place of what was written meanwhile. It is all done again, so that all is as when it went away; of
// what only came up since it says nothing.
void World::put_log_back() {
  log("put log back");
  school_.reset();
  auto path = folder_ + "/school/removals.log";
  fs::rename(path + ".away", path);
  auto since = std::exchange(wishes_, std::move(*before_loss_));
  before_loss_.reset();
  // What was made meanwhile only that log tells of, and who is put into it since may not be after a loss.
  for (auto [id, wish] : since.classes) {
    wish.sure = false;
    wishes_.classes.try_emplace(id, wish);
  }
  for (const auto& [place, wish] : since.places) wishes_.places.try_emplace(place, wish);
  wishes_.unsure = since.unsure;
  std::set_symmetric_difference(left_.begin(), left_.end(), left_before_loss_.begin(),
                                left_before_loss_.end(), std::inserter(wishes_.unsure, wishes_.unsure.end()));
  open_school();
}

// As the log was once: it told only of ends.
void World::forget_what_began() {
  auto path = folder_ + "/school/removals.log";
  std::ifstream in(path, std::ios::binary);
  std::string kept;
  for (std::string line; std::getline(in, line);)
    if (line.find("\"what\":\"class\"") == std::string::npos &&
        line.find("\"value\":\"here\"") == std::string::npos)
      kept += line + '\n';
  std::ofstream(path, std::ios::binary) << kept;
}

// ---- 20: who is in which class, and what follows from it

// By what was last said; where nothing must be so, by what the school says.
std::set<std::string> World::wished_for(const PersonId& id) {
  auto& accounts = school_->accounts();
  auto is_active = [&](const PersonId& person) {
    auto row = must(accounts.person(person), "person");
    return row && row->active;
  };
  auto open = [&](const ClassId& where) {
    auto wish = wishes_.classes.find(where);
    if (wish->second.sure) return wish->second.active;
    auto row = must(accounts.class_by_id(where), "class");
    return row && row->active;
  };
  auto in = [&](const Place& place, const Wish& wish) {
    return is_active(place.second) && open(place.first) &&
           (wish.sure ? wish.active : is_in(place.first, place.second));
  };
  std::set<std::string> streams{std::string(domain::school_stream)};
  bool student = std::find(students_.begin(), students_.end(), id) != students_.end();
  if (!is_active(id) && !erased_.count(id)) return streams;
  streams.insert({domain::own_stream(id), domain::inbox_stream(id)});
  if (student) streams.insert(domain::person_stream(id));
  for (const auto& [place, wish] : wishes_.places) {
    if (place.second != id || !in(place, wish)) continue;
    streams.insert(domain::class_stream(place.first));
    if (student) continue;
    streams.insert(domain::author_stream(place.first));
    for (const auto& [other, theirs] : wishes_.places) {
      bool taught = other.first == place.first && in(other, theirs) &&
                    std::find(students_.begin(), students_.end(), other.second) != students_.end();
      if (taught) streams.insert({domain::person_stream(other.second), domain::staff_stream(other.second)});
    }
  }
  return streams;
}

void World::check_classes() {
  auto& accounts = school_->accounts();
  for (const auto& [id, wish] : wishes_.classes) {
    if (!wish.sure) continue;
    auto row = must(accounts.class_by_id(id), "class");
    if (!row || row->active != wish.active || row->title != wish.title)
      broken(20, "the class " + id.hex() +
                     (!row                       ? " is not there"
                      : row->title != wish.title ? " has another title"
                      : wish.active              ? " is closed"
                                                 : " is open again"));
  }
  for (const auto& computer : must(accounts.computers(), "computers"))
    if (wishes_.removed.count(computer.id) && !computer.removed)
      broken(10, computer.name + " was removed, and is back");
  // Who joined after the backup is let in by an adult, and then is where they were.
  std::set<PersonId> wait;
  for (const auto& newcomer : must(school_->newcomers(), "newcomers")) wait.insert(newcomer.person);
  for (const auto& all : {students_, teachers_})
    for (const auto& id : all) {
      auto person = must(accounts.person(id), "person");
      if (!person) wait.insert(id);
      if (!person || erased_.count(id) || wishes_.unsure.count(id)) continue;
      if (person->active == (left_.count(id) > 0))
        broken(10,
               id.hex() + (person->active ? " left the school, and is back" : " is back, and was left out"));
    }
  for (const auto& [place, wish] : wishes_.places)
    if (wish.sure && !wait.count(place.second) && !erased_.count(place.second) &&
        (wishes_.classes[place.first].sure || must(accounts.class_by_id(place.first), "class")) &&
        is_in(place.first, place.second) != wish.active)
      broken(wish.active ? 20 : 10,
             place.second.hex() + (wish.active ? " was put into " : " was taken out of ") +
                 place.first.hex() + (wish.active ? ", and is not in it" : ", and is in it again"));
  for (const auto& all : {students_, teachers_})
    for (const auto& id : all) {
      if (wait.count(id)) continue;
      std::set<std::string> may;
      for (const auto& access : must(accounts.access(id), "access")) may.insert(access.stream);
      if (may != wished_for(id)) broken(20, id.hex() + " may read other streams than their classes give");
      for (const auto& computer : computers_) {
        if (computer->person != id || computer->turned_away || computer->hub) continue;
        std::set<std::string> reads;
        for (const auto& reading : must(computer->store->readings(), "readings"))
          reads.insert(reading.stream);
        if (reads != may) broken(11, who(*computer) + " reads other streams than it may");
      }
    }
}

}  // namespace waymark::simulation
