// The token's two carriers: a hidden defined name and a custom document property. Spreadsheet
// programs keep at least one of them through load and save. Pure; safe on any thread.
#pragma once

#include <optional>
#include <string>

#include "core/result.hpp"
#include "workbook/image.hpp"
#include "workbook/part_changes.hpp"

namespace tracker::workbook {

/// From the defined name, else from the property; nothing if neither holds one.
std::optional<Token> read_token(const State& state);

/// Both carriers, made where they are missing.
Status write_token(PartChanges& changes, const Token& token);

/// "at1|store|generation|nonce", and back.
std::string token_text(const Token& token);
std::optional<Token> parse_token(std::string_view text);

}  // namespace tracker::workbook
