// waymark_bench_storm [DEVICES]: storms over TLS, and a restore drill. Printed as one JSON object.
//   storm_N   N devices at once push 20 records each and read their news: seconds, the slowest but one in a
//             hundred, and how many commits it took
//   first     DEVICES devices push 40 ops each and read: the day
//   back      the server has lost that day (its data as it was the evening before is put back), and every
//             device comes with nothing to do, notices, and brings it again; `lost` counts what is not there
//             afterwards
#include <filesystem>

#include "tests/bench/school_world.hpp"
#include "tests/support/storm.hpp"

using namespace waymark;
using namespace waymark::bench;
using test::Storm;
using test::StormDevice;

namespace {

using Devices = std::vector<std::unique_ptr<StormDevice>>;

Devices devices_of(SchoolWorld& world, int count, int ops) {
  Devices devices;
  for (auto& student : world.students(count)) {
    devices.push_back(std::make_unique<StormDevice>(student.id, student.token, world.random));
    devices.back()->write(ops, world.clock.now_ms());
  }
  return devices;
}

struct Outcome {
  double seconds = 0, slowest = 0;
  std::size_t bytes = 0;
  int commits = 0;
};

Outcome run(SchoolWorld& world, Devices& devices) {
  Storm storm(world.server->port(), true);
  int commits = world.commits;
  storm.run(devices);
  if (!storm.wrong.empty()) give_up({Code::internal, storm.wrong});
  std::vector<double> times;
  for (const auto& device : devices) times.push_back(device->done_s);
  std::sort(times.begin(), times.end());
  return {times.back(), times[times.size() * 99 / 100], storm.bytes, world.commits - commits};
}

void storm(int count, const char* end) {
  SchoolWorld world;
  auto devices = devices_of(world, count, 20);
  world.serve();
  auto outcome = run(world, devices);
  must(world.school->store().verify());
  std::printf("\"storm_%d\":{\"s\":%.3f,\"p99_s\":%.3f,\"commits\":%d}%s", count, outcome.seconds,
              outcome.slowest, outcome.commits, end);
}

void drill(int count) {
  namespace files = std::filesystem;
  SchoolWorld world;
  auto devices = devices_of(world, count, 5);
  world.serve();
  run(world, devices);
  world.close();
  auto data = world.folder.path() + "/school", evening = world.folder.path() + "/evening";
  files::copy(data, evening, files::copy_options::recursive);
  world.open();
  world.serve();

  for (auto& device : devices) device->write(40, world.clock.now_ms()), device->comes_back();
  auto first = run(world, devices);
  world.close();
  files::remove_all(data);
  files::copy(evening, data, files::copy_options::recursive);
  world.open();
  world.serve();

  for (auto& device : devices) device->comes_back();
  auto back = run(world, devices);
  std::int64_t there = 0;
  for (const auto& stream : must(world.school->store().streams()))
    if (stream.starts_with("person:")) there += must(world.school->store().stream_state(stream)).head;
  must(world.school->store().verify());
  std::printf(
      "\"devices\":%d,\"first_s\":%.3f,\"first_bytes\":%zu,\"back_s\":%.3f,\"back_bytes\":%zu,\"lost\":%lld",
      count, first.seconds, first.bytes, back.seconds, back.bytes,
      static_cast<long long>(std::int64_t{45} * count - there));
}

}  // namespace

int main(int count, char** words) {
  int most = count > 1 ? std::atoi(words[1]) : 1'000;
  std::printf("{");
  for (int devices : {50, 200, 1'000})
    if (devices <= most) storm(devices, ",");
  drill(most);
  std::printf("}\n");
  return 0;
}
