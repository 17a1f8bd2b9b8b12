// A school in one thread: students' and teachers' computers, the school's server, and a network, a clock,
// crashes, copied disks and journeys back in time that follow from a seed. It runs the product's own store,
// session and school, and checks what must hold (the numbers are those of docs/PROTOCOL.md, "What must always
// hold"). The same seed gives the same log, byte by byte.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace waymark::simulation {

// A protection of the product taken away, or a mistake made in its place: the simulator must notice each.
enum class Sabotage {
  none,
  settle_before_reply,    // an op counts as sent once it is on its way
  cursor_before_data,     // a lost reply moves the cursor all the same
  delete_what_is_absent,  // what an answer does not list is deleted here
  forget_refusals,        // a refusal is dismissed without a person
  clock_decides,          // an op from a computer whose clock is behind is dropped
  no_segments,            // a cursor of a database that was put back is taken as before
  no_digest,              // what was read is not compared with what the school has
  no_chain,               // a computer believes every position
  no_seals,               // what the school lost is not brought back to it
  no_batch_signature,     // the school takes in whatever a batch says
  no_answer_signature,    // a computer believes every acknowledgement
  hub_forgets,            // a hub says that it has what it does not carry on
  believe_hub,            // what a hub has counts as at school
  open_own,               // a hub is given what it may not read unsealed
  collect_what_is_old,    // files are collected without a look at what mentions them
  never_ask,              // a computer never asks which files the school lacks
  news_anywhere,          // what a stick brings is taken for the next page, wherever it began
  keep_access,            // who leaves a class reads on
  keep_reading,           // a computer is not told that its access ended
  grant_from_now,         // a new access begins where the stream ends, not at zero
  no_quarantine,          // whom a restored school does not know is turned away
  refuse_silently,        // a refusal is told to nobody
  strip_unknown,          // what this version does not know is left out on the way
  delete_on_sight,        // a deletion takes what it did not see
  keep_erased,            // what was erased stays in a computer's free pages
  rows_for_lost_replies,  // each interrupted exchange leaves a row
  hub_drops_files,        // a hub says that it has a file that it does not keep
  believe_hub_of_files,   // what a hub has of files counts as at school
  stubs_link_nothing,     // what was refused leaves a gap in its record's history
  no_removal_log,         // what ended since the backup begins again after a restore
  hub_claims_more,        // a hub says that it has everything
  believe_any_seal,       // what comes back is taken in under whatever seal
  no_fsync,               // a disk says that it made sure of something, and did not
  wait_for_all,           // a computer sends nothing while another one is not heard of
  hub_believes,           // a hub believes every position
  believe_portal,         // whatever page answers, a file is at school
  names_nothing,          // whoever puts something away does not say what they saw in it
  no_class_log,      // what began since the backup, classes and who is in them, is forgotten by a restore
  rewrite,           // the school's tidying changes a word of what can never be changed
  take_any_once,     // what can never be changed is taken in under a record of its own
  any_ids,           // a batch is taken for signed, whatever ops it names
  drop_unknown,      // of what came from a later version a computer keeps what it knows
  miscount,          // a computer's sum of a stream is another than that of its lines
  keep_replica,      // each computer is known by its machine, so no chain parts, and copies keep their name
  regrant_from_now,  // an access that begins again goes on where the stream ends
  base_by_clock,     // whoever writes has not seen what is later than their own clock
  own_chance,        // something is drawn that does not follow from the seed
  no_hub_seals,      // what teachers wrote at a hub nobody can bring once its disk is lost
  believe_kept,      // what a hub keeps sealed counts as at school
  last               // none: how many there are
};

struct Plan {
  std::uint64_t seed = 1;
  int steps = 400;           // events before everything is mended
  int day = 0;               // so many of them, and then comes a night; 0: nights come by chance
  int students = 4;          // each with two computers
  int teachers = 2;          // each with one
  bool sticks_only = false;  // no network until sticks have brought all that they can
  // Rooms with a hub, to which computers go and from which they come back. Of two, disks are copied, too, so
  // that one hub becomes two, and teachers write at them.
  int hub = 0;
  bool kept = false;    // with a hub: sticks that are brought to it, and what waited when somebody signed out
  bool people = false;  // who come, go, change class and are erased, and adults who settle what was refused
  // Classes that are made, closed and written for, people who go from one to the other, and a log of all that
  // is put away and comes back; people come and go, too.
  bool classes = false;
  bool archives = false;  // goals and projects that are put away, filled, and brought back
  bool attacks = false;   // what others do to the school, portals, and disks that are full for a moment
  bool forged = false;    // batches that are not what they name, and several of what there is one of
  bool ages = false;      // disks that go back by a day, by thirty and by two hundred; with `day`
  bool measured = false;  // what a day costs, with `day`: of the first twenty days and of the last
  // Power that goes in the middle of a write, disks that kept some of what they were not told to keep, the
  // school's own backups and restores, a hub's disk that tears or is reverted under it, teachers who leave.
  bool rough = false;
  bool clocks = false;    // the school's and the hub's, which go wrong while they serve
  bool liveness = false;  // before all is mended, others' computers stay broken, and the rest has to go on
  int clones = 0;         // of one computer's disk, all at once
  int rounds = 0;         // after the events: one goal on three computers, in each round other ones cut off
  bool twice = false;     // played again, it gives the same log
  // Played again with every clock right, it ends with the same heads. What depends on how many digits a time
  // has is left out: nothing is cut short, torn, or ended in the middle of a write.
  bool twin = false;
  Sabotage sabotage = Sabotage::none;
  // Of the events that follow from the seed only these, by number: a plan made smaller.
  std::optional<std::vector<int>> only = std::nullopt;
  std::string watch = {};  // an op's id: the log then says where it stands, whenever that changes
};

// What exchanges cost: in bytes, and in rows by table, here on the computer and there at the school.
struct Cost {
  long messages = 0, up = 0, down = 0;
  std::map<std::string, std::int64_t> rows_here = {}, rows_there = {};
};
struct DayCost {
  int day = 0;
  long messages = 0;  // of all computers, that day
  Cost idle, edit;    // of one: nothing is new, and one edit is
};
inline constexpr int days_measured = 20;
inline constexpr std::int64_t ages_of_images[] = {1, 30, 200};

struct Outcome {
  std::optional<std::string> failure;  // which invariant broke, where, and at which event
  std::string log_hash;                // of every event: equal for equal seeds
  long events = 0, ops = 0, messages = 0, crashes = 0;
  long journeys = 0;  // back in time: of computers and of the school
  long copies = 0;    // computers that were copied
  long carried = 0;   // ops that a stick's answer settled
  long files = 0;     // attached, and come to where they were wanted
  long collected = 0;
  long told = 0;                   // lines that came by sticks
  long moved = 0;                  // people and computers that came, went, or changed class
  long portals = 0, bombs = 0;     // that answered for files, or a hub; and bodies beyond every bound
  long side_by_side = 0;           // fields of the goal of the rounds, before they were settled
  long shelved = 0, put_away = 0;  // gestures there, and what was away in the end
  long classes = 0;                // made while the school went on
  long erased = 0;                 // students and single ops
  long letters = 0;                // dead letters that an adult settled
  long backups = 0;                // of the school's own that took its place
  long cuts = 0;                   // power that went in the middle of a write
  long files_carried = 0;
  long kept = 0;          // answers to what hubs kept sealed
  long parcels = 0;       // files of which the school's answer came through the hub
  long brought_back = 0;  // lines that the school had lost, by sticks
  long forgeries = 0;
  std::int64_t days = 0;          // that passed before all was mended
  std::int64_t days_by_hand = 0;  // of these, until the school was first asked anything over a network
  std::map<std::int64_t, long> aged = {};  // disks that went back by so many days
  std::vector<DayCost> cost = {};          // of each day that was measured
  // Of a plan with a twin: of each field at the school which of what people wrote are its heads, by their
  // turn.
  std::map<std::string, std::set<long>> heads = {};
  std::string log;
};

Outcome run(const Plan& plan);

// What each event of a plan is: "17 write".
std::vector<std::string> events_of(const Plan& plan);

// Of a plan that fails: the fewest events found with which it still breaks the same invariant. At most
// `runs_max` runs.
Plan shrink(Plan plan, int runs_max = 400);

}  // namespace waymark::simulation
