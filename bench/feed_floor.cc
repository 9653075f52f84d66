/*
 * The floor under `assay kb build --only nvd`: inflates the NVD files of a mirror with
 * libdeflate and touches every value with simdjson, on one core. Prints the seconds. With `all`
 * the floor under `assay kb build`: every file of the mirror, the members of its zips, the bytes
 * of what is not JSON.
 * usage: feed_floor MIRROR [dom|ondemand|all]
 */
#include <libdeflate.h>
#include <simdjson.h>

extern "C" {
#include "feed/zip_directory.h"
}

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

static uint64_t touched;

static void walk(simdjson::dom::element value)
{
    switch (value.type()) {
    case simdjson::dom::element_type::OBJECT:
        for (auto member : simdjson::dom::object(value)) {
            touched += member.key.size();
            walk(member.value);
        }
        break;
    case simdjson::dom::element_type::ARRAY:
        for (auto item : simdjson::dom::array(value)) {
            walk(item);
        }
        break;
    case simdjson::dom::element_type::STRING:
        touched += std::string_view(value).size();
        break;
    default:
        touched++;
    }
}

template <typename Value> static void walk_on_demand(Value &&value)
{
    switch (value.type().value()) {
    case simdjson::ondemand::json_type::object:
        for (auto member : value.get_object().value()) {
            touched += member.unescaped_key().value().size();
            walk_on_demand(member.value().value());
        }
        break;
    case simdjson::ondemand::json_type::array:
        for (auto item : value.get_array().value()) {
            walk_on_demand(item.value());
        }
        break;
    case simdjson::ondemand::json_type::string:
        touched += value.get_string().value().size();
        break;
    case simdjson::ondemand::json_type::number:
        touched += value.get_double().value() > 0;
        break;
    case simdjson::ondemand::json_type::boolean:
        touched += value.get_bool().value();
        break;
    default:
        touched++;
    }
}

/* Reads a whole file; ends the program when it cannot. */
static std::vector<char> slurp(const std::string &path)
{
    std::vector<char> bytes;
    FILE *file = std::fopen(path.c_str(), "rb");
    if (file != nullptr) {
        bytes.resize(std::filesystem::file_size(path));
        size_t got = std::fread(bytes.data(), 1, bytes.size(), file);
        std::fclose(file);
        if (got == bytes.size()) {
            return bytes;
        }
    }
    std::perror(path.c_str());
    std::exit(1);
}

/* Inflates one file; out keeps its memory from file to file. */
static size_t inflate(libdeflate_decompressor *inflater, const std::string &path,
                      std::vector<char> &out)
{
    std::vector<char> packed = slurp(path);
    uint32_t size = 0;
    size_t got = 0;
    if (packed.size() >= sizeof size) {
        std::memcpy(&size, packed.data() + packed.size() - sizeof size, sizeof size);
    }
    if (out.size() < size + simdjson::SIMDJSON_PADDING) {
        out.resize(size + simdjson::SIMDJSON_PADDING);
    }
    if (libdeflate_gzip_decompress(inflater, packed.data(), packed.size(), out.data(), size,
                                   &got) != LIBDEFLATE_SUCCESS) {
        std::fprintf(stderr, "feed_floor: %s: bad gzip\n", path.c_str());
        std::exit(1);
    }
    return got;
}

/* Walks JSON, which must have padding behind it; sums the bytes of anything else. */
static void touch(simdjson::dom::parser &dom, const char *bytes, size_t len)
{
    simdjson::dom::element root;
    if (len > 0 && (bytes[0] == '{' || bytes[0] == '[') &&
        dom.parse(bytes, len, false).get(root) == simdjson::SUCCESS) {
        walk(root);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        touched += static_cast<unsigned char>(bytes[i]);
    }
}

static size_t touch_zip(libdeflate_decompressor *inflater, simdjson::dom::parser &dom,
                        const std::string &path, std::vector<char> &out)
{
    std::vector<char> zip = slurp(path);
    struct str whole = {zip.data(), zip.size()}, packed;
    struct zip_directory directory;
    struct zip_entry entry;
    size_t bytes = 0;
    if (zip_directory_open(whole, &directory, nullptr) < 0) {
        return 0;
    }
    while (zip_directory_next(&directory, &entry, nullptr) > 0) {
        size_t got = 0;
        if (entry.method != ZIP_DEFLATED || zip_entry_data(whole, &entry, &packed, nullptr) < 0) {
            continue;
        }
        out.resize(std::max(out.size(), entry.size + simdjson::SIMDJSON_PADDING));
        if (libdeflate_deflate_decompress(inflater, packed.ptr, packed.len, out.data(), entry.size,
                                          &got) == LIBDEFLATE_SUCCESS) {
            touch(dom, out.data(), got);
            bytes += got;
        }
    }
    return bytes;
}

static int walk_all(const std::string &mirror)
{
    auto start = std::chrono::steady_clock::now();
    libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    simdjson::dom::parser dom;
    std::vector<char> out;
    size_t bytes = 0, files = 0;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(mirror)) {
        std::string path = entry.path().string(), kind = entry.path().extension().string();
        size_t len = 0;
        if (kind == ".zip") {
            bytes += touch_zip(inflater, dom, path, out);
            files++;
            continue;
        }
        if (kind == ".gz") {
            len = inflate(inflater, path, out);
        } else if (kind == ".json") {
            std::vector<char> plain = slurp(path);
            len = plain.size();
            out.resize(std::max(out.size(), len + simdjson::SIMDJSON_PADDING));
            std::memcpy(out.data(), plain.data(), len);
        } else {
            continue;
        }
        touch(dom, out.data(), len);
        bytes += len;
        files++;
    }
    libdeflate_free_decompressor(inflater);
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("%.3f seconds, %zu files, %zu bytes, %llu touched\n", seconds.count(), files, bytes,
                static_cast<unsigned long long>(touched));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "usage: feed_floor MIRROR [dom|ondemand|all]\n");
        return 2;
    }
    if (argc > 2 && std::string(argv[2]) == "all") {
        return walk_all(argv[1]);
    }
    bool on_demand = argc > 2 && std::string(argv[2]) == "ondemand";
    std::vector<std::string> paths;
    std::string folder = std::string(argv[1]) + "/nvd.nist.gov/feeds/json/cve/2.0";
    for (const auto &entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".gz") {
            paths.push_back(entry.path().string());
        }
    }
    std::sort(paths.begin(), paths.end());
    auto start = std::chrono::steady_clock::now();
    libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    simdjson::dom::parser dom;
    simdjson::ondemand::parser demand;
    std::vector<char> out;
    size_t bytes = 0;
    for (const auto &path : paths) {
        size_t len = inflate(inflater, path, out);
        bytes += len;
        if (on_demand) {
            auto document = demand.iterate(out.data(), len, out.size()).value();
            walk_on_demand(document);
        } else {
            walk(dom.parse(out.data(), len, false).value());
        }
    }
    libdeflate_free_decompressor(inflater);
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("%.3f seconds, %zu files, %zu bytes, %llu touched\n", seconds.count(), paths.size(),
                bytes, static_cast<unsigned long long>(touched));
    return 0;
}
