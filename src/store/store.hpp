// The cloud's database: entries, the feed of changes, the two roles' meeting point, accounts.
//
// Every method is one transaction, committed when its coroutine resumes. Changes are numbered in
// commit order (design/sync.md §1); changes made by psql or by another process are in the feed as
// well. Errors: unavailable = the database is away (nothing was written, or it is unknown whether
// it was: repeat with the same idempotency key), busy = somebody holds a lock for over 2 s (`what`
// names the session), the others as each method says. Text must be canonical and checked before.
//
// Threads: all methods on the executor given to the constructor, which is single-threaded. The
// Store must outlive its coroutines: call close(), run the context dry, then destroy it. Arguments
// are taken by value; nothing returned refers to the Store.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/secret.hpp"
#include "runtime/asio.hpp"
#include "store/accounts.hpp"
#include "store/entries.hpp"
#include "store/link_state.hpp"
#include "sync/media_messages.hpp"
#include "sync/messages.hpp"

namespace tracker::store {

struct Options {
  Secret database_url;  ///< libpq URI, or as Node programs write it (?ssl=true, pgbouncer=true)
  std::size_t connections_max = 8;
  std::uint64_t picture_bytes_kept_max = std::uint64_t{512} << 20;  ///< of all pictures
};

class Pool;

class Store {
 public:
  template <class T>
  using Async = Awaitable<Result<T>>;
  using AsyncStatus = Awaitable<Status>;

  /// Connects on first use. A URL that can't be understood shows as an error of every method.
  Store(asio::any_io_executor executor, Options options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // ---- The database itself
  /// Brings the schema to the newest version, `print` hears each step. Safe to run twice or from
  /// several processes at once. Adopts a database that holds only the guide's two tables.
  AsyncStatus migrate(std::function<void(std::string_view)> print);
  Async<DatabaseFacts> facts();
  /// Each may be empty; all hear what any process did.
  struct Listener {
    std::function<void(ChangeNumber)> head;       ///< after any commit and every reconnect
    std::function<void()> link_changed{};         ///< link_state() has news
    std::function<void()> held_decided{};         ///< a held batch was approved or rejected
    std::function<void(std::string)> presence{};  ///< what tell_presence() was given
  };
  /// Listens for changes of every origin and process. Returns after close(). Run it once.
  Awaitable<void> listen(Listener listener);
  /// A JSON object of at most 7,000 bytes, to everybody who listens; kept nowhere.
  AsyncStatus tell_presence(std::string json);
  /// Ends listen() and every connection that is idle; running calls end with unavailable.
  void close();

  // ---- Entries
  Async<EntryList> list(ListQuery query);
  Async<ListState> list_state();
  /// not_found also for a removed entry.
  Async<Entry> get(EntryId id);
  /// All or nothing. conflict = the idempotency key was used with another request_hash.
  Async<Written> create(Create request, Who who);
  /// All or nothing; see EditOutcome. not_found (where = the id) if a row does not exist any more.
  /// `added` are new rows of the same batch; in the answer they stand behind the edited ones.
  Async<EditOutcome> edit(std::vector<RowEdit> rows, Who who, Once once = {},
                          std::vector<Cells> added = {});
  Async<RemoveOutcome> remove(std::vector<EntryId> ids, Who who, Once once = {});
  /// Brings a removed row back with its id and last cells; one that is there is returned as it is.
  Async<Written> restore(EntryId id, Who who, Once once = {});
  Async<UndoOutcome> undo(std::string batch_id, Who who);

  // ---- The feed
  Async<ChangeNumber> head();
  /// At most `limit` changes after `after`, in order.
  Async<ChangePage> changes_since(ChangeNumber after, std::size_t limit);
  /// Newest first, before the change number `before` (0 = from the newest).
  Async<std::vector<Change>> history(EntryId id, ChangeNumber before, std::size_t limit);

  // ---- What waits for people
  /// Newest first, before loser id `before` (0 = from the newest); not those restored already.
  Async<std::vector<Loser>> conflicts(std::int64_t before, std::size_t limit);
  /// Writes the losing value again as a web edit; brings the row back if it was deleted.
  Async<Written> restore_loser(std::int64_t id, Who who);
  Async<std::vector<HeldBatch>> held();
  /// `version`: HeldBatch::version that `who` looked at; conflict = it is another one by now.
  Async<HeldOutcome> approve(std::int64_t held_id, Who who,
                             std::optional<std::int64_t> version = std::nullopt);
  /// The texts that were held are kept in sync_log, from where each can be put back.
  Async<HeldOutcome> reject(std::int64_t held_id, Who who,
                            std::optional<std::int64_t> version = std::nullopt);
  /// The same from the studio's own computer, for what its workbook holds back.
  Async<HeldOutcome> decide(sync::Decide message);
  /// Rows that two people at one workbook may have made twice, newest first.
  Async<std::vector<PossibleDuplicate>> duplicates(std::size_t limit);
  /// Both are meant: the pair of `newer` is listed no longer. not_found = it is not listed.
  AsyncStatus keep_both(EntryId newer, Who who);
  AsyncStatus append_log(LogRow row);
  Async<std::vector<LogRow>> log(std::int64_t before, std::size_t limit);
  /// Drops sync_log rows older than 90 days (never a loser), expired sessions, keys and links, and
  /// pictures that no row shows.
  AsyncStatus tidy();

  // ---- The local role (design/sync.md §4). Any message of the store that holds the lease keeps
  // it.
  /// `take_over`: take the lease from a store that is still alive.
  Async<sync::HelloAnswer> hello(sync::Hello message, bool take_over = false);
  Async<sync::PullAnswer> pull(sync::Pull message);
  Async<sync::PushAnswer> push(sync::Push message);
  AsyncStatus applied(sync::Applied message);
  AsyncStatus report(sync::Report message);
  AsyncStatus heartbeat(std::string store);
  Async<LinkState> link_state();

  // ---- Small pictures of what was measured (domain/picture.hpp)
  Async<sync::OfferAnswer> offer(sync::Offer message);
  /// REQUIRES: is_jpeg(jpeg). too_large = there is no room.
  AsyncStatus put_picture(PictureName name, std::string jpeg);
  /// not_found = not kept (any more).
  Async<std::string> picture(PictureName name);
  /// What came after `number` (LinkState::pictures), at most `limit` of it, in order.
  Async<PictureList> pictures_since(std::int64_t number, std::size_t limit);

  // ---- Files of no shot (domain/media_file.hpp)
  AsyncStatus tell_unmatched(sync::FilesTold message);
  /// What the store that holds the lease said last.
  Async<UnmatchedFiles> unmatched();
  /// Gives the file to the row; nothing = the names decide again. not_found = no such row.
  AsyncStatus pin(std::string path, std::optional<EntryId> entry, Who who);
  Async<MediaPins> pins();

  // ---- What the team shares on the page: views, the list of statuses, import columns
  Async<std::vector<SharedSetting>> shared_settings();
  AsyncStatus set_shared_setting(std::string name, boost::json::value value, Who who);

  // ---- Footage
  /// Weeks as YYYYMMDD, both included; '' = open. Rows without a week count only if both are open,
  /// and only then are there targets of episodes: a target is of the whole episode. An episode with
  /// a target and no row is there too.
  Async<FootageSummary> summary(std::string from, std::string to);
  Async<std::vector<FootageTarget>> targets();
  /// 0 frames a week removes the target.
  AsyncStatus set_target(FootageTarget target);
  Async<std::vector<EpisodeTarget>> episode_targets();
  /// 0 frames removes the target.
  AsyncStatus set_episode_target(EpisodeTarget target);

  // ---- Accounts
  Async<std::int64_t> count_users();
  /// conflict = the address is taken. `id` and `created_at` of the argument are ignored.
  Async<User> add_user(User user);
  Async<User> user(std::int64_t id);
  Async<User> user_by_email(std::string email);
  Async<std::vector<User>> users();
  /// Everything but id, password_hash and created_at. Disabling ends the sessions.
  AsyncStatus update_user(User user);
  /// Ends all sessions but `keep_session` ('' = all).
  AsyncStatus set_password(std::int64_t user_id, std::string password_hash,
                           std::string keep_session);

  AsyncStatus add_session(Session session);
  /// The user of a session that is neither expired nor idle for over 12 h; marks it as used.
  /// unauthorized otherwise, also for a disabled user.
  Async<User> user_of_session(std::string hash);
  Async<std::vector<Session>> sessions(std::int64_t user_id);
  AsyncStatus end_session(std::string hash);
  AsyncStatus end_sessions(std::int64_t user_id);

  /// `id` and `created_at` of the argument are ignored; the answer has them.
  Async<ApiToken> add_token(ApiToken token);
  /// A token that is neither revoked nor expired; marks it as used. unauthorized otherwise.
  Async<ApiToken> token(std::string hash);
  Async<std::vector<ApiToken>> tokens();
  AsyncStatus revoke_token(std::int64_t id);

  AsyncStatus add_sign_in_link(std::string hash, std::int64_t user_id, Time expires_at);
  /// Works once. unauthorized = unknown, used or expired.
  Async<User> use_sign_in_link(std::string hash);

 private:
  std::shared_ptr<Pool> pool_;
  std::uint64_t picture_bytes_kept_max_;
  bool pictures_full_ = false;  ///< and it was logged
};

}  // namespace tracker::store
