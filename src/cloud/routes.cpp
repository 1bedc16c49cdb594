#include "cloud/routes.hpp"

#include <array>

namespace tracker::cloud {
namespace {

constexpr std::string_view filters =
    "animator project_type episode_title scene shot week_yyyymmdd status q sort limit after";
constexpr std::string_view filters_and_wait =
    "animator project_type episode_title scene shot week_yyyymmdd status q sort limit after wait";

constexpr std::size_t upload_bytes_max = 16 * 1024 * 1024;

constexpr auto routes = [] {
  using enum Route;
  using enum Door;
  return std::array<RouteSpec, route_count>{{
      {health, "GET", "/api/health", open, nobody,
       "Is the cloud up, and does it reach its database?", "", "", "Health"},
      {db_test, "GET", "/api/db-test", open, nobody, "Test of the database connection", "", "",
       "DatabaseTest"},
      {sync_status, "GET", "/api/sync/status", open, nobody,
       "State of the sync; more of it when signed in", "", "", "SyncStatus"},
      {openapi, "GET", "/api/openapi.json", open, nobody, "This document", "", "", "Object"},
      {docs, "GET", "/api/docs", open, nobody, "The same, to read", "", "", "Html"},
      {login, "POST", "/api/login", open, nobody, "Sign in by password or one-time link", "",
       "Login", "MeAnswer"},
      {logout, "POST", "/api/logout", signed_in, readers, "End this session", "", "", "Done"},
      {me, "GET", "/api/me", signed_in, readers, "Who am I?", "", "", "MeAnswer"},
      {change_me, "PATCH", "/api/me", signed_in, readers, "Change my name or password", "",
       "MeChange", "MeAnswer"},
      {list_sessions, "GET", "/api/me/sessions", signed_in, readers,
       "Where I am signed in, newest first", "", "", "SessionList"},
      {end_session, "DELETE", "/api/me/sessions/:session", signed_in, readers,
       "Sign out one of them", "", "", "Done"},
      {list_entries, "GET", "/api/production-data", signed_in, readers, "The entries", filters, "",
       "EntryList"},
      {list_entries_with_local_sync, "GET", "/api/production-data/with-local-sync", signed_in,
       readers, "The entries, after the studio's workbook was read anew", filters_and_wait, "",
       "EntryListWithSync"},
      {create_entries, "POST", "/api/production-data", signed_in, animators,
       "Add one entry or several", "", "NewEntries", "EntryAnswer", 201, upload_bytes_max},
      {change_entries, "PATCH", "/api/production-data", signed_in, animators,
       "Change several entries, all or nothing", "", "EntryChanges", "EntriesAnswer", 200,
       upload_bytes_max},
      {delete_entries, "DELETE", "/api/production-data", signed_in, animators,
       "Delete several entries, all or nothing", "", "EntryIds", "EntriesAnswer"},
      {read_entry, "GET", "/api/production-data/:id", signed_in, readers, "One entry", "", "",
       "EntryAnswer"},
      {put_entry, "PUT", "/api/production-data/:id", signed_in, animators,
       "Change cells of an entry", "", "EntryChange", "EntryAnswer"},
      {patch_entry, "PATCH", "/api/production-data/:id", signed_in, animators,
       "Change cells of an entry", "", "EntryChange", "EntryAnswer"},
      {delete_entry, "DELETE", "/api/production-data/:id", signed_in, animators, "Delete an entry",
       "", "", "EntryAnswer"},
      {restore_entry, "POST", "/api/production-data/:id/restore", signed_in, animators,
       "Bring a deleted entry back", "", "", "EntryAnswer"},
      {entry_history, "GET", "/api/production-data/:id/history", signed_in, readers,
       "What happened to an entry, newest first", "limit", "", "ChangeList"},
      {list_conflicts, "GET", "/api/conflicts", signed_in, readers,
       "Values that lost against another", "limit", "", "ConflictList"},
      {restore_conflict, "POST", "/api/conflicts/:id/restore", signed_in, animators,
       "Put the losing value back", "", "", "EntryAnswer"},
      {undo_batch, "POST", "/api/changes/:batch/undo", signed_in, animators,
       "Undo one save or one paste as a whole", "", "", "UndoAnswer"},
      {list_held, "GET", "/api/held", signed_in, readers, "Mass changes that wait for a yes", "",
       "", "HeldList"},
      {approve_held, "POST", "/api/held/:id/approve", signed_in, producers,
       "Let a held change happen", "", "", "Done"},
      {reject_held, "POST", "/api/held/:id/reject", signed_in, producers, "Refuse a held change",
       "", "", "Done"},
      {list_duplicates, "GET", "/api/duplicates", signed_in, readers,
       "Rows that two people at one workbook may have made twice", "", "", "DuplicateList"},
      {keep_duplicate, "POST", "/api/duplicates/:id/keep", signed_in, animators,
       "Both rows are meant: list the pair no longer", "", "", "Done"},
      {sync_log, "GET", "/api/sync/log", signed_in, readers, "What the sync did, newest first",
       "limit before", "", "SyncLog"},
      {events, "GET", "/api/events", signed_in, readers,
       "Every change as it happens (Server-Sent Events)", "after", "", "Events"},
      {summary, "GET", "/api/summary", signed_in, readers,
       "Footage per animator and week, and per episode", "from to", "", "Summary"},
      {thumbnail, "GET", "/api/media/:id/thumbnail", signed_in, readers,
       "Picture of an entry's newest version; id: the entry's, or a source_digest", "", "",
       "Image"},
      {strip, "GET", "/api/media/:id/strip", signed_in, readers,
       "Ten frames of it side by side, to scrub over", "", "", "Image"},
      {list_pictures, "GET", "/api/media/pictures", signed_in, readers, "Pictures that came since",
       "after", "", "PictureList"},
      {list_unmatched, "GET", "/api/media/unmatched", signed_in, readers,
       "Files of no shot, newest first, and what people gave to rows", "", "", "UnmatchedList"},
      {put_pin, "PUT", "/api/media/pin", signed_in, producers,
       "Give a file to an entry; entry_id null lets the names decide again", "", "Pin", "Done"},
      {list_users, "GET", "/api/users", signed_in, administrators, "All accounts", "", "",
       "UserList"},
      {create_user, "POST", "/api/users", signed_in, administrators, "Make an account", "",
       "NewUser", "UserAnswer", 201},
      {change_user, "PATCH", "/api/users/:id", signed_in, administrators,
       "Change, disable or reset an account", "", "UserChange", "UserAnswer"},
      {list_tokens, "GET", "/api/tokens", signed_in, producers, "API tokens, without their secrets",
       "", "", "TokenList"},
      {create_token, "POST", "/api/tokens", signed_in, producers,
       "Make an API token; it is shown once", "", "NewToken", "TokenAnswer", 201},
      {revoke_token, "DELETE", "/api/tokens/:id", signed_in, producers, "Revoke an API token", "",
       "", "Done"},
      {list_targets, "GET", "/api/targets", signed_in, readers,
       "Footage targets of people and episodes", "", "", "TargetList"},
      {put_targets, "PUT", "/api/targets", signed_in, producers, "Set the footage targets", "",
       "Targets", "TargetList"},
      {tell_presence, "POST", "/api/presence", signed_in, readers,
       "Say at which cell I am; others hear it as an event", "", "Presence", "Done"},
      {list_shared, "GET", "/api/shared", signed_in, readers,
       "What the team shares: views, statuses, columns of an import", "", "", "Shared"},
      {put_shared, "PUT", "/api/shared/:name", signed_in, producers, "Change what the team shares",
       "", "SharedChange", "Shared"},
      {read_sheet, "POST", "/api/import/read", signed_in, animators,
       "The rows of a workbook as texts; nothing is kept", "sheet", "Workbook", "SheetRows", 200,
       upload_bytes_max},
      {import_entries, "POST", "/api/import", signed_in, animators,
       "Change and add entries as one batch, all or nothing: what an import or a paste does", "",
       "Import", "EntriesAnswer", 200, upload_bytes_max},
      {export_entries, "GET", "/api/export", signed_in, readers,
       "All entries as .xlsx or .csv, ready to be imported again", "format", "", "Workbook"},
      {export_summary, "GET", "/api/summary/export", signed_in, readers, "The footage as .xlsx",
       "from to", "", "Workbook"},
      {metrics, "GET", "/metrics", Door::metrics_token, nobody, "Prometheus metrics", "", "",
       "Text"},
      {link_socket, "GET", "/api/sync/link", studio_key, nobody, "The studio's WebSocket", "", "",
       "Socket", 101},
      {link_hello, "POST", "/api/sync/link/hello", studio_key, nobody,
       "Who the local server is, and up to where it knows the feed", "", "Object", "Object"},
      {link_pull, "POST", "/api/sync/link/pull", studio_key, nobody, "Changes after its cursor", "",
       "Object", "Object"},
      {link_push, "POST", "/api/sync/link/push", studio_key, nobody,
       "What a human did in the workbook, numbered", "", "Object", "Object"},
      {link_applied, "POST", "/api/sync/link/applied", studio_key, nobody,
       "Up to here the workbook on disk has it", "", "Object", "Object"},
      {link_observed, "POST", "/api/sync/link/observed", studio_key, nobody,
       "The workbook was looked at, as asked", "", "Object", "Object"},
      {link_report, "POST", "/api/sync/link/report", studio_key, nobody, "State of the local side",
       "", "Object", "Object"},
      {link_offer, "POST", "/api/sync/link/offer", studio_key, nobody,
       "Small pictures that the local server has; the answer names those that are wanted", "",
       "Object", "Object"},
      {link_picture, "POST", "/api/sync/link/picture", studio_key, nobody, "One small picture", "",
       "Object", "Object"},
      {link_files, "POST", "/api/sync/link/files", studio_key, nobody,
       "The files of no shot, when they changed", "", "Object", "Object"},
      {link_pins, "POST", "/api/sync/link/pins", studio_key, nobody,
       "What did people give to rows?", "", "Object", "Object"},
      {link_plans, "POST", "/api/sync/link/plans", studio_key, nobody,
       "How long are episodes meant to be?", "", "Object", "Object"},
  }};
}();

consteval bool in_order() {
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (static_cast<std::size_t>(routes[i].route) != i) return false;
    if (routes[i].door == Door::signed_in && routes[i].roles == nobody) return false;
  }
  return true;
}
static_assert(in_order(), "the table stands in the order of Route, and says who may");

}  // namespace

std::span<const RouteSpec> all_routes() { return routes; }
const RouteSpec& spec(Route route) { return routes[static_cast<std::size_t>(route)]; }

}  // namespace tracker::cloud
