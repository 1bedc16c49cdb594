// Spreadsheet serial dates: days since 1899-12-30 (or 1904-01-01), with the false 29 February 1900
// that every program keeps. Pure; safe on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tracker::workbook {

enum class DateBase : std::uint8_t { y1900, y1904 };

/// "20260105" of a serial number's day; nothing outside 1900-01-01 … 9999-12-31.
std::optional<std::string> date_digits(double serial, DateBase base);

/// The serial number of "YYYYMMDD"; nothing if it is no date or has none.
std::optional<double> serial_of(std::string_view yyyymmdd, DateBase base);

/// "2026-01-05", "2026-01-05 13:45:00", or "13:45:00" for a time without a day.
std::string date_text(double serial, DateBase base);

/// "27:30:00" of 1.1458…: elapsed time.
std::string elapsed_text(double days);

}  // namespace tracker::workbook
