#include "sync-server/import/case_csv.hpp"

#include <array>
#include <filesystem>
#include <map>

#include "shared/base/text.hpp"
#include "shared/domain/kinds.hpp"
#include "sync-server/import/table.hpp"

namespace waymark::server {
namespace {

using Json = nlohmann::json;
using View = std::string_view;

constexpr std::array<View, 13> kColumns = {
    "Identifier",      "fullStatement", "Human Coding Scheme", "sequenceNumber", "Abbreviated Statement",
    "ConceptKeywords", "Notes",         "Is Child Of",         "IsPartOf",       "replacedBy",
    "Exemplar",        "hasSkillLevel", "IsRelatedTo"};
constexpr std::array<View, 1> kRequired = {"fullStatement"};
constexpr std::array<std::pair<View, const char*>, 5> kLinks = {{{"IsPartOf", "isPartOf"},
                                                                 {"replacedBy", "replacedBy"},
                                                                 {"Exemplar", "exemplar"},
                                                                 {"hasSkillLevel", "hasSkillLevel"},
                                                                 {"IsRelatedTo", "isRelatedTo"}}};

Json association(const char* type, const std::string& child, const std::string& target) {
  return {{"associationType", type},
          {"originNodeURI", {{"identifier", child}}},
          {"destinationNodeURI", {{"identifier", target}, {"uri", target}}}};
}

}  // namespace

bool looks_like_case_csv(std::string_view bytes) {
  for (const auto& cell : read_header(bytes.substr(0, 16 * 1024)))
    if (fold(trim(cell)) == "fullstatement") return true;
  return false;
}

Result<Json> case_package_of_csv(std::string_view file, std::string_view bytes, Findings& findings) {
  Table table;
  if (!read_table(file, bytes, {"standards", kColumns, kRequired}, findings, table))
    return Error{Code::malformed, findings.all().back().sentence() + " Nothing was imported."};
  auto title = std::filesystem::path(std::string(file)).stem().string();
  auto document = std::string(truncate_utf8("csv:" + title, 64));

  // A row without an identifier of its own goes by its printed code, in every later edition too.
  std::vector<std::string> identifiers(table.rows.size());
  std::map<std::string, std::string> by_code;
  for (std::size_t r = 0; r < table.rows.size(); r++) {
    auto code = trim(table.cell(r, "Human Coding Scheme")), own = trim(table.cell(r, "Identifier"));
    auto row = table.numbers[r];
    if (trim(table.cell(r, "fullStatement")).empty()) {
      findings.error(file, row, "fullStatement", "the words of the standard; the row is left out", "nothing");
      continue;
    }
    if (own.empty() && code.empty()) {
      findings.error(file, row, "Identifier", "an identifier or a coding scheme; the row is left out",
                     "neither");
      continue;
    }
    identifiers[r] = own.empty() ? domain::singleton_id("case csv", document + "\n" + code).hex() : own;
    if (code.empty()) continue;
    if (!by_code.emplace(code, identifiers[r]).second)
      findings.warn(file, row, "Human Coding Scheme", "each code once; children belong to the first",
                    code + " again");
  }

  Json items = Json::array(), associations = Json::array();
  for (std::size_t r = 0; r < table.rows.size(); r++) {
    const auto& id = identifiers[r];
    if (id.empty()) continue;
    items.push_back({{"identifier", id},
                     {"fullStatement", table.cell(r, "fullStatement")},
                     {"humanCodingScheme", table.cell(r, "Human Coding Scheme")},
                     {"abbreviatedStatement", table.cell(r, "Abbreviated Statement")},
                     {"notes", table.cell(r, "Notes")}});
    auto parent = trim(table.cell(r, "Is Child Of")), target = document;
    if (auto found = by_code.find(parent); found != by_code.end())
      target = found->second;
    else if (!parent.empty())
      findings.warn(file, table.numbers[r], "Is Child Of",
                    "the coding scheme of another row; this one is shown at the top", parent);
    auto child = association("isChildOf", id, target);
    // A number that is none orders nothing: then the file does.
    auto number = trim(table.cell(r, "sequenceNumber"));
    bool digits =
        !number.empty() && number.size() < 10 && number.find_first_not_of("0123456789") == std::string::npos;
    if (digits)
      child["sequenceNumber"] = std::stoll(number);
    else if (!number.empty())
      findings.warn(file, table.numbers[r], "sequenceNumber", "a whole number; the file's order is used",
                    number);
    associations.push_back(std::move(child));
    for (const auto& [column, type] : kLinks)
      if (auto to = trim(table.cell(r, column)); !to.empty()) {
        auto inside = by_code.find(to);
        associations.push_back(association(type, id, inside == by_code.end() ? to : inside->second));
      }
  }
  return Json{{"CFDocument", {{"identifier", document}, {"title", title}}},
              {"CFItems", std::move(items)},
              {"CFAssociations", std::move(associations)}};
}

}  // namespace waymark::server
