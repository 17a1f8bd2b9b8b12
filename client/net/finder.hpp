// app::Finder over DNS-SD, by the Avahi daemon that most Linux computers run. Where none runs, nothing is
// found.
#pragma once

#include <functional>
#include <memory>

#include "client/app/finder.hpp"

namespace waymark::net {

// arrived: called on another thread when found() may give something else. Nothing where this was built
// without Avahi.
std::unique_ptr<app::Finder> make_finder(std::function<void()> arrived = {});

}  // namespace waymark::net
