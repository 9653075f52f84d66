/*
 * The floor under `assay kb build --only nvd`: inflates the NVD files of a mirror with
 * libdeflate and touches every value with simdjson, on one core. Prints the seconds.
 * usage: feed_floor MIRROR [dom|ondemand]
 */
#include <libdeflate.h>
#include <simdjson.h>

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

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "usage: feed_floor MIRROR [dom|ondemand]\n");
        return 2;
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
