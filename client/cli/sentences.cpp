#include "client/cli/sentences.hpp"

#include "client/app/sentences.hpp"
#include "client/app/transport.hpp"

namespace waymark::cli {

std::string sentence(const Error& error) {
  const auto& why = error.detail;
  auto because = why.empty() ? std::string(".") : " (" + why + ").";
  auto seen = " (" + std::string(seen_of(error)) + ").";
  switch (error.code) {
    case Code::malformed:
      return "This could not be read" + because + " Check how it is written and try again.";
    case Code::invalid:
      return "This breaks a rule of its kind and was not written: " + why + ".";
    case Code::too_large:
    case Code::too_deep:
      return "This is larger than Waymark takes and was not written: " + why + ".";
    case Code::wrong_id:
      return "The content is not what its name says, so it was not kept; fetch it again.";
    case Code::unknown_kind:
      return "There is no kind of record called " + why + "; --help names the kinds.";
    case Code::forbidden:
      return "A student may not write this: " + why + ".";
    case Code::not_granted:
      return "The school has not given this student access to that; ask a teacher.";
    case Code::not_found:
      return "Not found: " + (why.empty() ? std::string("there is no such thing here") : why) + ".";
    case Code::exists:
      return "It is there already" + because;
    case Code::conflict:
      return why + ".";
    case Code::unauthorized:
      return "This computer is not, or no longer, part of the school" + because +
             " Everything here is safe; join again with a new code and card.";
    case Code::wrong_pin:
      return "That is not the PIN of this student; give it on standard input with --pin-stdin.";
    case Code::slowed_down:
      return "Too many wrong tries; wait " + (why.empty() ? std::string("a moment") : why + " seconds") +
             " and try again.";
    case Code::card_unknown:
      return "The school knows no student's card with these characters; check them on the card.";
    case Code::card_voided:
      return "A teacher has voided this card; ask for the new one.";
    case Code::code_unknown:
      return "The school knows no computer code with these characters; check them, or ask for a new one.";
    case Code::code_used:
      return "This code has joined a computer already; ask the administrator for another one.";
    case Code::disk_full:
      return "The disk is full, so nothing was changed; make room and try again.";
    case Code::io:
      return "The disk could not be read or written" + because;
    case Code::database_damaged:
      return "The records are damaged" + because + " Open Waymark's window: it keeps a copy and mends them.";
    case Code::database_locked:
      return "Another Waymark has this student's records open; close it, or pack up there, and try again.";
    case Code::offline:
    case Code::timeout:
      return "The school could not be reached" + because + " Everything is safe here and goes later.";
    case Code::identity_changed:
      return "The server at this address is not the school that was expected" + because +
             " Nothing was sent; tell the administrator.";
    case Code::not_waymark:
      switch (between(error)) {
        case Between::portal:
          return "The network answers with a page of its own instead of the school" + seen +
                 " Sign in to the network with a web browser; everything is safe here and goes later.";
        case Between::proxy:
          return "The network's proxy does not open the way to the school" + seen +
                 " Have it let this address through; everything is safe here and goes later.";
        case Between::inspection:
          return "Something on this network opens secure connections, so nothing was sent" + seen +
                 " Have it leave the school's address alone; everything is safe here and goes later.";
        case Between::nothing:
          break;
      }
      return "Something answered, but it is not a Waymark server" + because + " Check the address.";
    case Code::server_busy:
      return "The school's server is busy; try again in a minute.";
    case Code::server_failed:
      return "The school's server has a problem of its own" + because + " Tell the administrator.";
    case Code::not_an_image:
      return "This file is no picture that can be used" + because;
    case Code::unsupported:
      return "This version of Waymark cannot do this" + because;
    case Code::wrong_password:
    case Code::cancelled:
    case Code::internal:
      break;
  }
  return "Something went wrong inside Waymark: " + std::string(name(error.code)) + because +
         " Nothing that was saved is lost.";
}

std::string not_taken(Code why, bool by_stick) {
  if (app::is_of_card(why))
    return "The school did not take the work in because the card or the PIN was not right, so it still waits "
           "here; sign in once more with: waymark join --card" +
           std::string(by_stick ? ", then write the stick again" : "");
  if (why == Code::unauthorized)
    return "The school does not know this computer or this student any more, so the work still waits here; "
           "ask a teacher";
  return "The school did not take the work in (" + std::string(name(why)) + "), so it still waits here; " +
         (by_stick ? "write the stick again, and ask a teacher why"
                   : "it is brought again by itself, and a teacher can ask why");
}

std::string file_trouble(const sync::FileQueue::Problem& why) {
  if (why.error.code == Code::disk_full) {
    if (why.here)
      return "This disk has no room for a photo or file that is safe at school; make room and sync again.";
    if (why.room)
      return "The room's server has no space for more photos and files; they are safe here and go when there "
             "is "
             "space, or from where the school can be reached.";
    return "The school has no room for more photos and files; they are safe here and go with a sync when "
           "there "
           "is room; tell a teacher.";
  }
  return "A photo or file could not be sent (" + std::string(name(why.error.code)) +
         "), and what was written is safe; show it to a teacher on this computer, or add it once more.";
}

}  // namespace waymark::cli
