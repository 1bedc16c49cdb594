// The footage as a sheet of the producer's workbook (FOOTAGE_SHEET): people by ISO weeks in frames,
// and the episodes, measured against what is planned. The same numbers as the page's Footage
// screen: a shot counts once, in its latest row (by week, then by age). Pure.
#pragma once

#include <string>

#include "domain/episode_plan.hpp"
#include "merge/materialise.hpp"
#include "workbook/document.hpp"

namespace tracker::local {

workbook::OwnSheet footage_sheet(const merge::Mirror& mirror, const EpisodePlans& plans,
                                 const std::string& name);

}  // namespace tracker::local
