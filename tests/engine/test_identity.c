#include "../unit.h"

#include "engine/identity.h"

/* Marks as "kind=value" words: instance, uuid, machine, key, mac, address, name. */
static uint32_t read_marks(const char *text, struct arena *arena, struct server_identity *out)
{
    static const char *const kinds[] = {
        [MARK_INSTANCE] = "instance", [MARK_UUID] = "uuid", [MARK_MACHINE_ID] = "machine",
        [MARK_HOST_KEY] = "key",      [MARK_MAC] = "mac",   [MARK_ADDRESS] = "address",
        [MARK_NAME] = "name",
    };
    struct str rest = str_from(text), word;
    uint32_t count = 0;
    while (str_next_word(&rest, &word)) {
        size_t equals = str_find_byte(word, '=');
        for (int mark = MARK_INSTANCE; mark <= MARK_NAME; mark++) {
            if (str_eq_text(str_sub(word, 0, equals), kinds[mark])) {
                out[count++] = (struct server_identity){
                    (enum server_mark)mark, arena_str(arena, str_skip(word, equals + 1))};
            }
        }
    }
    return count;
}

static void test_decisions(void **state)
{
    static const struct {
        const char *a, *b;
        enum identity_confidence confidence;
        const char *by;
    } cases[] = {
        {"instance=i-1 machine=a", "instance=i-1 machine=a", IDENTITY_CERTAIN,
         "instance id, machine-id"},
        {"instance=i-1 machine=a key=k", "instance=i-2 machine=a key=k", IDENTITY_OTHER, NULL},
        /* installed anew on the same machine */
        {"uuid=u machine=a key=k mac=m", "uuid=u machine=b key=l mac=m", IDENTITY_CERTAIN,
         "SMBIOS UUID, MAC"},
        /* a copy of a virtual machine with its UUID */
        {"uuid=u machine=a key=k mac=m address=1", "uuid=u machine=b key=l mac=n address=2",
         IDENTITY_OTHER, NULL},
        {"uuid=u machine=a key=k", "uuid=v machine=a key=k", IDENTITY_OTHER, NULL},
        {"machine=a key=k mac=m address=1", "machine=a key=k mac=m address=1", IDENTITY_HIGH,
         "machine-id, host key, MAC"},
        /* a clone that kept machine-id and host keys */
        {"machine=a key=k mac=m address=1", "machine=a key=k mac=n address=2", IDENTITY_OTHER,
         NULL},
        /* another card in the same machine */
        {"machine=a key=k mac=m address=1", "machine=a key=k mac=n address=1", IDENTITY_HIGH,
         "machine-id, host key"},
        /* host keys made anew */
        {"machine=a key=k mac=m", "machine=a key=l mac=m", IDENTITY_HIGH, "machine-id, MAC"},
        {"machine=a key=k", "machine=a key=l", IDENTITY_LOW, "machine-id"},
        {"machine=a", "machine=a key=l", IDENTITY_MEDIUM, "machine-id"},
        /* host keys of an image */
        {"machine=a key=k", "machine=b key=k", IDENTITY_OTHER, NULL},
        {"key=k mac=m", "key=k mac=m", IDENTITY_HIGH, "host key, MAC"},
        {"key=k", "key=k machine=a", IDENTITY_MEDIUM, "host key"},
        /* installed anew, nothing else known */
        {"machine=a key=k mac=m name=db", "machine=b key=l mac=m name=db", IDENTITY_MEDIUM, "MAC"},
        {"machine=a mac=m name=db", "machine=b mac=m name=web", IDENTITY_OTHER, NULL},
        {"name=db address=1", "name=db address=1", IDENTITY_OTHER, NULL},
        {"", "", IDENTITY_OTHER, NULL},
    };
    struct arena arena;
    arena_init(&arena);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct server_identity a[8], b[8];
        struct str by;
        uint32_t a_count = read_marks(cases[i].a, &arena, a);
        uint32_t b_count = read_marks(cases[i].b, &arena, b);
        enum identity_confidence one = identity_compare(a, a_count, b, b_count, &arena, &by);
        if (one != cases[i].confidence || (cases[i].by != NULL && !str_eq_text(by, cases[i].by)) ||
            identity_compare(b, b_count, a, a_count, &arena, &by) != one) {
            print_error("%s | %s: %s by %.*s\n", cases[i].a, cases[i].b,
                        identity_confidence_name(one), STR_ARG(by));
            fail();
        }
    }
    arena_done(&arena);
}

static void test_uuids(void **state)
{
    static const char *const cases[][2] = {
        {"11223344-5566-7788-99AA-BBCCDDEEFF00", "112233445566778899aabbccddeeff00"},
        {"44332211-6655-8877-99aa-bbccddeeff00", "112233445566778899aabbccddeeff00"},
        {"00000000-0000-0000-0000-000000000000", ""},
        {"ffffffff-ffff-ffff-ffff-ffffffffffff", ""},
        {"03000200-0400-0500-0006-000700080009", ""},
        {"Not Settable", ""},
        {"11223344-5566-7788-99aa-bbccddeeff0", ""},
        {"11223344-5566-7788-99aa-bbccddeeff000", ""},
        {"", ""},
    };
    struct arena arena;
    arena_init(&arena);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct str uuid = identity_uuid(str_from(cases[i][0]), &arena);
        assert_int_equal(uuid.len, strlen(cases[i][1]));
        assert_memory_equal(uuid.ptr, cases[i][1], uuid.len);
    }
    arena_done(&arena);
}

static bool has_mark(const struct identity_marks *marks, enum server_mark mark, const char *value)
{
    for (uint32_t i = 0; i < marks->count; i++) {
        if (marks->items[i].mark == mark && str_eq_text(marks->items[i].value, value)) {
            return true;
        }
    }
    return false;
}

static void test_marks_of_an_inventory(void **state)
{
    static const struct inventory_address addresses[] = {
        {STR("lo"), STR("127.0.0.1"), STR("00:00:00:00:00:00")},
        {STR("eth0"), STR("10.0.0.5"), STR("52:54:00:AA:BB:CC")},
        {STR("eth0"), STR("fe80::1"), STR("52:54:00:AA:BB:CC")},
        {STR("docker0"), STR("172.17.0.1"), STR("02:42:00:00:00:01")},
        {STR("veth1"), STR("fe80::2"), STR("12:34:56:78:9a:bc")},
    };
    const struct str keys[] = {STR("SHA256:k")};
    struct inventory inventory;
    struct identity_marks marks;
    struct arena arena;
    arena_init(&arena);
    inventory_init(&inventory);
    inventory.name = STR("DB01");
    inventory.machine.machine_id = STR("0123456789abcdef0123456789ABCDEF\n");
    inventory.machine.product_uuid = STR("not available");
    inventory.addresses = addresses;
    inventory.address_count = 5;
    identity_marks(&inventory, keys, 1, &arena, &marks);
    assert_int_equal(marks.count, 5);
    assert_true(has_mark(&marks, MARK_MACHINE_ID, "0123456789abcdef0123456789abcdef"));
    assert_true(has_mark(&marks, MARK_HOST_KEY, "SHA256:k"));
    assert_true(has_mark(&marks, MARK_MAC, "52:54:00:aa:bb:cc"));
    assert_true(has_mark(&marks, MARK_ADDRESS, "10.0.0.5"));
    assert_true(has_mark(&marks, MARK_NAME, "db01"));
    inventory.machine.machine_id = STR("00000000000000000000000000000000");
    identity_marks(&inventory, NULL, 0, &arena, &marks);
    assert_int_equal(marks.count, 3);
    inventory_done(&inventory);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decisions),
        cmocka_unit_test(test_uuids),
        cmocka_unit_test(test_marks_of_an_inventory),
    };
    return cmocka_run_group_tests_name("engine/identity", tests, NULL, NULL);
}
