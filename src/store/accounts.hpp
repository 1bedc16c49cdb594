// People, their sessions, API tokens and one-time sign-in links, as the database holds them: of any
// secret only its hash (made elsewhere) is ever here. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"

namespace tracker::store {

enum class Role { viewer, animator, producer, admin };
std::string_view name_of(Role role);
std::optional<Role> role_by_name(std::string_view name);

struct User {
  std::int64_t id = 0;
  std::string email;  ///< lower case, unique
  std::string name;
  Role role = Role::viewer;
  std::vector<std::string> animator_names;  ///< own rows; empty = {name}
  std::string password_hash;                ///< argon2id string; '' = sign in by link only
  bool disabled = false;
  Time created_at;
};

struct Session {
  std::string hash;  ///< of the cookie's value, hexadecimal
  std::int64_t user_id = 0;
  std::string address;
  std::string user_agent;
  Time created_at;
  Time used_at;
  Time expires_at;
};

struct ApiToken {
  std::int64_t id = 0;
  std::string name;
  std::string hash;
  Role role = Role::viewer;
  std::string created_by;
  Time created_at;
  std::optional<Time> used_at;
  std::optional<Time> expires_at;
  bool revoked = false;
};

}  // namespace tracker::store
