#include "sync-server/import/case_package.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "shared/base/text.hpp"
#include "shared/domain/kinds.hpp"
#include "shared/domain/record_ids.hpp"
#include "shared/store/files.hpp"
#include "sync-server/import/case_csv.hpp"

namespace waymark::server {
namespace {

using Json = nlohmann::json;
using OutJson = nlohmann::ordered_json;

constexpr std::size_t kLineMax = 560, kPassageMax = 4000, kWordMax = 64;
constexpr int kDepthMax = 40;  // of nested JSON; packages need eight

// Refuses JSON that is nested deeper than any package, before it is read.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false, escaped = false;
  for (char c : text) {
    if (quoted) {
      if (escaped)
        escaped = false;
      else if (c == '\\')
        escaped = true;
      else if (c == '"')
        quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if ((c == '{' || c == '[') && ++depth > kDepthMax) return true;
    if (c == '}' || c == ']') depth--;
  }
  return false;
}

const Json* member(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  auto found = object.find(std::string(key));
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

// A text, a number or a flag as text; empty when it is missing, null or something else.
std::string text_of(const Json& object, std::string_view key) {
  const auto* value = member(object, key);
  if (!value) return {};
  if (value->is_string()) return trim(value->get<std::string>());
  if (value->is_number_integer()) return std::to_string(value->get<std::int64_t>());
  return {};
}

// The identifier of a link, which may be an object or, in older packages, an address alone.
std::string link_of(const Json& object, std::string_view key) {
  const auto* value = member(object, key);
  if (!value) return {};
  if (value->is_object()) {
    auto id = text_of(*value, "identifier");
    if (!id.empty()) return id;
    auto uri = text_of(*value, "uri");
    return uri.substr(uri.rfind('/') == std::string::npos ? 0 : uri.rfind('/') + 1);
  }
  if (!value->is_string()) return {};
  auto uri = value->get<std::string>();
  return uri.substr(uri.rfind('/') == std::string::npos ? 0 : uri.rfind('/') + 1);
}

std::string address_of(const Json& object, std::string_view key) {
  const auto* value = member(object, key);
  if (!value) return {};
  if (value->is_object())
    return text_of(*value, "uri").empty() ? text_of(*value, "identifier") : text_of(*value, "uri");
  return value->is_string() ? value->get<std::string>() : "";
}

std::optional<std::int64_t> number_of(const Json& object, std::string_view key) {
  const auto* value = member(object, key);
  if (!value) return std::nullopt;
  if (value->is_number_integer()) return value->get<std::int64_t>();
  if (value->is_number_float()) {
    double number = value->get<double>();
    return number > -1e9 && number < 1e9 ? std::optional(static_cast<std::int64_t>(number)) : std::nullopt;
  }
  return std::nullopt;
}

const std::vector<Json>& list_of(const Json& object, std::string_view key) {
  static const std::vector<Json> none;
  const auto* value = member(object, key);
  return value && value->is_array() ? value->get_ref<const Json::array_t&>() : none;
}

// Times are compared as text. Written without a zone, or with one that is not Z, they are still in order
// enough to tell an older edition from a newer one; what differs within a day is not decided by it.
std::string time_of(const Json& object) { return text_of(object, "lastChangeDateTime"); }

struct Item {
  std::string identifier, code, text, type, changed, abbreviated, notes, listing;
  std::vector<std::string> grades, links;
  std::vector<std::pair<std::int64_t, std::string>> parents;  // sequence number (or none: large), identifier
  std::size_t place = 0;                                      // in the file
  std::int64_t order = 0;
};

constexpr std::int64_t kNoSequence = INT64_MAX;

// Natural order, so that 10 comes after 9.
bool natural_less(const std::string& a, const std::string& b) {
  std::size_t i = 0, j = 0;
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  while (i < a.size() && j < b.size()) {
    if (digit(a[i]) && digit(b[j])) {
      std::size_t x = i, y = j;
      while (x < a.size() && digit(a[x])) x++;
      while (y < b.size() && digit(b[y])) y++;
      std::size_t za = i, zb = j;
      while (za + 1 < x && a[za] == '0') za++;
      while (zb + 1 < y && b[zb] == '0') zb++;
      auto m = a.substr(za, x - za), n = b.substr(zb, y - zb);
      if (m.size() != n.size()) return m.size() < n.size();
      if (m != n) return m < n;
      i = x, j = y;
    } else {
      if (a[i] != b[j]) return a[i] < b[j];
      i++, j++;
    }
  }
  return a.size() - i < b.size() - j;
}

class Importer {
 public:
  // `timed`: the file is of a sort that tells when each item changed. A table does not.
  Importer(School& school, std::string_view file, CasePlan& out, bool timed = true, Findings findings = {})
      : school_(school), file_(file), out_(out), findings_(std::move(findings)), timed_(timed) {}

  Status run(const Json& package) {
    const auto* document = member(package, "CFDocument");
    if (!document || !document->is_object())
      return Error{Code::malformed,
                   "the file has no CFDocument, so it is no CASE package; nothing was imported"};
    identifier_ = text_of(*document, "identifier");
    title_ = text_of(*document, "title");
    for (const auto& [key, value] : {std::pair("identifier", identifier_), std::pair("title", title_)})
      if (value.empty())
        return Error{Code::malformed, std::string("the CFDocument has no ") + key +
                                          ", which the standard requires; nothing was imported"};
    for (auto key : {"creator", "uri", "lastChangeDateTime"})
      if (timed_ && text_of(*document, key).empty())
        findings_.warn(file_, 0, key, "a value in the CFDocument", "nothing");
    if (list_of(package, "CFItems").size() > case_items_max ||
        list_of(package, "CFRubrics").size() > case_rubrics_max)
      return Error{Code::too_large, "the package has more than " + std::to_string(case_items_max) +
                                        " items or " + std::to_string(case_rubrics_max) +
                                        " rubrics; nothing was imported"};
    framework_ = domain::framework_id(identifier_);
    auto changed = time_of(*document);
    record::RecordKey key{std::string(domain::school_stream), "framework", framework_};
    WAYMARK_TRY(before, school_.store().find(key));
    if (before && !changed.empty() && before->text("changed") > changed)
      return Error{Code::exists, "a newer edition of " + title_ + " (" + before->text("changed") +
                                     ") is here already; this one is of " + changed +
                                     ", and nothing was changed"};
    read_items(package);
    read_associations(package);
    check_parents();
    put_in_order();
    WAYMARK_CHECK(plan_framework(*document, before));
    WAYMARK_CHECK(plan_items());
    WAYMARK_CHECK(plan_rubrics(package));
    out_.plan.source = std::string(timed_ ? "CASE package" : "CASE table") + " \"" + title_ + "\"";
    out_.plan.findings = findings_.all();
    return {};
  }

 private:
  std::string called(const Item& item) const {
    return item.code.empty() ? "\"" + std::string(truncate_utf8(item.text, 60)) + "\"" : item.code;
  }
  std::string called(const std::string& identifier) const {
    auto found = items_.find(identifier);
    return found == items_.end() ? identifier : called(found->second);
  }

  void read_items(const Json& package) {
    std::size_t place = 0;
    for (const auto& json : list_of(package, "CFItems")) {
      place++;
      std::string where = "CFItems[" + std::to_string(place - 1) + "]";
      Item item;
      item.identifier = text_of(json, "identifier");
      item.text = text_of(json, "fullStatement");
      item.code = std::string(truncate_utf8(text_of(json, "humanCodingScheme"), kWordMax));
      for (const auto& [name, value] :
           {std::pair("identifier", &item.identifier), std::pair("fullStatement", &item.text)})
        if (value->empty())
          findings_.error(file_, 0, where + "." + name,
                          "a value, which the standard requires; the item is left out",
                          item.code.empty() ? "nothing" : "nothing for " + item.code);
      if (item.identifier.empty() || item.text.empty()) continue;
      if (item.identifier.size() > kWordMax) {
        findings_.error(file_, 0, where + ".identifier", "at most 64 bytes; the item is left out",
                        item.identifier);
        continue;
      }
      if (items_.count(item.identifier) > 0) {
        findings_.error(file_, 0, where + ".identifier", "each identifier once; the first item is used",
                        item.identifier + " again");
        continue;
      }
      if (item.text.size() > kPassageMax) {
        findings_.warn(file_, 0, where + ".fullStatement", "at most 4000 bytes",
                       "more; the rest is left out");
        item.text = std::string(truncate_utf8(item.text, kPassageMax));
      }
      item.type = std::string(truncate_utf8(text_of(json, "CFItemType"), kWordMax));
      item.changed = std::string(truncate_utf8(time_of(json), kWordMax));
      if (timed_ && item.changed.empty())
        findings_.warn(file_, 0, "lastChangeDateTime", "a time at every item", "none at " + called(item));
      item.abbreviated = std::string(truncate_utf8(text_of(json, "abbreviatedStatement"), kLineMax));
      item.notes = std::string(truncate_utf8(text_of(json, "notes"), kPassageMax));
      item.listing = text_of(json, "listEnumeration");
      auto grades = list_of(json, "educationLevel");
      if (grades.empty() && member(json, "educationLevel") && member(json, "educationLevel")->is_string())
        grades = {*member(json, "educationLevel")};
      if (grades.empty() && member(json, "educationalLevel")) {
        findings_.warn(file_, 0, "educationalLevel", "'educationLevel', a list",
                       "the old name, read as meant");
        const auto* old = member(json, "educationalLevel");
        if (old->is_string()) grades = {*old};
        if (old->is_array()) grades = old->get_ref<const Json::array_t&>();
      }
      for (const auto& grade : grades)
        if (grade.is_string() && item.grades.size() < 32)
          item.grades.emplace_back(truncate_utf8(grade.get<std::string>(), 32));
      item.place = place;
      items_[item.identifier] = std::move(item);
    }
  }

  void read_associations(const Json& package) {
    std::size_t outside = 0, place = 0;
    for (const auto& json : list_of(package, "CFAssociations")) {
      place++;
      std::string where = "CFAssociations[" + std::to_string(place - 1) + "]";
      auto type = text_of(json, "associationType");
      auto origin = link_of(json, "originNodeURI"), target = link_of(json, "destinationNodeURI");
      for (const auto& [name, value] :
           {std::pair("associationType", &type), std::pair("originNodeURI", &origin),
            std::pair("destinationNodeURI", &target)})
        if (value->empty())
          findings_.error(file_, 0, where + "." + name,
                          "a value, which the standard requires; the association is left out", "nothing");
      if (type.empty() || origin.empty() || target.empty()) continue;
      auto child = items_.find(origin);
      if (child == items_.end()) {
        outside++;
        continue;
      }
      bool inside = target == identifier_ || items_.count(target) > 0;
      if (type == "isChildOf" && inside) {
        auto& parents = child->second.parents;
        bool known =
            std::any_of(parents.begin(), parents.end(), [&](const auto& p) { return p.second == target; });
        if (!known && target != origin)
          parents.emplace_back(number_of(json, "sequenceNumber").value_or(kNoSequence), target);
        if (target == origin)
          findings_.warn(file_, 0, "isChildOf", "another item as the parent",
                         called(child->second) + ", which is its own");
        continue;
      }
      auto link = type + " " + address_of(json, "destinationNodeURI");
      if (link.size() > 256 || child->second.links.size() >= 256) {
        findings_.warn(file_, 0, "destinationNodeURI", "an address of at most 230 bytes",
                       "a longer one, left out");
        continue;
      }
      child->second.links.push_back(link);
    }
    if (outside > 0)
      out_.plan.lines.push_back({Change::skip, "association", "",
                                 "it begins at an item that is not in this package",
                                 static_cast<std::int64_t>(outside)});
  }

  void check_parents() {
    for (auto& [identifier, item] : items_) {
      if (item.parents.empty()) {
        findings_.warn(file_, 0, "isChildOf",
                       "a parent for every item; it is shown at the top of the framework",
                       "none for " + called(item));
        item.parents.emplace_back(kNoSequence, identifier_);
      }
      // The parent it is shown under: the lowest sequence number, then the file's order.
      std::stable_sort(item.parents.begin(), item.parents.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
      if (item.parents.size() > 1) {
        std::string names;
        for (const auto& parent : item.parents)
          names += (names.empty() ? "" : " and ") +
                   (parent.second == identifier_ ? "the framework itself" : called(parent.second));
        findings_.add(Severity::warning, file_, 0, "isChildOf of " + called(item),
                      "one parent; it is shown under the first and tied to all", names);
      }
    }
    // Following first parents from each item must end at the document.
    for (auto& [identifier, item] : items_) {
      std::vector<std::string> way;
      std::string at = identifier;
      while (at != identifier_ && std::find(way.begin(), way.end(), at) == way.end()) {
        way.push_back(at);
        at = items_.at(at).parents.front().second;
      }
      if (at == identifier_) continue;
      way.erase(way.begin(), std::find(way.begin(), way.end(), at));
      std::string sentence;
      for (const auto& step : way) sentence += called(step) + " is a child of ";
      findings_.error(file_, 0, "isChildOf", "a tree; one of them is shown at the top instead",
                      sentence + called(at) + " again");
      auto& first = items_.at(*std::min_element(way.begin(), way.end(), [&](const auto& a, const auto& b) {
        return items_.at(a).place < items_.at(b).place;
      }));
      std::erase_if(first.parents, [&](const auto& parent) {
        return std::find(way.begin(), way.end(), parent.second) != way.end();
      });
      if (first.parents.empty()) first.parents.emplace_back(kNoSequence, identifier_);
    }
  }

  void put_in_order() {
    std::map<std::string, std::vector<Item*>> children;
    for (auto& [identifier, item] : items_) children[item.parents.front().second].push_back(&item);
    for (auto& [parent, list] : children)
      std::sort(list.begin(), list.end(), [](const Item* a, const Item* b) {
        if (a->parents.front().first != b->parents.front().first)
          return a->parents.front().first < b->parents.front().first;
        if (a->listing != b->listing) return natural_less(a->listing, b->listing);
        if (a->code != b->code) return natural_less(a->code, b->code);
        return a->place < b->place;
      });
    std::vector<Item*> stack;
    auto push = [&](const std::string& parent) {
      auto found = children.find(parent);
      if (found == children.end()) return;
      stack.insert(stack.end(), found->second.rbegin(), found->second.rend());
    };
    push(identifier_);
    while (!stack.empty()) {
      auto* item = stack.back();
      stack.pop_back();
      order_.push_back(item);
      item->order = static_cast<std::int64_t>(order_.size());
      push(item->identifier);
    }
  }

  // An edit of what differs from the record as it is; true when there is one.
  bool edit(const record::RecordKey& key, const std::optional<store::Record>& before, record::Fields fields,
            std::vector<std::string>& names) {
    store::Edit edit{key, {}, {}, {}};
    for (auto& [field, value] : fields) {
      const auto* now = before ? before->field(field) : nullptr;
      if (now ? now->value() == value : value.is_null()) continue;
      // What was never said need not be said to be empty.
      if (!now && (value == record::Value("") || value == record::Value(false) ||
                   value == record::Value(std::vector<record::Scalar>())))
        continue;
      names.push_back(field);
      edit.fields[field] = std::move(value);
    }
    if (names.empty()) return false;
    if (before) edit.base = before->heads_of(names);
    out_.edits.push_back(std::move(edit));
    return true;
  }

  void note(const std::optional<store::Record>& before, bool changed, std::string_view what,
            const std::string& name, const std::vector<std::string>& names) {
    if (!changed) {
      out_.plan.unchanged++;
      return;
    }
    std::string why;
    if (before) {
      bool back = before->boolean("retired");
      for (const auto& field : names)
        if (field != "retired" && field != "changed") why += (why.empty() ? "" : ", ") + field;
      if (back) why = why.empty() ? "in use again" : "in use again, " + why;
    }
    out_.plan.lines.push_back({before ? Change::change : Change::add, std::string(what), name, why, 1});
  }

  Status plan_framework(const Json& document, const std::optional<store::Record>& before) {
    auto cut = [&](const char* key, std::size_t max) {
      return record::Value(truncate_utf8(text_of(document, key), max));
    };
    auto source = text_of(document, "officialSourceURL");
    if (source.empty()) source = text_of(document, "uri");
    record::Fields fields{{"title", record::Value(truncate_utf8(title_, kLineMax))},
                          {"creator", cut("creator", kLineMax)},
                          {"language", cut("language", kWordMax)},
                          {"source", record::Value(truncate_utf8(source, kLineMax))},
                          {"identifier", record::Value(truncate_utf8(identifier_, kWordMax))},
                          {"changed", cut("lastChangeDateTime", kWordMax)},
                          {"version", cut("version", kWordMax)},
                          {"status", cut("adoptionStatus", kWordMax)},
                          {"text", cut("description", kPassageMax)},
                          {"retired", text_of(document, "adoptionStatus") == "Deprecated"}};
    std::vector<std::string> names;
    bool changed =
        edit({std::string(domain::school_stream), "framework", framework_}, before, std::move(fields), names);
    note(before, changed, "framework", title_, names);
    return {};
  }

  RecordId standard_id(const std::string& identifier) const {
    return domain::standard_id(identifier_, identifier);
  }

  Status plan_items() {
    WAYMARK_TRY(records, school_.store().records(domain::school_stream, "standard"));
    std::map<RecordId, store::Record> known;
    for (auto& record : records)
      if (record.text("framework") == framework_.hex()) known.emplace(record.key.id, std::move(record));
    for (const auto* item : order_) {
      auto id = standard_id(item->identifier);
      auto found = known.find(id);
      std::optional<store::Record> before;
      if (found != known.end()) before = found->second, known.erase(found);
      std::vector<record::Scalar> parents, grades, links;
      for (const auto& parent : item->parents)
        if (parent.second != identifier_) parents.emplace_back(standard_id(parent.second).hex());
      for (const auto& grade : item->grades) grades.emplace_back(grade);
      for (const auto& link : item->links) links.emplace_back(link);
      const auto& first = item->parents.front().second;
      record::Fields place{
          {"order", item->order},
          {"parent", first == identifier_ ? record::Value("") : record::Value(standard_id(first).hex())},
          {"parents",
           parents.size() > 1 ? record::Value(parents) : record::Value(std::vector<record::Scalar>())},
          {"links", record::Value(links)},
          {"retired", false}};
      record::Fields words{{"framework", framework_.hex()},
                           {"code", item->code},
                           {"text", item->text},
                           {"type", item->type},
                           {"identifier", item->identifier},
                           {"changed", item->changed},
                           {"short", item->abbreviated},
                           {"notes", item->notes},
                           {"grades", record::Value(grades)}};
      // An item's own words follow its own time: an edition that is not newer does not overwrite them.
      bool newer = !before || before->text("changed").empty() || item->changed > before->text("changed");
      bool differ = before && (before->text("text") != item->text || before->text("code") != item->code);
      if (newer)
        place.insert(words.begin(), words.end());
      else if (differ)
        findings_.warn(file_, 0, "lastChangeDateTime",
                       "a later time where the words of an item changed; the words here are kept",
                       called(*item));
      std::vector<std::string> names;
      bool changed =
          edit({std::string(domain::school_stream), "standard", id}, before, std::move(place), names);
      note(before, changed, "standard", called(*item), names);
    }
    for (const auto& [id, record] : known) {
      if (record.boolean("retired")) {
        out_.plan.unchanged++;
        continue;
      }
      retire(record, "standard", record.text("code", record.text("text")));
    }
    return {};
  }

  void retire(const store::Record& record, std::string_view what, const std::string& name) {
    std::vector<std::string> names;
    (void)edit(record.key, record, {{"retired", true}}, names);
    out_.plan.lines.push_back({Change::deactivate, std::string(what), name,
                               "not in this edition any more; retired, and what was judged by it stays", 1});
  }

  Status plan_rubrics(const Json& package) {
    WAYMARK_TRY(records, school_.store().records(domain::school_stream, "rubric"));
    std::map<RecordId, store::Record> known;
    for (auto& record : records)
      if (record.text("framework") == framework_.hex()) known.emplace(record.key.id, std::move(record));
    std::size_t place = 0;
    for (const auto& json : list_of(package, "CFRubrics")) {
      std::string where = "CFRubrics[" + std::to_string(place++) + "]";
      auto identifier = text_of(json, "identifier");
      if (identifier.empty() || identifier.size() > kWordMax) {
        findings_.error(file_, 0, where + ".identifier",
                        "an identifier of at most 64 bytes; the rubric is left out",
                        identifier.empty() ? "nothing" : identifier);
        continue;
      }
      auto title = text_of(json, "title");
      if (title.empty())
        findings_.warn(file_, 0, where + ".title", "a title", "nothing"),
            title = "Rubric " + std::to_string(place);
      auto content = rubric_content(json, where);
      if (content.size() > domain::text_bytes_max * 6) {
        findings_.error(file_, 0, where, "at most 384 KB in a rubric; it is left out", "more");
        continue;
      }
      auto id = domain::rubric_id(identifier_, identifier);
      auto found = known.find(id);
      std::optional<store::Record> before;
      if (found != known.end()) before = found->second, known.erase(found);
      auto changed_at = std::string(truncate_utf8(time_of(json), kWordMax));
      record::Fields fields{{"retired", false}};
      if (!before || before->text("changed").empty() || changed_at > before->text("changed"))
        fields.merge(
            record::Fields{{"framework", framework_.hex()},
                           {"title", record::Value(truncate_utf8(title, kLineMax))},
                           {"text", record::Value(truncate_utf8(text_of(json, "description"), kPassageMax))},
                           {"content", content},
                           {"identifier", identifier},
                           {"changed", changed_at}});
      else if (before->text("content") != content)
        findings_.warn(file_, 0, where + ".lastChangeDateTime",
                       "a later time where a rubric changed; the one here is kept", "the time it had before");
      std::vector<std::string> names;
      bool changed =
          edit({std::string(domain::school_stream), "rubric", id}, before, std::move(fields), names);
      note(before, changed, "rubric", title, names);
    }
    for (const auto& [id, record] : known)
      if (!record.boolean("retired")) retire(record, "rubric", record.text("title"));
    return {};
  }

  // Criteria and levels in order, in our own form. Positions may be missing or decimal: then the file's order
  // counts.
  std::string rubric_content(const Json& json, const std::string& where) {
    auto in_order = [](std::vector<Json> list) {
      std::stable_sort(list.begin(), list.end(), [](const Json& a, const Json& b) {
        return number_of(a, "position").value_or(kNoSequence) <
               number_of(b, "position").value_or(kNoSequence);
      });
      return list;
    };
    OutJson criteria = OutJson::array();
    for (const auto& criterion : in_order(list_of(json, "CFRubricCriteria"))) {
      auto item = link_of(criterion, "CFItemURI");
      auto found = items_.find(item);
      if (!item.empty() && found == items_.end())
        findings_.warn(file_, 0, where + ".CFRubricCriteria", "a standard of this package", item);
      OutJson levels = OutJson::array();
      for (const auto& level : in_order(list_of(criterion, "CFRubricCriterionLevels"))) {
        OutJson out{{"name", text_of(level, "quality")}, {"text", text_of(level, "description")}};
        if (!text_of(level, "feedback").empty()) out["feedback"] = text_of(level, "feedback");
        const auto* score = member(level, "score");
        if (score && score->is_number()) out["score"] = *score;
        levels.push_back(std::move(out));
      }
      if (levels.empty())
        findings_.warn(file_, 0, where + ".CFRubricCriteria", "levels at every criterion", "none");
      OutJson out{{"id", text_of(criterion, "identifier")},
                  {"title", text_of(criterion, "category")},
                  {"question", text_of(criterion, "description")},
                  {"standard", found == items_.end() ? "" : found->second.code},
                  {"item", item}};
      const auto* weight = member(criterion, "weight");
      if (weight && weight->is_number()) out["weight"] = *weight;
      out["levels"] = std::move(levels);
      criteria.push_back(std::move(out));
    }
    return OutJson{{"criteria", std::move(criteria)}}.dump(-1, ' ', false, OutJson::error_handler_t::replace);
  }

  School& school_;
  std::string file_, identifier_, title_;
  CasePlan& out_;
  Findings findings_;
  bool timed_;
  RecordId framework_;
  std::map<std::string, Item> items_;
  std::vector<Item*> order_;
};

}  // namespace

Result<CasePlan> plan_case(School& school, std::string_view json, std::string_view file) {
  if (json.size() > case_bytes_max)
    return Error{Code::too_large, std::string(file) + " has more than 32 MB; nothing was imported"};
  if (looks_like_case_csv(json)) {
    CasePlan plan;
    Findings findings;
    WAYMARK_TRY(package, case_package_of_csv(file, json, findings));
    Importer importer(school, file, plan, false, std::move(findings));
    WAYMARK_CHECK(importer.run(package));
    return plan;
  }
  if (json.starts_with("\xEF\xBB\xBF")) json.remove_prefix(3);
  if (!valid_utf8(json))
    return Error{Code::malformed, std::string(file) + " is not UTF-8 text; nothing was imported"};
  if (too_deep(json))
    return Error{Code::malformed, std::string(file) + " is nested too deeply; nothing was imported"};
  auto package = Json::parse(json, nullptr, false);
  if (package.is_discarded() || !package.is_object())
    return Error{Code::malformed,
                 std::string(file) + " is not JSON, or is cut off; download it again; nothing was imported"};
  CasePlan plan;
  Importer importer(school, file, plan);
  WAYMARK_CHECK(importer.run(package));
  return plan;
}

Result<CasePlan> plan_case_file(School& school, const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) return Error{Code::not_found, path + " is not a file"};
  WAYMARK_TRY(json, store::read_whole(path, case_bytes_max));
  return plan_case(school, json, std::filesystem::path(path).filename().string());
}

Status apply_case(School& school, const CasePlan& plan) {
  if (plan.edits.empty()) return {};
  WAYMARK_TRY(transaction, store::Transaction::begin(school.store().db()));
  WAYMARK_TRY(written, school.write_as_school(plan.edits));
  (void)written;
  WAYMARK_CHECK(school.accounts().audit(std::nullopt, "standards imported",
                                        plan.plan.source + ": " + plan.plan.summary()));
  return transaction.commit();
}

}  // namespace waymark::server
