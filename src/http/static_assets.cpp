#include "http/static_assets.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "core/digest.hpp"
#include "http/names.hpp"

namespace tracker::http {
namespace {

using Table = std::map<std::string_view, const Asset*>;

/// True if the list of Accept-Encoding names `coding` without q=0.
bool accepts(std::string_view list, std::string_view coding) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    const auto item = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    const auto semicolon = std::min(item.find(';'), item.size());
    if (!same_name(trimmed(item.substr(0, semicolon)), coding)) continue;
    const auto weight = trimmed(item.substr(std::min(semicolon + 1, item.size())));
    return !(weight.starts_with("q=0") && weight.find_first_of("123456789") == weight.npos);
  }
  return false;
}

/// If-None-Match against one tag, by weak comparison.
bool names_tag(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    auto item = trimmed(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (item == "*") return true;
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == tag) return true;
  }
  return false;
}

Response serve(const Asset& asset, const Request& request) {
  Response response;
  response.headers = {
      // One tag stands for the plain and the compressed forms, so it is a weak one.
      {"ETag", "W/" + std::string(asset.etag)},
      {"Vary", "Accept-Encoding"},
      {"Cache-Control", asset.immutable ? "public, max-age=31536000, immutable" : "no-cache"}};
  if (names_tag(request.header("If-None-Match").value_or(""), asset.etag)) {
    response.status = 304;
    return response;
  }
  response.content_type = asset.content_type;
  const auto codings = request.header("Accept-Encoding").value_or("");
  std::string_view body = asset.plain;
  if (!asset.brotli.empty() && accepts(codings, "br")) {
    body = asset.brotli;
    response.headers.set("Content-Encoding", "br");
  } else if (!asset.gzip.empty() && accepts(codings, "gzip")) {
    body = asset.gzip;
    response.headers.set("Content-Encoding", "gzip");
  }
  response.body = body;
  return response;
}

/// The asset for a path; the page's own addresses ("/summary") lead to index.html.
const Asset* find_asset(const Table& table, std::string_view path) {
  if (const auto found = table.find(path); found != table.end()) return found->second;
  if (path.starts_with("/api/") || path == "/api") return nullptr;
  const auto name = path.substr(path.rfind('/') + 1);
  if (name.contains('.')) return nullptr;
  const auto index = table.find("/index.html");
  return index == table.end() ? nullptr : index->second;
}

Awaitable<Response> answer(std::shared_ptr<const Table> table, Request request) {
  const auto* asset = find_asset(*table, request.path);
  if (asset == nullptr) {
    co_return error_response({ErrorCode::not_found, "there is nothing at " + request.path, {}, {}});
  }
  co_return serve(*asset, request);
}

void add_table(Router& router, std::shared_ptr<const Table> table) {
  router.add("GET", "/:path*",
             [table](Request request) { return answer(table, std::move(request)); });
}

/// What the views of a folder's assets point into.
struct Folder {
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> tags;
  std::vector<Asset> assets;
  Table table;
};

Status read_folder(const std::filesystem::path& root, Folder& folder) {
  std::size_t total = 0;
  std::error_code problem;
  auto walk = std::filesystem::recursive_directory_iterator(root, problem);
  for (; !problem && walk != std::filesystem::recursive_directory_iterator();
       walk.increment(problem)) {
    if (!walk->is_regular_file(problem) || walk->is_symlink(problem)) continue;
    total += walk->file_size(problem);
    if (problem) break;
    if (total > 64U * 1024 * 1024) {
      return fail(ErrorCode::too_large, "the folder of the page holds more than 64 MiB",
                  "is it the right folder?", root.string());
    }
    std::ifstream file(walk->path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    if (!file) return fail(ErrorCode::io, "can't be read", {}, walk->path().string());
    folder.files["/" + walk->path().lexically_relative(root).generic_string()] =
        std::move(bytes).str();
  }
  if (problem) return fail(ErrorCode::io, problem.message(), "check --web-root", root.string());
  return {};
}

}  // namespace

void add_assets(Router& router, std::span<const Asset> assets) {
  auto table = std::make_shared<Table>();
  for (const auto& asset : assets) (*table)[asset.path] = &asset;
  add_table(router, std::move(table));
}

Status add_assets_from_folder(Router& router, const std::string& folder_path) {
  auto folder = std::make_shared<Folder>();
  CHECK_OK(read_folder(folder_path, *folder));
  folder->assets.reserve(folder->files.size());
  const auto form = [&folder](const std::string& path) -> std::string_view {
    const auto found = folder->files.find(path);
    return found == folder->files.end() ? std::string_view{} : found->second;
  };
  for (const auto& [path, bytes] : folder->files) {
    auto& tag = folder->tags[path];
    tag = "\"" + content_digest(bytes) + "\"";
    folder->assets.push_back({path, content_type_of(path), tag, bytes, form(path + ".gz"),
                              form(path + ".br"), path.starts_with("/assets/")});
    folder->table[path] = &folder->assets.back();
  }
  add_table(router, std::shared_ptr<const Table>(folder, &folder->table));
  return {};
}

std::string_view content_type_of(std::string_view path) {
  static constexpr std::pair<std::string_view, std::string_view> types[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json; charset=utf-8"},
      {".webmanifest", "application/manifest+json"},
      {".map", "application/json; charset=utf-8"},
      {".txt", "text/plain; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"}};
  for (const auto& [extension, type] : types) {
    if (path.ends_with(extension)) return type;
  }
  return "application/octet-stream";
}

}  // namespace tracker::http
