#include "cli/reader.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

#include "core/digest.hpp"

namespace tracker::cli {
namespace {

constexpr std::string_view sample_secret = "ParcelStudio2025";  // stands in the public guide
constexpr std::size_t secret_length_min = 16;

std::unexpected<Error> malformed(std::string_view name, const Environment::Found& found,
                                 std::string_view expected) {
  constexpr std::size_t shown_max = 80;
  return fail(
      ErrorCode::invalid_input,
      fmt::format("{} is \"{}\" (from {})", name, found.text.substr(0, shown_max), found.source),
      fmt::format("expected {}", expected));
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " or ") + word;
  return text;
}

}  // namespace

std::unexpected<Error> missing(std::string_view name, std::string_view expected) {
  return fail(ErrorCode::invalid_input, fmt::format("{} is missing", name),
              fmt::format("expected {} (in the environment or in .env)", expected));
}

std::string Reader::text(std::string_view name, std::string_view otherwise) const {
  return environment_.text(name, otherwise);
}

Result<std::int64_t> Reader::number(std::string_view name, std::int64_t smallest,
                                    std::int64_t largest, std::int64_t otherwise) const {
  const auto found = environment_.find(name);
  if (!found) return otherwise;
  std::int64_t value = 0;
  const char* end = found->text.data() + found->text.size();
  const auto parsed = std::from_chars(found->text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end || value < smallest || value > largest) {
    return malformed(name, *found, fmt::format("a whole number from {} to {}", smallest, largest));
  }
  return value;
}

Result<bool> Reader::flag(std::string_view name, bool otherwise) const {
  const auto found = environment_.find(name);
  if (!found) return otherwise;
  const std::string word = lower(found->text);
  if (word == "true" || word == "1" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "0" || word == "no" || word == "off") return false;
  return malformed(name, *found, "true or false");
}

Result<std::string> Reader::url(std::string_view name) const {
  const auto found = environment_.find(name);
  if (!found) return std::string();
  const auto parsed = boost::urls::parse_uri(found->text);
  const bool good = parsed && (parsed->scheme() == "https" || parsed->scheme() == "http") &&
                    !parsed->host().empty() && !parsed->has_query() && !parsed->has_fragment() &&
                    !parsed->has_userinfo();
  if (!good) return malformed(name, *found, "an address such as https://studio.example.com");
  std::string text = found->text;
  while (text.ends_with('/')) text.pop_back();
  return text;
}

Result<std::string> Reader::address(std::string_view name, std::string_view otherwise) const {
  const auto found = environment_.find(name);
  if (!found) return std::string(otherwise);
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (inet_pton(AF_INET, found->text.c_str(), bytes.data()) != 1 &&
      inet_pton(AF_INET6, found->text.c_str(), bytes.data()) != 1) {
    return malformed(name, *found, "an address of this machine such as 127.0.0.1, 0.0.0.0 or ::");
  }
  return found->text;
}

std::vector<std::string> Reader::list(std::string_view name) const {
  std::vector<std::string> words;
  std::string word;
  for (char c : environment_.text(name) + ",") {
    if (c == ',' || c == ' ' || c == '\t') {
      if (!word.empty()) words.push_back(std::exchange(word, {}));
    } else {
      word += c;
    }
  }
  return words;
}

Result<Rational> Reader::frame_rate(std::string_view name, Rational otherwise) const {
  const auto found = environment_.find(name);
  if (!found) return otherwise;
  const auto rate = parse_frame_rate(found->text);
  if (!rate) return malformed(name, *found, "frames per second such as 24, 25 or 24000/1001");
  return *rate;
}

Secret Reader::secret(std::string_view name) const { return Secret(environment_.text(name)); }

Result<std::string> Reader::word(std::string_view name, const std::vector<std::string>& words,
                                 std::string_view otherwise) const {
  const auto found = environment_.find(name);
  if (!found) return std::string(otherwise);
  if (std::ranges::find(words, lower(found->text)) == words.end()) {
    return malformed(name, *found, joined(words));
  }
  return lower(found->text);
}

std::string random_secret() {
  std::array<char, 32> bytes{};
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  return hex(std::string_view(bytes.data(), bytes.size()));
}

Status check_secret_strength(const Secret& secret, std::string_view name, std::string_view own_role,
                             std::string_view partner, std::string_view partner_role) {
  const bool sample = secret.reveal() == sample_secret;
  if (!sample && secret.reveal().size() >= secret_length_min) return {};
  return fail(ErrorCode::invalid_input,
              fmt::format("{} is {}", name,
                          sample ? "the sample secret of the guide, which everybody knows"
                                 : "shorter than 16 characters"),
              fmt::format("set {} ({}) and {} ({}) both to this fresh one: {}", name, own_role,
                          partner.empty() ? name : partner, partner_role, random_secret()));
}

}  // namespace tracker::cli
