// Goals: "I want to get better at …" and "First I will … by [Friday]", and it is saved; then, if wanted, made
// sturdier. The if-then comes back at check-ins; a date that passed offers New date, Wrap up, Change it, all
// alike.
#include <algorithm>
#include <array>

#include "client/screens/days.hpp"
#include "client/screens/parts.hpp"
#include "client/screens/screens.hpp"

namespace waymark::screens {
namespace {

// One text of a goal: its place in the fields, its name in drafts, its words.
struct GoalPart {
  std::string_view name;
  std::string app::GoalFields::*of;
};
constexpr std::array<GoalPart, 6> kParts{{{"want", &app::GoalFields::want},
                                          {"first_step", &app::GoalFields::first_step},
                                          {"how_know", &app::GoalFields::how_know},
                                          {"obstacle", &app::GoalFields::obstacle},
                                          {"plan_if", &app::GoalFields::plan_if},
                                          {"plan_then", &app::GoalFields::plan_then}}};

std::string draft_key(const std::string& goal, std::string_view part) {
  return "goal/" + (goal.empty() ? std::string("new") : goal) + "/" + std::string(part);
}

// The fields as they stand in the editors now.
app::GoalFields as_typed(const Locals& locals, const std::string& goal, app::GoalFields fields) {
  for (const GoalPart& part : kParts) {
    fields.*part.of = locals.drafts.text_of(draft_key(goal, part.name), fields.*part.of);
  }
  return fields;
}

app::SaveDraft as_draft(const app::GoalFields& fields) {
  return {"goal.new",
          {{"want", fields.want},
           {"first_step", fields.first_step},
           {"how_know", fields.how_know},
           {"obstacle", fields.obstacle},
           {"plan_if", fields.plan_if},
           {"plan_then", fields.plan_then},
           {"standard", fields.standard},
           {"project", fields.project},
           {"by", fields.by}}};
}

// How what changed in a goal is written: a new goal's form as a draft, an old goal at once.
app::Command written(const std::string& goal, const std::string& base, const app::GoalFields& fields) {
  if (goal.empty()) return as_draft(fields);
  return app::SaveGoal{goal, base, fields};
}

// What the panels of a goal share.
struct Form {
  ui::Ui& ui;
  Locals& locals;
  Commands& out;
  const std::string& goal;
  const std::string& base;
  app::GoalFields fields;

  ui::Edited part(std::string_view name, ui::Field spec) {
    const auto found =
        std::find_if(kParts.begin(), kParts.end(), [&](const GoalPart& each) { return each.name == name; });
    const auto of = found->of;
    const app::GoalFields now = as_typed(locals, goal, fields);
    return draft_field(ui, locals, name, std::move(spec), draft_key(goal, name), {fields.*of, base},
                       [goal = goal, base = base, now, of](const app::Field& field) mutable -> app::Command {
                         app::GoalFields changed = now;
                         changed.*of = field.text;
                         return written(goal, base, changed);
                       });
  }
  void change(std::string app::GoalFields::*of, std::string value) {
    app::GoalFields changed = as_typed(locals, goal, fields);
    changed.*of = std::move(value);
    out.push_back(written(goal, base, changed));
  }
};

void day_button(Form& form, const app::Day& known, std::string_view by) {
  ui::Ui& ui = form.ui;
  bool& open = form.locals.flag("goals.day/" + form.goal);
  const app::Day chosen = day_from(known, by);
  if (ui.button("by", {.text = chosen ? ui::day(chosen) : "screen.goals.no_day"_t,
                       .icon = ui::Icon::calendar,
                       .hint = "screen.goals.by_hint"_t})) {
    open = !open;
  }
}

void day_choice(Form& form, const app::Day& known, std::string_view by) {
  bool& open = form.locals.flag("goals.day/" + form.goal);
  if (!open || !known) return;
  if (const auto day = choose_day(form.ui, "days", "screen.goals.day"_t, known, by)) {
    form.change(&app::GoalFields::by, *day);
    open = false;
  }
}

// How I will know, what may get in the way, if … then; a standard proposed from the project, never required.
void sturdier(Form& form, const app::GoalsView& view) {
  ui::Ui& ui = form.ui;
  form.part("how_know", {.label = "screen.goals.how_know"_t,
                         .placeholder = "screen.goals.how_know_like"_t,
                         .lines_min = 2,
                         .limit = 1000});
  form.part(
      "obstacle",
      {.label = "screen.goals.obstacle"_t, .placeholder = "screen.goals.obstacle_like"_t, .limit = 1000});
  form.part("plan_if",
            {.label = "screen.goals.plan_if"_t, .placeholder = "screen.goals.plan_if_like"_t, .limit = 500});
  form.part(
      "plan_then",
      {.label = "screen.goals.plan_then"_t, .placeholder = "screen.goals.plan_then_like"_t, .limit = 500});
  if (view.proposed_standards.empty()) return;
  ui.text("screen.goals.standard"_t, {.type = ui::Type::label});
  auto group = ui.radio_group("standard", "screen.goals.standard"_t);
  auto column = ui.column({.gap = 6});
  for (const app::StandardTag& tag : view.proposed_standards) {
    if (ui.radio(tag.code, ui::verbatim(tag.text), form.fields.standard == tag.code))
      form.change(&app::GoalFields::standard, tag.code);
  }
  if (ui.radio("none", "screen.goals.no_standard"_t, form.fields.standard.empty()))
    form.change(&app::GoalFields::standard, "");
}

void fold(ui::Ui& ui, bool& open) {
  auto row = ui.row({.gap = 12, .cross = ui::Cross::center});
  if (ui.link("sturdier", "screen.goals.sturdier"_t, open ? ui::Icon::chevron_down : ui::Icon::chevron))
    open = !open;
  if (!open) ui.text("screen.goals.if_you_like"_t, {.type = ui::Type::small, .ink = ui::Ink::muted});
}

void new_goal(ui::Ui& ui, const app::GoalsView& view, Locals& locals, Commands& out) {
  const std::string none;
  const bool tight = ui.low();
  auto card = ui.card("new_goal",
                      {.pad = {tight ? 20.0F : 28.0F, tight ? 14.0F : 20.0F}, .gap = tight ? 8.0F : 12.0F});
  ui.heading(2, "screen.goals.new"_t);
  Form form{ui, locals, out, none, none, view.draft};
  form.part("want", {.label = "screen.goals.want"_t,
                     .placeholder = "screen.goals.want_like"_t,
                     .limit = 500,
                     .first_focus = locals.arrived && locals.here.focus == app::Focus::new_goal});
  form.part(
      "first_step",
      {.label = "screen.goals.first_step"_t, .placeholder = "screen.goals.first_step_like"_t, .limit = 500});
  const std::string by = view.draft.by.empty() ? view.proposed_by : view.draft.by;
  const app::GoalFields typed = as_typed(locals, none, view.draft);
  const bool ready = !typed.want.empty() && !typed.first_step.empty();
  {
    auto row = ui.row({.gap = 12, .cross = ui::Cross::center, .wrap = true});
    if (view.proposed_by_day) {
      ui.text("screen.goals.by"_t, {.type = ui::Type::label});
      day_button(form, view.proposed_by_day, by);
    }
    ui.stretch();
    if (ui.button("save", {.text = "screen.goals.save"_t,
                           .look = ui::Look::pine,
                           .enabled = ready,
                           .hint = ready ? ui::Text{} : "screen.goals.save_waits"_t})) {
      app::GoalFields fields = typed;
      fields.by = by;
      out.push_back(app::SaveGoal{"", "", fields});
      for (const GoalPart& part : kParts) locals.drafts.renew(draft_key(none, part.name));
      locals.flag("goals.sturdier") = locals.flag("goals.new") = false;
    }
  }
  day_choice(form, view.proposed_by_day, by);
  ui.rule();
  bool& open = locals.flag("goals.sturdier");
  if (locals.arrived && view.sturdier_open) open = true;
  fold(ui, open);
  if (open) sturdier(form, view);
}

// The path beside a goal: the goal on top, its first step and its plan on the way, the last check-in at the
// foot.
void gutter(ui::Ui& ui, const app::GoalCard& goal) {
  const bool plan = !goal.fields.plan_if.empty() && !goal.fields.plan_then.empty();
  const bool checked = !goal.check_ins.empty();
  ui.canvas("path", {}, {.width = ui::px(34), .height = ui::fill()},
            [plan, checked, id = goal.id](const ui::Painter& p, ui::Rect r) {
              std::vector<ui::Vec> nodes{{r.x + 17, r.y + 78}};
              if (plan) nodes.push_back({r.x + 16, r.y + 114});
              if (checked) nodes.push_back({r.x + 14, r.y + (plan ? 168.0F : 132.0F)});
              std::vector<ui::Vec> way{{r.x + 17, r.y + 34}};
              for (const ui::Vec& node : nodes) {
                const ui::Vec last = way.back();
                way.push_back({(last.x + node.x) / 2 - 4, (last.y + node.y) / 2});
                way.push_back(node);
              }
              const auto line = ui::spline(way, 12);
              if (!p.t.contrast) {
                p.polyline(line, p.t.sand_edge, 9);
                p.polyline(line, p.t.sand, 6.5F);
              } else {
                p.polyline(line, p.t.border, 2);
              }
              ui::draw_cairn(p, {r.x + 17, r.y + 46}, 3, 15, ui::Stone::ahead, ui::seed_of(id), false);
              for (std::size_t i = 0; i < nodes.size(); ++i) {
                const bool last = checked && i + 1 == nodes.size();
                p.circle(nodes[i], 6.5F, last ? p.t.pine : p.t.stone);
                p.ring(nodes[i], 6.5F, last ? p.t.pine : p.t.stone_edge, 1.5F);
              }
            });
}

ui::Text if_then(const app::GoalFields& fields) {
  return "screen.goals.if_then"_t.with("if", fields.plan_if).with("then", fields.plan_then);
}

void check_in(ui::Ui& ui, const app::GoalCard& goal, Locals& locals, Commands& out) {
  const std::string text_key = "goal/" + goal.id + "/check_in";
  std::string& helped = locals.word("goals.helped/" + goal.id);
  auto panel = ui.soft({.pad = {20, 16}, .gap = 12});
  const bool plan = !goal.fields.plan_if.empty() && !goal.fields.plan_then.empty();
  if (plan) {
    ui.text("screen.goals.you_planned"_t, {.type = ui::Type::small_bold});
    ui.text(if_then(goal.fields));
    auto group = ui.radio_group("helped", "screen.goals.helped"_t);
    auto row = ui.row({.gap = 10, .cross = ui::Cross::center, .wrap = true});
    ui.text("screen.goals.helped"_t, {.type = ui::Type::label});
    for (const std::string_view answer : {"yes", "no", "not_needed"}) {
      if (ui.chip(answer, {.text = ui::key("screen.goals.helped_" + std::string(answer)),
                           .chosen = helped == answer,
                           .radio = true}))
        helped = answer;
    }
  }
  draft_field(ui, locals, "text",
              {.label = "screen.goals.check_in_text"_t,
               .placeholder = "screen.goals.check_in_like"_t,
               .lines_min = 2,
               .limit = 2000,
               .first_focus = true},
              text_key, {goal.check_in_draft, {}},
              [place = "check_in." + goal.id](const app::Field& field) -> app::Command {
                return app::SaveDraft{place, {{"text", field.text}}};
              });
  const std::string text = locals.drafts.text_of(text_key, goal.check_in_draft);
  auto row = ui.row({.gap = 16, .cross = ui::Cross::center});
  if (ui.button("done", {.text = "screen.goals.check_in_save"_t,
                         .look = ui::Look::pine,
                         .enabled = !text.empty(),
                         .hint = text.empty() ? "screen.goals.check_in_waits"_t : ui::Text{}})) {
    app::CheckIn command{goal.id, text, std::nullopt};
    if (helped == "yes") command.plan_helped = true;
    if (helped == "no") command.plan_helped = false;
    out.push_back(command);
    locals.drafts.renew(text_key);
    helped.clear();
    locals.word("goals.open").clear();
  }
  if (ui.link("close", "screen.goals.later"_t)) locals.word("goals.open").clear();
}

void wrap_up(ui::Ui& ui, const app::GoalCard& goal, Locals& locals, Commands& out) {
  const std::string text_key = "goal/" + goal.id + "/learned";
  auto panel = ui.soft({.pad = {20, 16}, .gap = 12});
  ui.text("screen.goals.wrap_up_detail"_t, {.ink = ui::Ink::muted});
  draft_field(ui, locals, "learned",
              {.label = "screen.goals.learned"_t,
               .placeholder = "screen.goals.learned_like"_t,
               .lines_min = 2,
               .limit = 2000,
               .first_focus = true},
              text_key, {goal.learned_draft, {}},
              [place = "wrap_up." + goal.id](const app::Field& field) -> app::Command {
                return app::SaveDraft{place, {{"learned", field.text}}};
              });
  const std::string text = locals.drafts.text_of(text_key, goal.learned_draft);
  auto row = ui.row({.gap = 16, .cross = ui::Cross::center});
  if (ui.button("done", {.text = "screen.goals.wrap_up"_t,
                         .look = ui::Look::pine,
                         .icon = ui::Icon::check,
                         .enabled = !text.empty(),
                         .hint = text.empty() ? "screen.goals.wrap_up_waits"_t : ui::Text{}})) {
    out.push_back(app::WrapUpGoal{goal.id, text});
    locals.drafts.renew(text_key);
    locals.word("goals.open").clear();
  }
  if (ui.link("close", "screen.goals.later"_t)) locals.word("goals.open").clear();
}

void new_date(ui::Ui& ui, const app::GoalsView& view, const app::GoalCard& goal, Locals& locals,
              Commands& out) {
  auto panel = ui.soft({.pad = {20, 16}, .gap = 12});
  ui.text("screen.goals.new_date_which"_t, {.type = ui::Type::label});
  const app::Day& known = view.proposed_by_day ? view.proposed_by_day : goal.by;
  if (const auto day = choose_day(ui, "days", "screen.goals.day"_t, known, {})) {
    out.push_back(app::NewDate{goal.id, *day});
    locals.word("goals.open").clear();
  }
  if (ui.link("close", "screen.goals.later"_t)) locals.word("goals.open").clear();
}

void change(ui::Ui& ui, const app::GoalsView& view, const app::GoalCard& goal, Locals& locals,
            Commands& out) {
  auto panel = ui.soft({.pad = {20, 16}, .gap = 12});
  Form form{ui, locals, out, goal.id, goal.base, goal.fields};
  form.part("want", {.label = "screen.goals.want"_t, .limit = 500, .first_focus = true});
  form.part("first_step", {.label = "screen.goals.first_step"_t, .limit = 500});
  {
    auto row = ui.row({.gap = 12, .cross = ui::Cross::center});
    ui.text("screen.goals.by"_t, {.type = ui::Type::label});
    day_button(form, view.proposed_by_day ? view.proposed_by_day : goal.by, goal.fields.by);
  }
  day_choice(form, view.proposed_by_day ? view.proposed_by_day : goal.by, goal.fields.by);
  sturdier(form, view);
  auto row = ui.row({.gap = 16, .cross = ui::Cross::center});
  ui.text("screen.goals.saves_itself"_t, {.type = ui::Type::small, .ink = ui::Ink::muted});
  ui.stretch();
  if (ui.button("done", {.text = "screen.goals.done"_t, .look = ui::Look::pine, .icon = ui::Icon::check}))
    locals.word("goals.open").clear();
}

void open_goal(ui::Ui& ui, const app::GoalsView& view, const app::GoalCard& goal, Locals& locals,
               Commands& out) {
  const bool tight = ui.low();
  std::string& open = locals.word("goals.open");
  const auto is_open = [&](std::string_view what) { return open == std::string(what) + "/" + goal.id; };
  const auto toggle = [&](std::string_view what) {
    open = is_open(what) ? std::string() : std::string(what) + "/" + goal.id;
  };
  auto card = ui.card(
      goal.id, {.pad = {tight ? 16.0F : 24.0F, tight ? 14.0F : 22.0F, 28, tight ? 14.0F : 22.0F}, .gap = 12});
  {
    auto both = ui.row({.gap = 18});
    if (!tight) gutter(ui, goal);
    auto words = ui.column({.width = ui::fill(), .gap = tight ? 6.0F : 12.0F});
    {
      auto head = ui.column({.gap = 2});
      if (!tight) ui.text("screen.goals.want_small"_t, {.type = ui::Type::small, .ink = ui::Ink::muted});
      auto row = ui.row({.gap = 16, .cross = ui::Cross::center});
      ui.heading(2, ui::quoted(goal.fields.want), {.width = ui::fill()});
      if (!goal.standard_text.empty() && !ui.narrow()) {
        ui.text(ui::verbatim(goal.standard_text), {.type = ui::Type::small,
                                                   .ink = ui::Ink::muted,
                                                   .width_max = 320,
                                                   .lines_max = 1,
                                                   .icon = ui::Icon::growth});
      }
    }
    {
      auto row = ui.row({.gap = 16, .cross = ui::Cross::center, .wrap = ui.narrow()});
      ui.text(ui::strong("screen.goals.first_small"_t) + ui::verbatim(" " + goal.fields.first_step),
              {.width = ui::fill()});
      if (goal.by) {
        if (goal.passed) {
          ui.text("screen.goals.gone_by"_t.with("day", goal.by),
                  {.type = ui::Type::small, .ink = ui::Ink::muted, .icon = ui::Icon::calendar});
        } else {
          ui.text("screen.goals.by_day"_t.with("day", goal.by),
                  {.type = ui::Type::small_bold, .icon = ui::Icon::calendar});
        }
      }
    }
    if (!goal.fields.plan_if.empty() && !goal.fields.plan_then.empty()) ui.text(if_then(goal.fields));
    if (!goal.check_ins.empty()) {
      auto last = ui.column({.gap = 2});
      const app::CheckInLine& line = goal.check_ins.front();
      if (!tight)
        ui.text("screen.goals.last_check_in"_t.with("day", line.at.day),
                {.type = ui::Type::small, .ink = ui::Ink::muted});
      ui.text(ui::quoted(line.text));
      if (line.hidden)
        ui.banner("hidden_check_in", {.text = line.hidden, .icon = ui::Icon::lock, .soft = false});
    }
    if (goal.hidden) ui.banner("hidden", {.text = goal.hidden, .icon = ui::Icon::lock, .soft = false});
    if (goal.conflict && ui.link("conflict", "screen.goals.conflict"_t, ui::Icon::document))
      out.push_back(go({app::Screen::conflict, {}, {}, {}, "goal/" + goal.id, app::Focus::none}));
    earlier_link(ui, goal.earlier, out);
    auto row = ui.row({.gap = goal.passed ? 10.0F : 18.0F, .cross = ui::Cross::center, .wrap = true});
    if (goal.passed) {
      if (ui.button("new_date",
                    {.text = "screen.goals.new_date"_t, .icon = ui::Icon::calendar, .small = tight}))
        toggle("new_date");
      if (ui.button("wrap_up", {.text = "screen.goals.wrap_up"_t, .icon = ui::Icon::check, .small = tight}))
        toggle("wrap_up");
      if (ui.button("change", {.text = "screen.goals.change"_t, .icon = ui::Icon::pencil, .small = tight}))
        toggle("change");
    } else {
      if (ui.button("check_in",
                    {.text = "screen.goals.check_in"_t, .icon = ui::Icon::message, .small = tight}))
        toggle("check_in");
      if (ui.link("change", "screen.goals.change"_t)) toggle("change");
      if (ui.link("wrap_up", "screen.goals.wrap_up"_t)) toggle("wrap_up");
    }
  }
  auto keyed = ui.keyed("open");
  if (is_open("check_in")) check_in(ui, goal, locals, out);
  if (is_open("wrap_up")) wrap_up(ui, goal, locals, out);
  if (is_open("new_date")) new_date(ui, view, goal, locals, out);
  if (is_open("change")) change(ui, view, goal, locals, out);
}

void past_goals(ui::Ui& ui, const app::GoalsView& view, Locals& locals, Commands& out) {
  if (view.past.empty()) return;
  bool& older = locals.flag("goals.older");
  auto card = ui.card("past", {.pad = {ui.low() ? 20.0F : 28.0F, ui.low() ? 12.0F : 18.0F}, .gap = 6});
  ui.heading(2, "screen.goals.past"_t, {.type = ui::Type::h3});
  const std::size_t shown = older ? view.past.size() : 1;
  for (std::size_t i = 0; i < shown; ++i) {
    const app::GoalCard& goal = view.past[i];
    auto keyed = ui.keyed(goal.id);
    if (i > 0) ui.rule();
    {
      auto row = ui.row({.gap = 14, .cross = ui::Cross::center});
      ui.art(ui::ArtKind::cairn_done, 13, goal.id);
      auto words = ui.column({.width = ui::fill(), .gap = 2});
      ui.text("screen.goals.wrapped_up"_t.with("day", goal.wrapped_at.day),
              {.type = ui::Type::small, .ink = ui::Ink::muted});
      ui.text(ui::quoted(goal.fields.want), {.type = ui::Type::h3});
    }
    if (!goal.learned.empty()) {
      if (!ui.low())
        ui.text("screen.goals.what_i_learned"_t, {.type = ui::Type::small_bold, .ink = ui::Ink::muted});
      ui.text(ui::quoted(goal.learned));
    }
    auto row = ui.row({.gap = 18, .cross = ui::Cross::center, .wrap = true});
    if (ui.link("reopen", "screen.goals.reopen"_t)) out.push_back(app::ReopenGoal{goal.id});
    if (goal.conflict && ui.link("conflict", "screen.goals.conflict"_t, ui::Icon::document))
      out.push_back(go({app::Screen::conflict, {}, {}, {}, "goal/" + goal.id, app::Focus::none}));
    earlier_link(ui, goal.earlier, out);
  }
  if (view.past.size() > 1 && ui.link("older", older ? "screen.goals.fewer"_t : "screen.goals.older"_t,
                                      ui::Icon::none, older ? ui::Icon::none : ui::Icon::arrow)) {
    older = !older;
  }
}

}  // namespace

void draw_goals(ui::Ui& ui, const app::GoalsView& view, Locals& locals, Commands& out) {
  if (locals.arrived) {
    if (locals.here.focus == app::Focus::check_in)
      locals.word("goals.open") = "check_in/" + locals.here.record;
    if (locals.here.focus == app::Focus::new_goal) locals.flag("goals.new") = true;
  }
  const bool narrow = ui.narrow(), tight = ui.low();
  const float gap = narrow || tight ? 14.0F : 20.0F;
  auto body = ui.body({.pad = {ui.side(), narrow || tight ? 12.0F : 20.0F, ui.side(), tight ? 12.0F : 18.0F},
                       .gap = tight ? 10.0F : 16.0F});
  bool& open = locals.flag("goals.new");
  if (view.draft_open && locals.arrived) open = true;
  {
    auto row = ui.row({.gap = 18, .cross = ui::Cross::center, .wrap = true});
    ui.heading(1, "screen.goals.title"_t, {.type = narrow || tight ? ui::Type::h2 : ui::Type::h1});
    if (!narrow) {
      ui.text("screen.goals.who_sees"_t, {.type = ui::Type::small, .ink = ui::Ink::muted});
    } else {
      ui.stretch();
      if (!open && ui.button("new", {.text = "screen.goals.new_button"_t,
                                     .look = ui::Look::pine,
                                     .icon = ui::Icon::plus,
                                     .small = true}))
        open = true;
    }
  }
  const auto list = [&] {
    if (view.open.empty()) {
      auto card = ui.card("empty", {.pad = 40, .gap = 12});
      ui.empty_state(ui::Icon::flag, "screen.goals.empty"_t, "screen.goals.empty_detail"_t);
    }
    for (const app::GoalCard& goal : view.open) open_goal(ui, view, goal, locals, out);
  };
  if (narrow) {
    if (open) new_goal(ui, view, locals, out);
    list();
    past_goals(ui, view, locals, out);
    return;
  }
  auto row = ui.row({.gap = gap, .cross = ui::Cross::start});
  {
    auto column = ui.column({.width = ui::fill(), .gap = gap});
    list();
  }
  auto column = ui.column({.width = ui::px(tight ? 318.0F : 416.0F), .gap = gap});
  new_goal(ui, view, locals, out);
  past_goals(ui, view, locals, out);
}

}  // namespace waymark::screens
