// What a seed stands for: a world's habits, and the steps of one schedule.
//
// Every step carries its own dice, so a step may be left out without changing what the others do:
// that is how a failing schedule is shrunk. Plain values; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "merge/held.hpp"
#include "random.hpp"

namespace tracker::sim {

/// A rule of design/sync.md that is switched off: the simulator must notice.
enum class Mutant : std::uint8_t {
  none,
  token_ignored,        ///< the newest state is the base, whatever the file's token says
  displaced_unread,     ///< the file that our exchange displaced is not looked at
  recovery_unread,      ///< after a crash the displaced file is thrown away
  late_save_unread,     ///< an in-place save into a displaced file is not rescued
  window_unchecked,     ///< without EXCHANGE: rename over the workbook, whoever saved
  numbers_ignored,      ///< the cloud applies a push again
  two_transactions,     ///< the observation is saved, its edits later
  base_after_exchange,  ///< S[g+1] is saved after its token became visible
  seen_forgotten,       ///< a known file version is observed again
  losers_unlogged,      ///< the cloud writes over what the workbook had not seen
  feed_with_holes,      ///< a cursor passes a change that was committed late
  uid_untold,           ///< the feed does not say which sheet row became which id
  told_before_written,  ///< "in Excel" is said before the exchange
  queue_trimmed_early,  ///< an edit leaves the journal when it is sent
  whole_rows_written,   ///< the T rule: cells that nobody changed are written too
  missing_is_empty,     ///< a file that cannot be read is a sheet without rows
  epoch_ignored,        ///< a push of an older lease is taken
  rewind_unnoticed,     ///< a restored journal goes on with its old numbers
  chain_ignored,        ///< a restored database goes unnoticed
  generation_reused,    ///< a dropped write gives its generation back
};
std::optional<Mutant> mutant_by_name(std::string_view name);
std::string_view name_of(Mutant mutant);
inline constexpr std::size_t mutant_count = 21;

/// What the command line asks for.
struct Mode {
  int editors = 1;
  bool locks = true;             ///< our writer sees that the workbook is open
  bool in_window = false;        ///< humans also open the workbook in the middle of our write
  std::optional<bool> with_ids;  ///< the sheet has our ID column; nothing = as the seed wants
  Mutant mutant = Mutant::none;
};

/// How this world behaves; drawn from the seed.
struct Habits {
  bool with_ids = true;
  bool crashes = true;
  bool window_saves = true;   ///< humans save in the middle of our write
  bool exchange = true;       ///< the file system knows RENAME_EXCHANGE
  bool in_place = false;      ///< the human's program writes into the same inode
  bool stale_copies = false;  ///< copies are kept, edited and put back
  bool columns_vanish = false;
  bool odd_cells = false;  ///< too long, blanked keys, drafts, formulas
  bool media = false;
  bool rival = false;     ///< a second local server
  bool restores = false;  ///< database or journal come back from a backup
  unsigned loss_percent = 10;
  std::size_t changes_in_pull = 3;
  std::size_t rows = 4;
  bool guarded = false;  ///< mass changes are tried, and the limits are small enough for it
  merge::GuardLimits guards;
};

enum class Act : std::uint8_t {
  human_types,
  human_saves,
  human_opens_or_closes,
  human_is_odd,  ///< stale copies, columns
  web_user,
  measures,
  message,
  look,
  crash,
  link_breaks,
  hint,
  rival,
  backup,
};

struct Step {
  Act act = Act::look;
  std::uint64_t dice = 0;
};

struct Schedule {
  std::uint64_t seed = 0;
  Mode mode;
  Habits habits;
  std::vector<Step> steps;
};

Schedule schedule_of(std::uint64_t seed, const Mode& mode);

}  // namespace tracker::sim
