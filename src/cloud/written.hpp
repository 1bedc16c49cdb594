// What every write ends with: tell everybody, answer the one who wrote. Thread rule: the io thread.
#pragma once

#include "cloud/app.hpp"

namespace tracker::cloud {

enum class Shape { one, list };

/// Wakes browsers and the studio; never waits.
void announce(App& app, const store::Written& written);
void announce(App& app, ChangeNumber head);

/// `{"success":true,"data":entry or [entry…],"batch":"…"}`.
http::Response written_response(const store::Written& written, Shape shape, int status = 200);

}  // namespace tracker::cloud
