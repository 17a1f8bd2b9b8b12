#include "sync-server/import/table.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <csv.h>

#include "shared/base/text.hpp"

namespace waymark::server {
namespace {

// Windows-1252's own letters from 0x80 to 0x9F; the five holes become U+FFFD.
constexpr std::array<char32_t, 32> kWindows = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

void append_utf8(std::string& out, char32_t c) {
  auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
  } else {
    put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  }
}

std::string from_windows_1252(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (char raw : bytes) {
    auto byte = static_cast<unsigned char>(raw);
    append_utf8(out, byte >= 0x80 && byte < 0xA0 ? kWindows[byte - 0x80] : byte);
  }
  return out;
}

// Text of the file as UTF-8, or nothing when it is no text.
bool decode(std::string_view file, std::string_view bytes, Findings& findings, std::string& text) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    findings.error(file, 0, "", "UTF-8 text; save the file as CSV UTF-8 and import it again", "UTF-16");
    return false;
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    findings.warn(file, 0, "", "UTF-8 without a byte order mark", "a byte order mark");
    bytes.remove_prefix(3);
  }
  if (bytes.find('\0') != std::string_view::npos) {
    findings.error(file, 0, "", "text", "a zero byte, so this is no CSV file");
    return false;
  }
  if (valid_utf8(bytes)) {
    text = std::string(bytes);
  } else {
    findings.warn(file, 0, "", "UTF-8", "other bytes, read as Windows-1252; look at accents in the names");
    text = from_windows_1252(bytes);
  }
  return true;
}

struct Reader {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::int64_t> numbers;
  std::vector<std::string> cells;
  std::int64_t line = 0;
  std::size_t rows_max = table_rows_max + 1;
  bool after_cr = false, too_many = false, too_wide = false;
  std::int64_t long_cell_row = 0;

  static void on_cell(void* bytes, std::size_t size, void* self) {
    auto& reader = *static_cast<Reader*>(self);
    reader.after_cr = false;
    if (reader.too_many) return;
    if (reader.cells.size() >= table_columns_max) {
      reader.too_wide = true;
      return;
    }
    std::string_view text(static_cast<const char*>(bytes), size);
    if (size > table_cell_bytes_max) {
      if (reader.long_cell_row == 0) reader.long_cell_row = reader.line + 1;
      text = truncate_utf8(text, table_cell_bytes_max);
    }
    reader.cells.emplace_back(text);
  }
  static void on_row(int end, void* self) {
    auto& reader = *static_cast<Reader*>(self);
    if (reader.cells.empty()) {
      // The second half of CR LF, or an empty line.
      if (!(end == '\n' && reader.after_cr)) reader.line++;
      reader.after_cr = end == '\r';
      return;
    }
    reader.line++;
    reader.after_cr = end == '\r';
    if (reader.rows.size() >= reader.rows_max) {
      reader.too_many = true;
    } else {
      reader.rows.push_back(std::move(reader.cells));
      reader.numbers.push_back(reader.line);
    }
    reader.cells.clear();
  }
};

enum class Parsed { good, open_quote, failed };
Parsed parse(std::string_view text, Reader& reader) {
  csv_parser parser;
  if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) return Parsed::failed;
  Parsed result = Parsed::good;
  std::size_t read = csv_parse(&parser, text.data(), text.size(), Reader::on_cell, Reader::on_row, &reader);
  if (read != text.size()) {
    // A quotation mark in the middle of a cell: the lenient reading keeps it as it stands.
    csv_free(&parser);
    std::size_t rows_max = reader.rows_max;
    reader = Reader();
    reader.rows_max = rows_max;
    if (csv_init(&parser, CSV_STRICT_FINI | CSV_REPALL_NL) != 0) return Parsed::failed;
    read = csv_parse(&parser, text.data(), text.size(), Reader::on_cell, Reader::on_row, &reader);
    if (read != text.size()) result = Parsed::failed;
    // Without the strict option the end does not tell about an open quotation mark: count them.
    if (std::count(text.begin(), text.end(), '"') % 2 != 0) result = Parsed::open_quote;
  }
  if (csv_fini(&parser, Reader::on_cell, Reader::on_row, &reader) != 0) result = Parsed::open_quote;
  csv_free(&parser);
  return result;
}

// Columns whose content is never kept, whatever the file.
constexpr std::array<std::string_view, 3> kNever = {"password", "sms", "phone"};

// Seen in real exports, and what they mean.
struct Alias {
  std::string_view file, found, meant;
};
constexpr std::array kAliases = {
    Alias{"", "dataLastModified", "dateLastModified"},
    Alias{"users", "prefferedGivenName", "preferredGivenName"},
    Alias{"users", "prefferedFamilyName", "preferredFamilyName"},
    Alias{"users", "prefferedMiddleName", "preferredMiddleName"},
    Alias{"users", "grade", "grades"},
    Alias{"courses", "grade", "grades"},
    Alias{"classes", "grade", "grades"},
    Alias{"users", "userId", "userIds"},
    Alias{"users", "agents", "agentSourcedIds"},
    Alias{"users", "orgSourcedId", "orgSourcedIds"},
    Alias{"courses", "schoolYearId", "schoolYearSourcedId"},
    Alias{"academicSessions", "schoolYearId", "schoolYear"},
    Alias{"enrollments", "userId", "userSourcedId"},
    Alias{"enrollments", "classId", "classSourcedId"},
    Alias{"enrollments", "schoolId", "schoolSourcedId"},
    Alias{"roles", "userId", "userSourcedId"},
    Alias{"classes", "termSourcedId", "termSourcedIds"},
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// The standard's name of a header cell; empty when it is none.
std::string_view column_named(const TableShape& shape, std::string_view found, bool& exact) {
  exact = true;
  for (auto column : shape.columns)
    if (column == found) return column;
  exact = false;
  for (const auto& alias : kAliases)
    if ((alias.file.empty() || alias.file == shape.name) && lower(alias.found) == lower(found))
      return alias.meant;
  for (auto column : shape.columns)
    if (lower(column) == lower(found)) return column;
  return {};
}

}  // namespace

const std::string& Table::cell(std::size_t row, std::string_view column) const {
  static const std::string none;
  auto found = index_.find(column);
  if (found == index_.end() || found->second >= rows[row].size()) return none;
  return rows[row][found->second];
}

std::vector<std::string> read_header(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  Reader reader;
  reader.rows_max = 1;
  auto end = bytes.find_first_of("\r\n");
  (void)parse(bytes.substr(0, end), reader);
  return reader.rows.empty() ? std::vector<std::string>() : reader.rows.front();
}

bool read_table(std::string_view file, std::string_view bytes, const TableShape& shape, Findings& findings,
                Table& table) {
  table = Table();
  table.file = std::string(file);
  std::string text;
  if (!decode(file, bytes, findings, text)) return false;
  Reader reader;
  auto parsed = parse(text, reader);
  if (parsed == Parsed::open_quote) {
    findings.error(file, 0, "", "a closing quotation mark for every opening one", "one that is never closed");
    return false;
  }
  if (parsed == Parsed::failed) {
    findings.error(file, reader.line + 1, "", "comma-separated values", "something that cannot be read");
    return false;
  }
  if (reader.rows.empty()) {
    findings.error(file, 0, "", "a header row", "an empty file");
    return false;
  }
  if (reader.too_many) {
    findings.error(file, 0, "", "at most " + std::to_string(table_rows_max) + " rows", "more");
    return false;
  }
  if (reader.too_wide) {
    findings.error(file, 0, "", "at most " + std::to_string(table_columns_max) + " columns", "more");
    return false;
  }
  if (reader.long_cell_row > 0)
    findings.warn(file, reader.long_cell_row, "", "at most 16384 bytes in a cell",
                  "more; the rest is left out");

  auto& header = reader.rows.front();
  std::size_t width = header.size();
  while (width > 0 && trim(header[width - 1]).empty()) width--;
  if (width < header.size())
    findings.warn(file, 1, "", "no empty cells at the end of the header",
                  std::to_string(header.size() - width) + " of them");

  std::vector<std::size_t> kept;  // positions in the file
  std::vector<std::string_view> names;
  bool in_order = true;
  std::size_t last_place = 0;
  for (std::size_t i = 0; i < width; i++) {
    std::string cell = trim(header[i]);
    if (cell.empty()) {
      findings.warn(file, 1, "", "a name in every cell of the header", "an empty cell");
      continue;
    }
    if (cell.starts_with("metadata.") || cell.starts_with("ext_")) continue;  // the vendor's own, allowed
    bool exact = false;
    auto name = column_named(shape, cell, exact);
    if (name.empty()) {
      findings.warn(file, 1, cell, "a column of the standard; this one is left alone", "'" + cell + "'");
      continue;
    }
    if (!exact) findings.warn(file, 1, cell, "'" + std::string(name) + "'", "'" + cell + "', read as meant");
    if (std::find(kNever.begin(), kNever.end(), name) != kNever.end()) continue;
    if (table.has(name)) {
      findings.warn(file, 1, cell, "each column once; the first is used", "it again");
      continue;
    }
    auto place = static_cast<std::size_t>(std::find(shape.columns.begin(), shape.columns.end(), name) -
                                          shape.columns.begin());
    in_order = in_order && place >= last_place;
    last_place = place;
    table.index_[std::string(name)] = kept.size();
    kept.push_back(i);
    names.push_back(name);
  }
  if (!in_order)
    findings.warn(file, 1, "", "the columns in the standard's order", "another order, which does no harm");
  bool good = true;
  for (auto column : shape.required)
    if (!table.has(column)) {
      findings.error(file, 1, column, "a column of this name", "none, so the file cannot be used");
      good = false;
    }
  if (!good) return false;

  for (std::size_t r = 1; r < reader.rows.size(); r++) {
    auto& source = reader.rows[r];
    if (std::all_of(source.begin(), source.end(), [](const auto& cell) { return trim(cell).empty(); }))
      continue;
    if (source.size() < width)
      findings.warn(file, reader.numbers[r], "", std::to_string(width) + " cells in the row",
                    std::to_string(source.size()) + "; the missing ones count as empty");
    for (std::size_t i = width; i < source.size(); i++)
      if (!trim(source[i]).empty()) {
        findings.warn(file, reader.numbers[r], "", std::to_string(width) + " cells in the row",
                      std::to_string(source.size()) + "; is a comma missing its quotation marks?");
        break;
      }
    std::vector<std::string> row;
    row.reserve(kept.size());
    for (std::size_t i : kept) row.push_back(i < source.size() ? trim(source[i]) : std::string());
    table.rows.push_back(std::move(row));
    table.numbers.push_back(reader.numbers[r]);
  }
  return true;
}

}  // namespace waymark::server
