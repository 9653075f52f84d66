/* Bytes that no builder wrote: cut, altered, pointing outside. */
#include "../unit.h"

#include "../knowledge_fixture.h"
#include "base/file.h"
#include "base/memory.h"
#include "exercise.h"
#include "knowledge/format.h"

static struct knowledge_fixture fixture;
static char *bytes; /* a copy of exactly the file's size, so that a sanitizer sees its end */
static size_t len;

/* Every section of the file has something. */
static void fill(void)
{
    const struct feed_release releases[] = {
        fixture_release("12", "2023-06-10", "2026-06-10", "2028-06-30", NULL)};
    fixture_cve(&fixture, "CVE-2024-0001", "2024-01-01", 98,
                (const char *[]){"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:* >=1.0 <1.20.1",
                                 "cpe:2.3:a:f5:nginx:1.5:beta1:*:*:*:*:*:*",
                                 "& cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*", NULL});
    fixture_cve(&fixture, "CVE-2024-0002", "2024-01-01", -1, NULL);
    fixture_kev(&fixture, "CVE-2024-0001", "2024-02-01");
    fixture_epss(&fixture, "CVE-2024-0001", 0.5, 0.9);
    fixture_advisory(&fixture, "DSA-1-1", "Debian:12", "nginx", "0", "1:1.22.1-9+deb12u1",
                     "CVE-2024-0001 CVE-2024-0002", "");
    fixture_advisory(&fixture, "ALSA-2024:1", "AlmaLinux:9", "nginx", "0", "1:1.20.1-1.el9",
                     "CVE-2024-0001", "nginx:1.22");
    fixture_lifecycle(&fixture, "debian", "pkg:deb/debian/nodejs", releases, 1);
    fixture_bulletin(&fixture, "2024-02-13", "CVE-2024-0001", 5034768, "Windows Server 2019",
                     "Windows Kernel", "5034127");
    fixture_bulletin(&fixture, "2024-01-09", "CVE-2024-0002", 5034127, "Windows Server 2019", "",
                     "5033371");
    fixture_feed(&fixture, "nvd", "2024-05-01");
}

static int set_up(void **state)
{
    struct error err = ERROR_INIT;
    struct buf out;
    (void)state;
    fixture_init(&fixture);
    fill();
    fixture_open(&fixture);
    buf_init(&out, (size_t)1 << 20);
    if (file_read(fixture.path, &out, &err) < 0) {
        return -1;
    }
    len = out.len;
    bytes = mem_alloc(len);
    memcpy(bytes, out.data, len);
    buf_done(&out);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(bytes);
    fixture_done(&fixture);
    return 0;
}

static int open_copy(const char *copy, size_t size)
{
    struct knowledge *knowledge;
    struct error err = ERROR_INIT;
    int result = knowledge_open_bytes(str_make(copy, size), &knowledge, &err);
    if (result == 0) {
        exercise_all(knowledge);
        result = knowledge_verify(knowledge, &err);
        knowledge_close(knowledge);
        assert_true(result == 0 || err.message[0] != '\0');
    }
    return result;
}

static void the_whole_file_is_good(void **state)
{
    (void)state;
    assert_int_equal(open_copy(bytes, len), 0);
    exercise_all(fixture.knowledge);
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    (void)state;
    for (size_t size = 0; size < len; size += size < 1200 ? 1 : 7) {
        char *copy = mem_alloc(size + 1);
        memcpy(copy, bytes, size);
        assert_true(open_copy(copy, size) < 0);
        free(copy);
    }
}

static void every_altered_byte_is_found(void **state)
{
    char *copy = mem_alloc(len);
    (void)state;
    for (size_t at = 0; at < len; at++) {
        memcpy(copy, bytes, len);
        copy[at] = (char)(copy[at] ^ (1 << at % 8));
        assert_true(open_copy(copy, len) < 0);
    }
    free(copy);
}

/* Extreme numbers in the place of every aligned number: past checksums, the getters alone
 * stand between them and the memory outside. */
static void extreme_numbers_are_caught_where_they_are_used(void **state)
{
    static const uint32_t extremes[] = {0xffffffff, 0x7fffffff, 0x80000000, 0x00010000, 1};
    char *copy = mem_alloc(len);
    (void)state;
    for (size_t at = 0; at + 4 <= len; at += 4) {
        for (unsigned i = 0; i < sizeof extremes / sizeof extremes[0]; i++) {
            memcpy(copy, bytes, len);
            memcpy(copy + at, &extremes[i], sizeof extremes[i]);
            open_copy(copy, len);
        }
    }
    free(copy);
}

static struct toc_entry *entry_of(char *copy, unsigned id)
{
    return (struct toc_entry *)(void *)(copy + sizeof(struct file_header)) + (id - 1);
}

static void bad_tables_of_contents_are_refused(void **state)
{
    struct error err = ERROR_INIT;
    struct knowledge *knowledge;
    char *copy = mem_alloc(len);
    (void)state;
    for (unsigned fault = 0; fault < 8; fault++) {
        memcpy(copy, bytes, len);
        struct toc_entry *entry = entry_of(copy, SECTION_PRODUCTS);
        struct file_header *header = (struct file_header *)(void *)copy;
        switch (fault) {
        case 0:
            entry->offset = entry_of(copy, SECTION_CVES)->offset; /* overlaps */
            break;
        case 1:
            entry->offset += 1; /* unaligned */
            break;
        case 2:
            entry->size = UINT64_MAX - entry->offset + 8; /* wraps */
            break;
        case 3:
            entry->offset = UINT64_MAX - 7;
            break;
        case 4:
            entry->record = 1;
            break;
        case 5:
            entry->size -= 1;
            break;
        case 6:
            entry->id = SECTION_CVES; /* twice */
            break;
        default:
            header->section_count = SECTION_COUNT - 2; /* one missing */
            break;
        }
        assert_int_equal(knowledge_open_bytes(str_make(copy, len), &knowledge, &err), ERR_FORMAT);
    }
    free(copy);
}

static void another_format_version_says_rebuild(void **state)
{
    struct error err = ERROR_INIT;
    struct knowledge *knowledge;
    (void)state;
    bytes[8]++;
    assert_int_equal(knowledge_open_bytes(str_make(bytes, len), &knowledge, &err), ERR_VERSION);
    assert_non_null(strstr(err.message, "kb build"));
}

static void faults_are_counted(void **state)
{
    struct knowledge *knowledge;
    struct knowledge_cve cve;
    (void)state;
    struct record_cve *record =
        (struct record_cve *)(void *)(bytes + entry_of(bytes, SECTION_CVES)->offset);
    record->vector = 0x7fffffff;
    assert_int_equal(knowledge_open_bytes(str_make(bytes, len), &knowledge, NULL), 0);
    assert_false(knowledge_cve(knowledge, 0, &cve));
    assert_int_equal(knowledge_faults(knowledge), 1);
    assert_false(knowledge_cve(knowledge, 99, &cve));
    assert_int_equal(knowledge_faults(knowledge), 2);
    knowledge_close(knowledge);
}

/* The file with its slots of one section all set so, and right checksums. */
static struct knowledge *open_with_places(unsigned id, struct record_place place)
{
    struct file_header *header = (struct file_header *)(void *)bytes;
    struct toc_entry *entry = entry_of(bytes, id);
    struct knowledge *knowledge;
    assert_true(entry->size > 0);
    for (uint64_t at = 0; at < entry->size; at += sizeof place) {
        memcpy(bytes + entry->offset + at, &place, sizeof place);
    }
    entry->checksum = knowledge_checksum(bytes + entry->offset, entry->size, id);
    header->toc_checksum = knowledge_contents_checksum(header, entry_of(bytes, 1));
    assert_int_equal(knowledge_open_bytes(str_make(bytes, len), &knowledge, NULL), 0);
    return knowledge;
}

static void names_that_lead_nowhere_are_noticed(void **state)
{
    static const struct record_place places[] = {{0, 0}, {1, 1}, {0, UINT32_MAX}};
    (void)state;
    for (unsigned id = SECTION_PRODUCT_PLACES; id <= SECTION_PACKAGE_PLACES; id++) {
        for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
            struct error err = ERROR_INIT;
            struct knowledge *knowledge = open_with_places(id, places[i]);
            assert_true(knowledge_verify(knowledge, &err) < 0);
            assert_non_null(strstr(err.message, "is not found by its name"));
            knowledge_close(knowledge);
            tear_down(state);
            set_up(state);
        }
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_whole_file_is_good),
        TEST(a_file_cut_anywhere_is_refused),
        TEST(every_altered_byte_is_found),
        TEST(extreme_numbers_are_caught_where_they_are_used),
        TEST(bad_tables_of_contents_are_refused),
        TEST(another_format_version_says_rebuild),
        TEST(faults_are_counted),
        TEST(names_that_lead_nowhere_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
