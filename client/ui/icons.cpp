// Every icon on a grid of 24, drawn with one round-ended stroke.
#include <cmath>

#include <imgui.h>

#include "client/ui/painter.hpp"

namespace waymark::ui {
namespace {

class Pen {
 public:
  Pen(ImDrawList* list, Vec centre, float size, float scale, Color color, float thick)
      : list_(list),
        unit_(size / 24 * scale),
        origin_{(centre.x - size / 2) * scale, (centre.y - size / 2) * scale},
        color_(color),
        thick_(thick * size / 24 * scale) {}

  void stroke(std::initializer_list<Vec> points, bool closed = false) {
    ImVec2 out[12];
    int count = 0;
    for (const Vec v : points)
      if (count < 12) out[count++] = at(v.x, v.y);
    list_->AddPolyline(out, count, color_, closed ? ImDrawFlags_Closed : 0, thick_);
    if (!closed) cap(out[0]), cap(out[count - 1]);
    for (int i = 1; !closed && i + 1 < count; ++i) cap(out[i]);
  }
  void box(float x, float y, float right, float bottom, float radius) {
    list_->AddRect(at(x, y), at(right, bottom), color_, radius * unit_, 0, thick_);
  }
  void ring(float x, float y, float radius) { list_->AddCircle(at(x, y), radius * unit_, color_, 0, thick_); }
  void dot(float x, float y, float radius) { list_->AddCircleFilled(at(x, y), radius * unit_, color_); }
  void arc(float x, float y, float radius, float from, float to, bool caps = true) {
    list_->PathArcTo(at(x, y), radius * unit_, from, to, 20);
    list_->PathStroke(color_, 0, thick_);
    if (!caps) return;
    cap(at(x + radius * std::cos(from), y + radius * std::sin(from)));
    cap(at(x + radius * std::cos(to), y + radius * std::sin(to)));
  }
  // A path of lines and curves.
  Pen& to(float x, float y) { return list_->PathLineTo(at(x, y)), *this; }
  Pen& round(float x, float y, float radius, float from, float until) {
    return list_->PathArcTo(at(x, y), radius * unit_, from, until, 12), *this;
  }
  Pen& bend(float x1, float y1, float x2, float y2, float x, float y) {
    return list_->PathBezierCubicCurveTo(at(x1, y1), at(x2, y2), at(x, y), 14), *this;
  }
  void done(bool closed) { list_->PathStroke(color_, closed ? ImDrawFlags_Closed : 0, thick_); }
  void filled() { list_->PathFillConvex(color_); }

 private:
  ImVec2 at(float x, float y) const { return {origin_.x + x * unit_, origin_.y + y * unit_}; }
  void cap(ImVec2 point) { list_->AddCircleFilled(point, thick_ / 2, color_, 8); }

  ImDrawList* list_;
  float unit_;
  ImVec2 origin_;
  Color color_;
  float thick_;
};

}  // namespace

void Painter::icon(Icon which, Vec centre, float size, Color c, float thick) const {
  Pen pen(list_, centre, size, scale_, c, thick);
  switch (which) {
    case Icon::none:
      break;
    case Icon::lock:
      pen.box(5, 10.5F, 19, 20.5F, 2.6F);
      pen.to(8, 10.5F).to(8, 7.6F).round(12, 7.6F, 4, pi, 2 * pi).to(16, 10.5F).done(false);
      pen.dot(12, 15.4F, 1.5F);
      break;
    case Icon::pack:
      pen.to(5, 20.5F).to(5, 12).round(12, 12, 7, pi, 2 * pi).to(19, 20.5F).done(true);
      pen.arc(12, 5.1F, 2.4F, pi, 2 * pi);
      pen.box(8.3F, 14.2F, 15.7F, 20.5F, 1);
      pen.stroke({{9.2F, 10.6F}, {14.8F, 10.6F}});
      break;
    case Icon::check:
      pen.stroke({{5.2F, 12.5F}, {9.9F, 17}, {18.8F, 7.2F}});
      break;
    case Icon::calendar:
      pen.box(4, 5.6F, 20, 20, 2.6F);
      pen.stroke({{4.6F, 10}, {19.4F, 10}});
      pen.stroke({{8, 3.4F}, {8, 7}});
      pen.stroke({{16, 3.4F}, {16, 7}});
      pen.dot(12, 15, 1.9F);
      break;
    case Icon::message:
      pen.to(6.6F, 17).round(6.6F, 14, 3, pi / 2, pi).round(6.6F, 7.4F, 3, pi, 1.5F * pi);
      pen.round(17.4F, 7.4F, 3, 1.5F * pi, 2 * pi)
          .round(17.4F, 14, 3, 0, pi / 2)
          .to(12, 17)
          .to(7.6F, 20.5F)
          .done(true);
      pen.stroke({{8, 9}, {16, 9}});
      pen.stroke({{8, 12.7F}, {13, 12.7F}});
      break;
    case Icon::send:
      pen.stroke({{3.6F, 11.8F}, {20.4F, 4.1F}, {15, 20.2F}, {11, 13.5F}}, true);
      pen.stroke({{11, 13.5F}, {20.4F, 4.1F}});
      break;
    case Icon::photo:
      pen.box(3.5F, 5, 20.5F, 19.5F, 2.6F);
      pen.ring(8.6F, 9.7F, 1.7F);
      pen.stroke({{4.2F, 17.4F}, {9.5F, 13}, {13, 16}, {16, 12.7F}, {19.8F, 16.3F}});
      break;
    case Icon::document:
      pen.stroke({{6, 3.5F}, {14, 3.5F}, {18.5F, 8}, {18.5F, 20.5F}, {6, 20.5F}}, true);
      pen.stroke({{13.6F, 3.9F}, {13.6F, 8.4F}, {18.1F, 8.4F}});
      pen.stroke({{9, 12.5F}, {15.4F, 12.5F}});
      pen.stroke({{9, 16}, {14, 16}});
      break;
    case Icon::hand:
      pen.stroke({{8.4F, 12.5F}, {8.4F, 6.4F}});
      pen.stroke({{11.4F, 11.6F}, {11.4F, 4.4F}});
      pen.stroke({{14.6F, 11.8F}, {14.6F, 5.2F}});
      pen.to(8.4F, 14.8F).to(6.2F, 12.8F).bend(5, 11.9F, 3.6F, 13.1F, 4.3F, 14.5F).to(7.6F, 18.8F);
      pen.bend(9.8F, 21.8F, 17.8F, 22.2F, 17.8F, 15).to(17.8F, 8.4F).done(false);
      pen.dot(17.8F, 8.4F, 0.95F);
      break;
    case Icon::heart:
      pen.to(12, 20).bend(2, 13.4F, 3, 5, 8, 5).bend(10, 5, 11.3F, 6.3F, 12, 7.8F);
      pen.bend(12.7F, 6.3F, 14, 5, 16, 5).bend(21, 5, 22, 13.4F, 12, 20).done(true);
      break;
    case Icon::ring:
      pen.ring(12, 12, 8.6F);
      pen.ring(12, 12, 3.6F);
      for (int i = 0; i < 4; ++i) {
        const float a = pi / 4 + static_cast<float>(i) * pi / 2, x = std::cos(a), y = std::sin(a);
        pen.stroke({{12 + 3.6F * x, 12 + 3.6F * y}, {12 + 8.6F * x, 12 + 8.6F * y}});
      }
      break;
    case Icon::people:
      pen.ring(9, 8.4F, 3.3F);
      pen.arc(9, 20, 6, pi, 2 * pi);
      pen.stroke({{3, 20}, {15, 20}});
      pen.arc(16, 8.6F, 3, -pi * 0.55F, pi * 0.55F);
      pen.to(16.4F, 14.2F).bend(19.5F, 14.4F, 21.3F, 17, 21.3F, 20).done(false);
      break;
    case Icon::team:
      pen.ring(12, 8, 3);
      pen.arc(12, 19.5F, 5.2F, pi, 2 * pi);
      pen.stroke({{6.8F, 19.5F}, {17.2F, 19.5F}});
      pen.arc(5.6F, 10, 2.1F, pi * 0.3F, pi * 1.8F);
      pen.arc(18.4F, 10, 2.1F, -pi * 0.8F, pi * 0.7F);
      break;
    case Icon::alone:
      pen.ring(12, 8, 3.6F);
      pen.arc(12, 20, 6.6F, pi, 2 * pi);
      pen.stroke({{5.4F, 20}, {18.6F, 20}});
      break;
    case Icon::arrow:
      pen.stroke({{4.5F, 12}, {19, 12}});
      pen.stroke({{13, 6}, {19.2F, 12}, {13, 18}});
      break;
    case Icon::back:
      pen.stroke({{19.5F, 12}, {5, 12}});
      pen.stroke({{11, 6}, {4.8F, 12}, {11, 18}});
      break;
    case Icon::chevron:
      pen.stroke({{9.5F, 6}, {15.5F, 12}, {9.5F, 18}});
      break;
    case Icon::chevron_down:
      pen.stroke({{6, 9.5F}, {12, 15.5F}, {18, 9.5F}});
      break;
    case Icon::plus:
      pen.stroke({{12, 5}, {12, 19}});
      pen.stroke({{5, 12}, {19, 12}});
      break;
    case Icon::minus:
      pen.stroke({{5, 12}, {19, 12}});
      break;
    case Icon::gear:
      pen.ring(12, 12, 3.1F);
      pen.ring(12, 12, 6.6F);
      for (int i = 0; i < 8; ++i) {
        const float a = static_cast<float>(i) * pi / 4, x = std::cos(a), y = std::sin(a);
        pen.stroke({{12 + 6.8F * x, 12 + 6.8F * y}, {12 + 9.2F * x, 12 + 9.2F * y}});
      }
      break;
    case Icon::pencil:
      pen.stroke({{4.5F, 19.5F}, {5.6F, 15}, {15.5F, 5}, {19, 8.5F}, {9, 18.4F}}, true);
      pen.stroke({{13.2F, 7.4F}, {16.6F, 10.8F}});
      break;
    case Icon::eye:
      pen.to(2.8F, 12).bend(7, 5, 17, 5, 21.2F, 12).bend(17, 19, 7, 19, 2.8F, 12).done(true);
      pen.ring(12, 12, 3);
      break;
    case Icon::spark:
      pen.ring(12, 12, 3.4F);
      for (int i = 0; i < 8; ++i) {
        const float a = static_cast<float>(i) * pi / 4, x = std::cos(a), y = std::sin(a),
                    far = i % 2 ? 8.4F : 10;
        pen.stroke({{12 + 6.4F * x, 12 + 6.4F * y}, {12 + far * x, 12 + far * y}});
      }
      break;
    case Icon::globe:
      pen.ring(12, 12, 8.8F);
      pen.stroke({{3.6F, 12}, {20.4F, 12}});
      pen.to(12, 3.2F)
          .bend(6.4F, 7.5F, 6.4F, 16.5F, 12, 20.8F)
          .bend(17.6F, 16.5F, 17.6F, 7.5F, 12, 3.2F)
          .done(true);
      break;
    case Icon::step:
      pen.stroke({{5, 19}, {10, 14}, {13, 16.5F}, {19, 6}});
      pen.dot(19, 6, 2.2F);
      pen.dot(5, 19, 2.2F);
      break;
    case Icon::growth:
      pen.stroke({{4, 20}, {4, 4}});
      pen.stroke({{4, 20}, {20, 20}});
      pen.dot(8.5F, 15.5F, 1.7F);
      pen.dot(13, 11.5F, 1.7F);
      pen.dot(17.6F, 6.8F, 1.7F);
      break;
    case Icon::card:
      pen.box(2.5F, 5.5F, 21.5F, 18.5F, 2.4F);
      pen.dot(8, 11.4F, 2.1F);
      pen.stroke({{13.4F, 10.3F}, {18, 10.3F}});
      pen.stroke({{13.4F, 14}, {16.6F, 14}});
      break;
    case Icon::screen:
      pen.box(3, 4.6F, 21, 16.4F, 2.4F);
      pen.stroke({{8, 20}, {16, 20}});
      break;
    case Icon::close:
      pen.stroke({{5.5F, 5.5F}, {18.5F, 18.5F}});
      pen.stroke({{18.5F, 5.5F}, {5.5F, 18.5F}});
      break;
    case Icon::link:
      pen.to(10.5F, 7.5F).to(13, 5).round(16, 8, 4.1F, -0.75F * pi, 0.25F * pi).to(16.5F, 13.4F).done(false);
      pen.to(13.5F, 16.5F).to(11, 19).round(8, 16, 4.1F, 0.25F * pi, 1.25F * pi).to(7.5F, 10.6F).done(false);
      pen.stroke({{9.3F, 14.7F}, {14.7F, 9.3F}});
      break;
    case Icon::drawing:
      pen.to(4, 17).bend(7, 8, 10, 22, 13, 13).bend(14.5F, 8.4F, 17, 9, 20, 6).done(false);
      pen.dot(20, 6, 1.6F);
      pen.dot(4, 17, 1.2F);
      break;
    case Icon::flag:
      pen.stroke({{6.5F, 21}, {6.5F, 4}});
      pen.to(6.5F, 4.2F).bend(11, 2.6F, 13, 7, 18.5F, 6.2F).bend(16, 9.6F, 14, 13, 6.5F, 12).done(true);
      break;
    case Icon::search:
      pen.ring(10.5F, 10.5F, 6);
      pen.stroke({{15, 15}, {20, 20}});
      break;
    case Icon::speaker:
      pen.stroke({{4, 9.5F}, {8, 9.5F}, {12.6F, 5.4F}, {12.6F, 18.6F}, {8, 14.5F}, {4, 14.5F}}, true);
      pen.arc(12.6F, 12, 4, -pi / 3.4F, pi / 3.4F);
      pen.arc(12.6F, 12, 7.4F, -pi / 3.4F, pi / 3.4F);
      break;
    case Icon::undo:
      pen.stroke({{8.6F, 5}, {4.4F, 9.2F}, {8.6F, 13.4F}});
      pen.to(4.6F, 9.2F).to(14, 9.2F).round(14, 14.2F, 5, -pi / 2, pi / 2).to(9, 19.2F).done(false);
      pen.dot(9, 19.2F, 0.95F);
      break;
    case Icon::trash:
      pen.stroke({{4.5F, 6.8F}, {19.5F, 6.8F}});
      pen.stroke({{6.4F, 7}, {7.4F, 20.2F}, {16.6F, 20.2F}, {17.6F, 7}});
      pen.stroke({{9.4F, 6.6F}, {10, 3.8F}, {14, 3.8F}, {14.6F, 6.6F}});
      break;
    case Icon::clock:
      pen.ring(12, 12, 8.6F);
      pen.stroke({{12, 7}, {12, 12.3F}, {15.6F, 14.4F}});
      break;
    case Icon::question:
      pen.arc(12, 8.6F, 3.9F, pi * 0.92F, pi * 2.28F);
      pen.to(15.1F, 11).bend(13.6F, 12.6F, 12, 12.8F, 12, 15.2F).done(false);
      pen.dot(12, 19.3F, 1.4F);
      break;
    case Icon::text_size:
      pen.stroke({{2.5F, 18}, {5.8F, 9.5F}, {9.1F, 18}});
      pen.stroke({{3.7F, 15.2F}, {7.9F, 15.2F}});
      pen.stroke({{10.8F, 18}, {16.3F, 4.4F}, {21.8F, 18}});
      pen.stroke({{12.8F, 13.6F}, {19.8F, 13.6F}});
      break;
    case Icon::folder:
      pen.to(3.5F, 18.5F).to(3.5F, 6).to(9.5F, 6).to(11.7F, 8.4F).to(20.5F, 8.4F).to(20.5F, 18.5F).done(true);
      break;
    case Icon::backspace:
      pen.stroke({{2.8F, 12}, {8.4F, 6}, {21, 6}, {21, 18}, {8.4F, 18}}, true);
      pen.stroke({{11.4F, 9.6F}, {16.4F, 14.4F}});
      pen.stroke({{16.4F, 9.6F}, {11.4F, 14.4F}});
      break;
  }
}

}  // namespace waymark::ui
