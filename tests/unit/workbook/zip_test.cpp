// Z1–Z8: the zip container.
#include <gtest/gtest.h>

#include "sample_file.hpp"
#include "workbook/deflate.hpp"
#include "workbook/zip_layout.hpp"
#include "zip_rebuild.hpp"

namespace tracker::workbook {
namespace {

std::map<std::string, std::string> raw_members(std::string_view bytes) {
  std::map<std::string, std::string> members;
  const auto directory = parse_zip(bytes);
  for (const ZipEntry& entry : directory->entries) {
    members[entry.name] = bytes.substr(entry.local_offset, entry.span_end - entry.local_offset);
  }
  return members;
}

TEST(Zip, Z1_members_that_nobody_touched_keep_every_byte) {
  Parts parts = parts_with(worksheet(plain_rows));
  parts["xl/media/image1.png"] = std::string("\x89PNG\r\n\x1a\n\0\0", 10);
  parts["xl/vbaProject.bin"] = std::string(5000, '\x07');
  const Document before = must_open(zip_of(parts));
  const Patched after = must_patch(before, {.cells = {{2, Field::notes, "changed"}}});
  EXPECT_TRUE(after.refusals.empty());
  const auto old_members = raw_members(before.bytes());
  const auto new_members = raw_members(after.document.bytes());
  ASSERT_EQ(old_members.size(), new_members.size());
  for (const auto& [name, raw] : old_members) {
    const bool may_change = name == "xl/worksheets/sheet1.xml" || name == "xl/sharedStrings.xml";
    EXPECT_EQ(raw == new_members.at(name), !may_change) << name;
  }
}

TEST(Zip, Z1_a_prefix_before_the_archive_and_a_comment_behind_it_stay) {
  std::string bytes = zip_of(parts_with(worksheet(plain_rows)));
  zip::put(bytes, bytes.size() - 2, std::uint16_t{5});
  bytes += "hello";
  bytes = "prefix bytes" + bytes;
  const Document before = must_open(bytes);
  const Document after = must_patch(before, {.cells = {{2, Field::notes, "x"}}}).document;
  EXPECT_TRUE(after.bytes().starts_with("prefix bytes"));
  EXPECT_TRUE(after.bytes().ends_with("hello"));
  EXPECT_EQ(at(must_image(must_open(std::string(after.bytes()))).rows[0].cells, Field::notes), "x");
}

/// Turns every member into one with a data descriptor of `descriptor_size` bytes, as streaming
/// writers do; most of them write zero sizes into the local header.
std::string with_descriptors(const std::string& bytes, std::size_t descriptor_size,
                             bool zero_sizes) {
  return rebuilt(bytes,
                 [&](const ZipEntry& entry, std::uint64_t, std::string& local, std::string& line) {
                   zip::put(local, 6, std::uint16_t{8});
                   if (zero_sizes) {
                     for (const std::size_t at : {14U, 18U, 22U})
                       zip::put(local, at, std::uint32_t{0});
                   }
                   zip::put(line, 8, std::uint16_t{8});
                   if (descriptor_size > 12) local += std::string("PK\x07\x08", 4);
                   zip::add(local, entry.crc);
                   for (const std::uint64_t number : {entry.compressed_size, entry.size}) {
                     if (descriptor_size == 24) {
                       zip::add(local, number);
                     } else {
                       zip::add(local, static_cast<std::uint32_t>(number));
                     }
                   }
                 });
}

TEST(Zip, Z2_data_descriptors_are_read_and_dropped_from_changed_members_only) {
  for (const auto& [size, zero_sizes] :
       {std::pair(12U, true), {16U, true}, {24U, true}, {16U, false}}) {
    const Document before =
        must_open(with_descriptors(zip_of(parts_with(worksheet(plain_rows))), size, zero_sizes));
    const Document after = must_patch(before, {.cells = {{2, Field::notes, "x"}}}).document;
    const auto directory = parse_zip(after.bytes());
    for (const ZipEntry& entry : directory->entries) {
      const auto flags = zip::get<std::uint16_t>(after.bytes(), entry.local_offset + 6);
      const bool changed =
          entry.name == "xl/worksheets/sheet1.xml" || entry.name == "xl/sharedStrings.xml";
      EXPECT_EQ((flags & zip::flag_descriptor) == 0, changed) << entry.name;
    }
    EXPECT_EQ(at(must_image(must_open(std::string(after.bytes()))).rows[0].cells, Field::notes),
              "x");
  }
}

/// The archive with a zip64 end record and locator, as streaming writers add them.
std::string with_zip64_end(const std::string& bytes) {
  const auto directory = parse_zip(bytes);
  std::string out = bytes.substr(0, directory->end_offset);
  std::string record;
  zip::add(record, zip::end64_signature);
  zip::add(record, std::uint64_t{44});
  zip::add(record, std::uint32_t{0x002D002D});
  zip::add(record, std::uint64_t{0});  // both disks
  zip::add(record, std::uint64_t{directory->entries.size()});
  zip::add(record, std::uint64_t{directory->entries.size()});
  zip::add(record, std::uint64_t{directory->directory_end - directory->directory_offset});
  zip::add(record, std::uint64_t{directory->directory_offset});
  std::string locator;
  zip::add(locator, zip::locator64_signature);
  zip::add(locator, std::uint32_t{0});
  zip::add(locator, std::uint64_t{out.size()});
  zip::add(locator, std::uint32_t{1});
  std::string end = bytes.substr(directory->end_offset);
  zip::put(end, 8, std::uint16_t{0xFFFF});
  zip::put(end, 10, std::uint16_t{0xFFFF});
  zip::put(end, 16, zip::in_zip64);
  return out + record + locator + end;
}

TEST(Zip, Z3_a_zip64_end_record_is_read_and_kept_right) {
  const Document before = must_open(with_zip64_end(zip_of(parts_with(worksheet(plain_rows)))));
  const Document after = must_patch(before, {.cells = {{2, Field::notes, "longer text"}}}).document;
  const Document again = must_open(std::string(after.bytes()));
  EXPECT_EQ(at(must_image(again).rows[0].cells, Field::notes), "longer text");
}

/// Every member with full size fields: its sizes and its place stand in a zip64 extra field, in the
/// directory and (but for the place) in the local header.
std::string with_zip64_extras(const std::string& bytes) {
  return rebuilt(
      bytes, [](const ZipEntry& entry, std::uint64_t place, std::string& local, std::string& line) {
        const auto extra = [&entry](const std::uint64_t* where) {
          std::string field;
          zip::add(field, zip::zip64_extra);
          zip::add(field, static_cast<std::uint16_t>(where != nullptr ? 24 : 16));
          zip::add(field, std::uint64_t{entry.size});
          zip::add(field, std::uint64_t{entry.compressed_size});
          if (where != nullptr) zip::add(field, *where);
          return field;
        };
        for (const std::size_t at : {18U, 22U}) zip::put(local, at, zip::in_zip64);
        for (const std::size_t at : {20U, 24U, 42U}) zip::put(line, at, zip::in_zip64);
        zip::put(local, 28, std::uint16_t{20});
        zip::put(line, 30, std::uint16_t{28});
        local.insert(zip::local_size + entry.name.size(), extra(nullptr));
        line.insert(zip::central_size + entry.name.size(), extra(&place));
      });
}

TEST(Zip, Z3_sizes_and_places_in_zip64_fields_are_read_and_kept_right) {
  const Document before = must_open(with_zip64_extras(zip_of(parts_with(worksheet(plain_rows)))));
  const Document after = must_patch(before, {.cells = {{2, Field::notes, "longer text"}}}).document;
  const Document again = must_open(std::string(after.bytes()));
  EXPECT_EQ(at(must_image(again).rows[0].cells, Field::notes), "longer text");
  const auto old_members = raw_members(before.bytes());
  for (const auto& [name, raw] : raw_members(after.bytes())) {
    const bool may_change = name == "xl/worksheets/sheet1.xml" || name == "xl/sharedStrings.xml";
    EXPECT_EQ(raw == old_members.at(name), !may_change) << name;
  }
}

/// The archive with stored members, and with a line for the folder "xl/".
std::string stored_with_folder(const Parts& parts) {
  const std::string bytes = zip_of(parts);
  std::string out;
  std::string lines;
  std::uint16_t count = 0;
  const auto add_member = [&](const std::string& name, const std::string& content) {
    std::string common;
    for (const unsigned short number : {20, 0, 0, 0, 0x21}) {
      zip::add(common, static_cast<std::uint16_t>(number));
    }
    zip::add(common, crc32(content));
    zip::add(common, static_cast<std::uint32_t>(content.size()));
    zip::add(common, static_cast<std::uint32_t>(content.size()));
    zip::add(common, static_cast<std::uint16_t>(name.size()));
    zip::add(common, std::uint16_t{0});
    zip::add(lines, zip::central_signature);
    zip::add(lines, std::uint16_t{20});
    lines += common + std::string(10, '\0');
    zip::add(lines, static_cast<std::uint32_t>(out.size()));
    lines += name;
    zip::add(out, zip::local_signature);
    out += common + name + content;
    ++count;
  };
  add_member("xl/", "");
  for (const auto& [name, content] : parts) add_member(name, content);
  std::string end = bytes.substr(bytes.size() - zip::end_size);
  zip::put(end, 8, count);
  zip::put(end, 10, count);
  zip::put(end, 12, static_cast<std::uint32_t>(lines.size()));
  zip::put(end, 16, static_cast<std::uint32_t>(out.size()));
  return out + lines + end;
}

TEST(Zip, Z4_stored_members_stay_stored_and_folders_stay) {
  const Document before = must_open(stored_with_folder(parts_with(worksheet(plain_rows))));
  const Document after = must_patch(before, {.cells = {{2, Field::notes, "new"}}}).document;
  EXPECT_EQ(at(must_image(must_open(std::string(after.bytes()))).rows[0].cells, Field::notes),
            "new");
  const auto directory = parse_zip(after.bytes());
  EXPECT_EQ(directory->entries[0].name, "xl/");
  for (const ZipEntry& entry : directory->entries) {
    EXPECT_EQ(entry.method, ZipMethod::stored) << entry.name;
  }
}

TEST(Zip, Z4_backslashes_and_case_in_names_are_understood_and_doubles_refused) {
  Parts parts = parts_with(worksheet(plain_rows));
  parts["XL\\Worksheets\\Sheet1.xml"] = parts["xl/worksheets/sheet1.xml"];
  const auto doubled = Document::open(zip_of(parts));
  ASSERT_FALSE(doubled);
  EXPECT_EQ(doubled.error().code, ErrorCode::unsupported);
  parts.erase("xl/worksheets/sheet1.xml");
  EXPECT_EQ(must_image(must_open(zip_of(parts))).rows.size(), 2U);
}

TEST(Zip, Z6_a_file_cut_off_anywhere_is_corrupt_and_never_a_crash) {
  const std::string bytes = zip_of(parts_with(worksheet(plain_rows)));
  for (std::size_t length = 0; length < bytes.size(); length += 7) {
    const auto document = Document::open(bytes.substr(0, length));
    ASSERT_FALSE(document) << length;
    EXPECT_EQ(document.error().code, ErrorCode::corrupt) << length;
  }
}

TEST(Zip, Z6_a_flipped_byte_in_a_member_is_noticed) {
  std::string bytes = zip_of(parts_with(worksheet(plain_rows)));
  const auto directory = parse_zip(bytes);
  for (const ZipEntry& entry : directory->entries) {
    std::string damaged = bytes;
    damaged[entry.data_offset + entry.compressed_size / 2] ^= 0x10;
    EXPECT_FALSE(Document::open(damaged)) << entry.name;
  }
}

TEST(Zip, Z7_an_encrypted_or_old_file_is_named_as_such) {
  const auto document = Document::open("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(600, 'x'));
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, ErrorCode::unsupported);
  EXPECT_NE(document.error().what.find("password-protected"), std::string::npos);
}

TEST(Zip, Z8_bombs_are_refused_before_they_grow) {
  Parts parts = parts_with(worksheet(plain_rows));
  parts["xl/bomb.bin"] = std::string(std::size_t{8} << 20U, ' ');
  const auto bomb = Document::open(zip_of(parts));
  ASSERT_FALSE(bomb);
  EXPECT_EQ(bomb.error().code, ErrorCode::too_large);
}

TEST(Zip, Z8_a_member_that_lies_about_its_size_is_refused) {
  std::string bytes = zip_of(parts_with(worksheet(plain_rows)));
  const auto directory = parse_zip(bytes);
  const ZipEntry& entry = directory->entries[0];
  zip::put(bytes, entry.central_offset + 24, static_cast<std::uint32_t>(entry.size + 100));
  EXPECT_FALSE(Document::open(bytes));
}

TEST(Zip, Z8_overlapping_members_are_refused) {
  std::string bytes = zip_of(parts_with(worksheet(plain_rows)));
  const auto directory = parse_zip(bytes);
  zip::put(bytes, directory->entries[1].central_offset + 42,
           static_cast<std::uint32_t>(directory->entries[0].local_offset));
  EXPECT_FALSE(Document::open(bytes));
}

TEST(Zip, a_part_with_a_doctype_is_refused) {
  Parts parts = parts_with(worksheet(plain_rows));
  parts["xl/sharedStrings.xml"] =
      "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"b\">]>" + parts["xl/sharedStrings.xml"];
  const auto document = Document::open(zip_of(parts));
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, ErrorCode::unsupported);
}

TEST(Zip, a_patch_with_nothing_to_do_gives_the_same_bytes) {
  const Document before = open_sheet(plain_rows);
  const Document after = must_patch(before, {.cells = {{2, Field::notes, "a"}}}).document;
  EXPECT_EQ(before.bytes(), after.bytes());
}

TEST(Zip, opening_a_saved_file_beside_the_previous_gives_the_same_as_alone) {
  const Document before = open_sheet(plain_rows);
  const std::string saved(
      must_patch(before, {.cells = {{3, Field::notes, "new"}}}).document.bytes());
  const auto warm = Document::open(saved, &before);
  ASSERT_TRUE(warm);
  EXPECT_EQ(at(must_image(*warm).rows[1].cells, Field::notes), "new");
  EXPECT_EQ(at(must_image(*warm).rows[0].cells, Field::notes), "a");
}

}  // namespace
}  // namespace tracker::workbook
