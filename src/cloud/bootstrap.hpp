// The first way into a studio's cloud, for `demo`: a token for scripts and a link for a person.
// Opens the database of `settings` by itself; the schema must be current. Blocking; call it while
// no cloud runs in this process. Secrets are stored as hashes and given back only here.
#pragma once

#include <string>

#include "cloud/settings.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"

namespace tracker::cloud {

struct Access {
  Secret api_token;          ///< role producer
  std::string sign_in_path;  ///< "/#token=…": one-time, signs in the first account (admin)
};

/// `known_token`: what an earlier call gave; it is given back if it still works, else a new one is
/// made. The first account is made if there is none. The link is new at every call.
Result<Access> bootstrap(const Settings& settings, const Secret& known_token);

}  // namespace tracker::cloud
