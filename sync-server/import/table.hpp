// One CSV file of a roster as rows with named columns. Reading is forgiving where the meaning is plain
// (another order, a known misspelling, a byte order mark, Windows-1252) and says so; columns that must never
// be kept are dropped here, before anything else sees them.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync-server/import/plan.hpp"

namespace waymark::server {

inline constexpr std::size_t table_rows_max = 200'000;
inline constexpr std::size_t table_columns_max = 256;
inline constexpr std::size_t table_cell_bytes_max = 16 * 1024;

// What a file is known to hold.
struct TableShape {
  std::string_view name;                       // "users"
  std::span<const std::string_view> columns;   // all that the standard names, either version
  std::span<const std::string_view> required;  // without these columns the file cannot be used
};

class Table {
 public:
  std::string file;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::int64_t> numbers;  // of the rows in the file, the header being 1

  bool has(std::string_view column) const { return index_.find(column) != index_.end(); }
  const std::string& cell(std::size_t row, std::string_view column) const;

 private:
  friend bool read_table(std::string_view file, std::string_view bytes, const TableShape& shape,
                         Findings& findings, Table& table);
  std::map<std::string, std::size_t, std::less<>> index_;
};

// False when the file cannot be used; why is among the findings.
bool read_table(std::string_view file, std::string_view bytes, const TableShape& shape, Findings& findings,
                Table& table);

// The header cells alone, as written.
std::vector<std::string> read_header(std::string_view bytes);

}  // namespace waymark::server
