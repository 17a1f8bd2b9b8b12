// A drawing: its text, the picture made of it, and the way from a draft to a piece of work.
#include "client/app/drawing.hpp"

#include "tests/app_student/world.hpp"

using namespace waymark;
using namespace waymark::test;

namespace {

const PenStroke kLine{1, 1, {{100, 100}, {500, 100}}};

std::array<int, 3> pixel(const Picture& picture, int x, int y) {
  auto at = (static_cast<std::size_t>(y) * drawing_width + static_cast<std::size_t>(x)) * 3;
  return {picture.pixels[at], picture.pixels[at + 1], picture.pixels[at + 2]};
}
using Pixel = std::array<int, 3>;
const Pixel kWhite{255, 255, 255}, kBlue{0x1F, 0x5F, 0xA8};

}  // namespace

TEST_CASE(
    "a drawing's text gives its strokes back, and what makes no sense in it costs its own stroke alone") {
  PenStroke dot{0, 0, {{0, 0}}}, corner{5, 2, {{drawing_width, drawing_height}, {3, 4}}};
  CHECK(text_of(dot) == "AAAAAA;");
  CHECK(text_of(kLine) == "BBBkBkH0Bk;");
  auto text = text_of(dot) + text_of(kLine) + text_of(corner);
  CHECK(read_drawing(text) == std::vector{dot, kLine, corner});
  // Points off the page are put on its edge, and one that repeats says nothing.
  CHECK(read_drawing(text_of({0, 0, {{-5, 2'000}, {0, 900}, {7, 7}}})) ==
        std::vector{PenStroke{0, 0, {{0, 900}, {7, 7}}}});
  for (std::string bad : {"AA;", "AAAAA;", "AAA!AA;", "GAAAAA;", "ADAAAA;", ";", "AAAAAA"})
    CHECK(read_drawing(text_of(kLine) + bad) == std::vector{kLine});
  CHECK(read_drawing("A A;" + text_of(kLine)) == std::vector{kLine});
  PenStroke longest{0, 0, {}};
  for (std::size_t i = 0; i < stroke_points_max; i++) longest.points.push_back({static_cast<int>(i % 2), 5});
  CHECK(read_drawing(text_of(longest)).size() == 1);
  longest.points.push_back({9, 9});
  CHECK(read_drawing(text_of(longest)).empty());
  CHECK(drawing_undone(text) == text_of(dot) + text_of(kLine));
  CHECK(drawing_undone(text_of(dot)).empty());
  CHECK(drawing_undone("").empty());
}

TEST_CASE("a drawing's picture has the pen's color where it went, and white elsewhere and under the eraser") {
  auto picture = picture_of({kLine});
  CHECK(picture.width == 1'200);
  CHECK(picture.height == 900);
  CHECK(pixel(picture, 300, 100) == kBlue);
  CHECK(pixel(picture, 100 - 4, 100) == kBlue);  // its round end
  CHECK(pixel(picture, 300, 94) == kBlue);
  CHECK(pixel(picture, 300, 92) == kWhite);
  CHECK(pixel(picture, 300, 107) == kWhite);
  CHECK(pixel(picture, 600, 500) == kWhite);
  picture = picture_of({kLine, {pen_paper, 2, {{300, 50}, {300, 150}}}});
  CHECK(pixel(picture, 300, 100) == kWhite);
  CHECK(pixel(picture, 200, 100) == kBlue);
  // A stroke over itself is no darker at its edge.
  auto twice = kLine;
  twice.points.push_back({100, 100});
  CHECK(picture_of({twice}).pixels == picture_of({kLine}).pixels);
  // On the very edge of the page.
  CHECK(pixel(picture_of({{0, 2, {{drawing_width, drawing_height}}}}), 1'199, 899) ==
        Pixel{0x22, 0x30, 0x2A});
}

TEST_CASE(
    "what was half drawn is there after leaving and after a restart, until it is work; that can be undone") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  auto step = lab.project(id).step.id;
  auto place = drawing_place(step);
  auto drawing = [&] { return lab.project(id).step.drawing.text; };
  std::string text;
  for (int i = 0; i < 900; i++) text += text_of(kLine);
  REQUIRE(text.size() > 2 * drawing_piece_bytes);
  lab.can(SaveDraft{place, drawing_parts(text)});
  lab.can(SaveDraft{place, {{"says", "where the water comes from"}}});
  CHECK(drawing() == text);
  // Shorter again: what a longer text left behind does not count.
  text = text_of(kLine) + text_of({2, 0, {{1, 1}, {9, 9}}});
  lab.can(SaveDraft{place, drawing_parts(text)});
  CHECK(drawing() == text);
  lab.student.reset();
  lab.store.reset();
  lab = world.computer("lab-03");
  CHECK(drawing() == text);
  CHECK(lab.project(id).step.drawing_says.text == "where the water comes from");

  lab.can(AttachFile{id, step, {}, "where the water comes from", true, {}, text});
  auto view = lab.project(id, step).step;
  REQUIRE(view.work.size() == 1);
  CHECK(view.work[0].type == WorkType::photo);
  CHECK(view.work[0].name == drawing_name);
  CHECK(view.work[0].title.text == "where the water comes from");
  CHECK(view.drawing.text.empty());
  CHECK(view.drawing_says.text.empty());
  std::ifstream file(view.work[0].path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  CHECK(is_png(as_bytes(bytes)));
  auto kept = decode(as_bytes(bytes)).value();
  CHECK(kept.width == 1'200);
  CHECK(pixel(kept, 300, 100) == kBlue);
  lab.can(Undo{});
  CHECK(lab.project(id, step).step.work.empty());
  CHECK(drawing() == text);
}

TEST_CASE("a drawing has a stroke at least, and no more than a draft can keep") {
  World world;
  auto lab = world.computer("lab-03");
  auto id = world.choose(lab);
  auto step = lab.project(id).step.id;
  CHECK(lab.cannot(AttachFile{id, step, {}, "", true, {}, "AA;"}) == Code::invalid);
  std::string text(drawing_bytes_max - 7, 'A');
  text += "AAAAAA;";
  CHECK(drawing_parts(text).size() == drawing_pieces + 1);
  lab.can(SaveDraft{drawing_place(step), drawing_parts(text)});
  CHECK(lab.project(id).step.drawing.text == text);
  CHECK(lab.cannot(AttachFile{id, step, {}, "", true, {}, text + ";"}) == Code::too_large);
  CHECK(lab.project(id, step).step.work.empty());
}
