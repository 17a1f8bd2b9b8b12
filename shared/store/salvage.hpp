// Gets ops out of a database that is no longer sound: row by row where SQLite still reads it, and by looking
// through the raw bytes for canonical ops where it does not. It promises nothing about completeness, and
// never writes to the damaged files. What it finds proves itself: an op's id is the hash of its content.
#pragma once

#include <string>
#include <vector>

#include "shared/store/store.hpp"

namespace waymark::store {

struct Salvaged {
  struct Item {
    OpId id;
    std::string body;  // canonical bytes
    record::Op op;
    bool own = false;  // written here: it may not have been sent
  };
  // A page's signature: with it others' words can be brought back to a school that lost them.
  struct Signed {
    std::string stream;
    std::vector<OpId> items;
    Bytes signature;
    Bytes hub;
  };
  std::vector<Item> ops;  // each once, in the order of writing as far as it can be told
  std::vector<Signed> seals;
  std::vector<FileRow> files;  // that this replica was to send, or had sent
  bool complete = false;       // SQLite read every row
};

// From `path` and, if there, `path`-wal. `author`: whose ops are counted as written here where the damaged
// file does not say. `not_found` when there is no such file; damage is no failure.
Result<Salvaged> salvage(const std::string& path, const PersonId& author);

// Puts what was found into a sound store in one transaction: own ops also into the outbox, so that they are
// offered to the school again (which knows a duplicate when it sees one). Returns how many were new.
Result<std::int64_t> put_back(Store& store, const Salvaged& salvaged);

}  // namespace waymark::store
