// app::Finder over DNS-SD, by the Avahi daemon that most Linux computers run. Where none runs, nothing is
// found.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/app/finder.hpp"

namespace waymark::net {

// arrived: called on another thread when found() may give something else. Nothing where this was built
// without Avahi.
std::unique_ptr<app::Finder> make_finder(std::function<void()> arrived = {});

// The strings of a TXT record: "school=Alder Creek", "id=00112233…". Which version it names is read over: who
// follows the hint learns from the hello. Nothing where no name is fit to be shown.
std::optional<app::Announced> read_announcement(const std::vector<std::string>& texts,
                                                const std::string& address);

}  // namespace waymark::net
