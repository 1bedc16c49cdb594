// Every route of the cloud with who may use it: one table for the router, the access check, the
// OpenAPI document and the readable page, so that none of them can forget a route.
//
// Default deny: a route whose `roles` is empty is for nobody who signs in. Pure; constant data.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "store/accounts.hpp"

namespace tracker::cloud {

using store::Role;
inline constexpr std::array<Role, 4> all_roles{Role::viewer, Role::animator, Role::producer,
                                               Role::admin};

/// Who gets in, before any role is asked.
enum class Door : std::uint8_t {
  open,          ///< everybody
  signed_in,     ///< a session or a token whose role is in `roles`
  studio_key,    ///< X-API-Key of the studio's local server
  metrics_token  ///< a token of producer or admin, or METRICS_TOKEN
};

using RoleSet = std::uint8_t;  ///< bit n = Role n
constexpr RoleSet bit(Role role) { return static_cast<RoleSet>(1U << static_cast<unsigned>(role)); }
inline constexpr RoleSet nobody = 0;
inline constexpr RoleSet administrators = bit(Role::admin);
inline constexpr RoleSet producers = administrators | bit(Role::producer);
inline constexpr RoleSet animators = producers | bit(Role::animator);
inline constexpr RoleSet readers = animators | bit(Role::viewer);

enum class Route : std::uint8_t {
  health,
  db_test,
  sync_status,
  openapi,
  docs,
  login,
  logout,
  me,
  change_me,
  list_sessions,
  end_session,
  list_entries,
  list_entries_with_local_sync,
  create_entries,
  change_entries,
  delete_entries,
  read_entry,
  put_entry,
  patch_entry,
  delete_entry,
  restore_entry,
  entry_history,
  list_conflicts,
  restore_conflict,
  undo_batch,
  list_held,
  approve_held,
  reject_held,
  list_duplicates,
  keep_duplicate,
  sync_log,
  events,
  summary,
  thumbnail,
  strip,
  list_pictures,
  list_unmatched,
  put_pin,
  list_users,
  create_user,
  change_user,
  list_tokens,
  create_token,
  revoke_token,
  list_targets,
  put_targets,
  tell_presence,
  list_shared,
  put_shared,
  read_sheet,
  import_entries,
  export_entries,
  export_summary,
  metrics,
  link_socket,
  link_hello,
  link_pull,
  link_push,
  link_applied,
  link_observed,
  link_report,
  link_offer,
  link_picture,
  link_files,
  link_pins,
  link_plans
};
inline constexpr std::size_t route_count = static_cast<std::size_t>(Route::link_plans) + 1;

struct RouteSpec {
  Route route;
  std::string_view method;
  std::string_view path;  ///< parameters as ":id"
  Door door;
  RoleSet roles;  ///< Door::signed_in only
  std::string_view title;
  std::string_view query;      ///< query parameters, blank between
  std::string_view body;       ///< schema of the request's body; '' = none
  std::string_view answer;     ///< schema of the answer's body
  std::uint16_t status = 200;  ///< when it worked
  std::size_t body_bytes_max = 1024 * 1024;

  /// True if it may change something: then a cookie alone is not enough (see request_guard.hpp).
  constexpr bool changes_state() const { return method != "GET"; }
};

/// All routes, in the order of Route.
std::span<const RouteSpec> all_routes();
const RouteSpec& spec(Route route);

constexpr bool may(RoleSet roles, Role role) { return (roles & bit(role)) != 0; }

}  // namespace tracker::cloud
