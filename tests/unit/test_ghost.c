/* Ghosts: base64, the ranges that a view notes or holds, and what a damaged ghost comes to. */
#include "tests/unit/cmocka_all.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/byte_ranges.h"
#include "base/cursor.h"
#include "base/json.h"
#include "base/memory.h"
#include "probe/binary/ghost.h"
#include "probe/ghosts.h"
#include "tests/unit/made_elf.h"
#include "tests/unit/made_macho.h"
#include "tests/unit/made_pe.h"
#include "tests/unit/mutate.h"
#include "tests/unit/scratch.h"

/* --- base64 --- */

static void base64_follows_its_description(void **state) {
    (void)state;
    /* RFC 4648, section 10. */
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        size_t size = 0;
        char *text = bp_base64_of((const uint8_t *)pairs[i][0], strlen(pairs[i][0]));
        uint8_t *bytes = bp_base64_read(pairs[i][1], &size, NULL);
        assert_string_equal(text, pairs[i][1]);
        assert_int_equal(size, strlen(pairs[i][0]));
        assert_memory_equal(bytes, pairs[i][0], size);
        free(text);
        free(bytes);
    }
}

static void base64_is_refused_where_it_is_none(void **state) {
    (void)state;
    static const char *const texts[] = {"Z",    "Zg",       "Zg=",       "====", "Z===",
                                        "Zh==", "Zm9=",     "Zg==Zg==",  "Zm 9", "Zm9v\n",
                                        "Zm9-", "=m9vZm9v", "Zm\xc3\xa4"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t size = 0;
        struct bp_err err = {0};
        assert_null(bp_base64_read(texts[i], &size, &err));
        assert_int_equal(err.code, BP_E_FORMAT);
        bp_err_clear(&err);
    }
}

/* --- ranges --- */

static void a_view_notes_what_is_read(void **state) {
    (void)state;
    static const uint8_t bytes[64] = {[20] = 'a', 'b', 0, [40] = 'c'};
    struct bp_byte_ranges notes = {0};
    struct bp_cursor file = bp_cursor_noting(bytes, sizeof bytes, &notes);
    struct bp_cursor part = bp_cursor_part(&file, 16, 32);
    bp_cursor_u32(&file, 8);
    assert_string_equal(bp_cursor_string(&part, 4), "ab");
    bp_cursor_u32(&file, 4);
    assert_true(bp_cursor_is(&part, 24, "c", 1));
    assert_false(bp_cursor_is(&part, 31, "cc", 2)); /* outside: nothing is looked at */
    bp_cursor_u64(&file, 60);
    bp_byte_ranges_settle(&notes);
    assert_int_equal(notes.count, 3);
    assert_int_equal(notes.items[0].offset, 4);
    assert_int_equal(notes.items[0].length, 8);
    assert_int_equal(notes.items[1].offset, 20);
    assert_int_equal(notes.items[1].length, 3);
    assert_int_equal(notes.items[2].offset, 40);
    assert_int_equal(notes.items[2].length, 1);
    assert_int_equal(bp_byte_ranges_total(&notes), 12);
    bp_byte_ranges_free(&notes);
}

static void notes_come_in_any_order(void **state) {
    (void)state;
    struct bp_byte_ranges notes = {0};
    for (uint64_t i = 0; i < 3000; i++) { /* 7 and 3000 have no common factor */
        bp_byte_ranges_note(&notes, i * 7 % 3000 * 4, 2);
    }
    bp_byte_ranges_settle(&notes);
    assert_int_equal(notes.count, 3000);
    for (uint64_t i = 0; i < 3000; i++) {
        bp_byte_ranges_note(&notes, i * 7 % 3000 * 4 + 1, 3);
    }
    bp_byte_ranges_settle(&notes);
    assert_int_equal(notes.count, 1);
    assert_int_equal(notes.items[0].length, 12000);
    bp_byte_ranges_free(&notes);
}

static void bytes_that_are_not_held_are_missed(void **state) {
    (void)state;
    static const uint8_t held[] = {1, 2, 3, 4, 'x', 0};
    struct bp_byte_range items[] = {{100, 4, held}, {200, 2, held + 4}};
    struct bp_byte_ranges ranges = {.items = items, .count = 2, .holds = true};
    struct bp_cursor file = bp_cursor_of_ranges(&ranges, 1000);
    assert_int_equal(bp_cursor_u32(&file, 100), 0x04030201);
    assert_int_equal(bp_cursor_u16(&file, 102), 0x0403);
    assert_string_equal(bp_cursor_string(&file, 200), "x");
    bp_cursor_u8(&file, 1000);
    assert_true(file.failed);
    assert_false(ranges.missed); /* no file has bytes behind its end */
    static const uint64_t offsets[] = {0, 98, 101, 104, 150, 201, 999};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        struct bp_cursor again = bp_cursor_of_ranges(&ranges, 1003);
        ranges.missed = false;
        assert_int_equal(bp_cursor_u32(&again, offsets[i]), 0);
        assert_true(again.failed);
        assert_true(ranges.missed);
    }
    ranges.missed = false;
    assert_null(bp_cursor_string(&file, 100)); /* its end may lie behind what is held */
    assert_true(ranges.missed);
}

/* --- damaged files --- */

static const char *const symbols[] = {"made_function", "shown", NULL};
static const struct bp_binary_wishes all_wishes = {
    .symbols = symbols, .version_definitions = true, .gpu_code = true};

/* The ghost's facts, which are those of the file whatever is wrong with it. */
static cJSON *facts_both_ways(const uint8_t *bytes, size_t size) {
    struct bp_byte_ranges notes = {0};
    cJSON *facts = bp_binary_facts_of(bp_cursor_of(bytes, size), &all_wishes);
    cJSON *noting = bp_binary_facts_of(bp_cursor_noting(bytes, size, &notes), &all_wishes);
    assert_true(cJSON_Compare(facts, noting, true));
    bp_byte_ranges_settle(&notes);
    for (size_t i = 0; i < notes.count; i++) {
        /* In a block of its exact size, so that the sanitizer sees each read beyond. */
        uint8_t *copy = malloc((size_t)notes.items[i].length);
        assert_non_null(copy);
        memcpy(copy, bytes + notes.items[i].offset, (size_t)notes.items[i].length);
        notes.items[i].data = copy;
    }
    notes.holds = true;
    cJSON *held = bp_binary_facts_of(bp_cursor_of_ranges(&notes, size), &all_wishes);
    assert_false(notes.missed);
    assert_true(cJSON_Compare(facts, held, true));
    for (size_t i = 0; i < notes.count; i++) {
        free((void *)(uintptr_t)notes.items[i].data);
    }
    bp_byte_ranges_free(&notes);
    cJSON_Delete(noting);
    cJSON_Delete(held);
    return facts;
}

static void a_ghost_says_what_its_damaged_file_says(void **state) {
    (void)state;
    struct made_elf elf = {.bits = 64, .machine = EM_X86_64};
    made_elf_make(&elf);
    mutate_and_read(elf.bytes, sizeof elf.bytes, 2000, 11, facts_both_ways);
    for (size_t size = 0; size <= sizeof elf.bytes; size += 3) {
        cJSON_Delete(facts_both_ways(elf.bytes, size));
    }
    struct made_pe pe = {.bits = 64, .machine = 0x8664};
    made_pe_make(&pe);
    mutate_and_read(pe.bytes, sizeof pe.bytes, 2000, 12, facts_both_ways);
    struct made_macho macho = {.bits = 64, .cpu = CPU_ARM64};
    made_macho_make(&macho, MADE_TRIE);
    mutate_and_read(macho.bytes, sizeof macho.bytes, 2000, 13, facts_both_ways);
}

/* --- damaged ghosts --- */

/* A ghost of a small library as JSON. The caller deletes it. */
static cJSON *made_ghost(void) {
    struct made_elf made = {.bits = 64, .machine = EM_X86_64};
    struct bp_root root;
    struct bp_ghost ghost;
    made_elf_make(&made);
    char *scratch = scratch_make();
    scratch_write_bytes(scratch, "made.so", made.bytes, sizeof made.bytes);
    assert_int_equal(bp_root_open(&root, scratch, NULL), 0);
    assert_int_equal(bp_ghost_take(&ghost, &root, "/made.so", &all_wishes, NULL), 0);
    cJSON *object = cJSON_CreateObject();
    bp_ghost_put(&ghost, object);
    bp_ghost_free(&ghost);
    bp_root_close(&root);
    scratch_remove(scratch);
    free(scratch);
    return object;
}

static void expect_refusal(const cJSON *object, const char *words) {
    struct bp_ghost ghost;
    struct bp_err err = {0};
    assert_int_equal(bp_ghost_read(&ghost, object, &err), -1);
    if (!strstr(bp_err_text(&err), words)) {
        fail_msg("expected \"%s\", got \"%s\"", words, bp_err_text(&err));
    }
    bp_err_clear(&err);
    bp_ghost_free(&ghost);
}

/* The ghost with one member replaced by a piece of JSON; NULL: left out. */
static void refused(const char *member, const char *json, const char *words) {
    cJSON *object = made_ghost();
    cJSON_DeleteItemFromObjectCaseSensitive(object, member);
    if (json) {
        cJSON *value = bp_json_parse(json, strlen(json), NULL);
        assert_non_null(value);
        cJSON_AddItemToObject(object, member, value);
    }
    expect_refusal(object, words);
    cJSON_Delete(object);
}

static void a_whole_ghost_is_read(void **state) {
    (void)state;
    cJSON *object = made_ghost();
    struct bp_ghost ghost;
    assert_int_equal(bp_ghost_read(&ghost, object, NULL), 0);
    assert_int_equal(ghost.size, MADE_ELF_SIZE);
    cJSON *facts = bp_ghost_facts(&ghost, &all_wishes);
    assert_string_equal(bp_json_text(facts, "format"), "elf");
    assert_true(bp_json_is_true(bp_json_get(facts, "symbols"), "made_function"));
    cJSON_Delete(facts);
    bp_ghost_free(&ghost);
    cJSON_Delete(object);
}

static void damaged_ghosts_are_refused(void **state) {
    (void)state;
    static const char far_offset[] = "[[0,64],[9007199254740000,8]]";
    refused("size", NULL, "how large its file is");
    refused("size", "-1", "how large its file is");
    refused("size", "1e300", "how large its file is");
    refused("size", "10.5", "how large its file is");
    refused("size", "\"1024\"", "how large its file is");
    refused("size", "10", "outside its file");
    refused("ranges", NULL, "no list of ranges");
    refused("ranges", "{}", "no list of ranges");
    refused("ranges", "[7]", "no [offset, length]");
    refused("ranges", "[[0,64,1]]", "no [offset, length]");
    refused("ranges", "[[0,0]]", "no [offset, length]");
    refused("ranges", "[[-8,16]]", "no [offset, length]");
    refused("ranges", "[[0,\"64\"]]", "no [offset, length]");
    refused("ranges", "[[0,64],[32,64]]", "overlap or are out of order");
    refused("ranges", "[[64,64],[0,32]]", "overlap or are out of order");
    refused("ranges", "[[0,2000]]", "outside its file");
    refused("ranges", far_offset, "outside its file");
    refused("ranges", "[[0,8]]", "its ranges are 8 bytes, its bytes are not");
    refused("ranges", "[]", "its ranges are 0 bytes, its bytes are not");
    refused("packing", NULL, "its packing is neither");
    refused("packing", "\"lzma\"", "its packing is neither");
    refused("bytes", NULL, "no bytes");
    refused("bytes", "[]", "no bytes");
    refused("bytes", "\"\"", "");
    refused("bytes", "\"AAA\"", "no base64");
    refused("bytes", "\"????\"", "no base64");
    refused("bytes", "\"AAAA\"", "");
}

static void too_much_is_refused(void **state) {
    (void)state;
    struct bp_str ranges = BP_STR_EMPTY;
    for (int i = 0; i < 1000000; i++) {
        bp_str_addf(&ranges, "%s[%d,1]", i ? "," : "[", 2 * i);
    }
    bp_str_add(&ranges, "]");
    cJSON *object = made_ghost();
    cJSON_ReplaceItemInObjectCaseSensitive(object, "size", cJSON_CreateNumber(4000000));
    cJSON_ReplaceItemInObjectCaseSensitive(object, "ranges",
                                           bp_json_parse(ranges.data, ranges.length, NULL));
    expect_refusal(object, "more than 16384 ranges");
    cJSON_ReplaceItemInObjectCaseSensitive(object, "ranges",
                                           bp_json_parse("[[0,3000000]]", 13, NULL));
    expect_refusal(object, "at most");
    cJSON_Delete(object);
    bp_str_free(&ranges);
}

/* A zlib stream of a million zeros is a thousand bytes: only what the ranges say is unpacked. */
static void a_bomb_is_not_unpacked(void **state) {
    (void)state;
    struct bp_ghost bomb = {.size = 200000, .bytes = bp_alloc(200000)};
    struct bp_byte_range range = {0, 200000, bomb.bytes};
    bomb.ranges = (struct bp_byte_ranges){.items = &range, .count = 1, .holds = true};
    cJSON *object = cJSON_CreateObject();
    bp_ghost_put(&bomb, object);
    cJSON_ReplaceItemInObjectCaseSensitive(object, "ranges", bp_json_parse("[[0,64]]", 8, NULL));
    expect_refusal(object, "its ranges are 64 bytes, its bytes are not");
    cJSON_Delete(object);
    free(bomb.bytes);
}

/* --- in a snapshot --- */

/* A snapshot with one native library /made.so, whose facts are old, and its ghost. */
static cJSON *made_snapshot(void) {
    cJSON *snapshot = cJSON_CreateObject();
    cJSON *library = cJSON_CreateObject();
    cJSON *ghost = made_ghost();
    bp_json_set_text(library, "format", "elf");
    bp_json_set_text(library, "machine", "old");
    bp_json_set_text(library, "error", "old");
    bp_json_set_text(library, "name", "made.so");
    bp_json_set_text(library, "path", "/made.so");
    bp_json_set_text(ghost, "path", "/made.so");
    bp_json_put(snapshot, "/bitsandbytes/native_libraries/-", library);
    bp_json_put(snapshot, "/libraries/candidates/made.so/-", cJSON_Duplicate(library, true));
    bp_json_put(snapshot, "/ghosts", cJSON_CreateArray());
    bp_json_put(snapshot, "/ghosts/-", ghost);
    return snapshot;
}

static void facts_are_read_again(void **state) {
    (void)state;
    static const char *const places[] = {"/bitsandbytes/native_libraries/0",
                                         "/libraries/candidates/made.so/0"};
    cJSON *snapshot = made_snapshot();
    assert_int_equal(bp_ghosts_apply(snapshot, NULL), 0);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const cJSON *library = bp_json_at(snapshot, places[i]);
        assert_string_equal(bp_json_text(library, "machine"), "x86_64");
        assert_string_equal(bp_json_text(library, "name"), "made.so");
        assert_null(bp_json_get(library, "error"));
        assert_int_equal(cJSON_GetArraySize(bp_json_get(library, "needed")) > 0, 1);
    }
    cJSON_Delete(snapshot);
}

/* A ghost that lacks what a reader looks at leaves the facts that there are. */
static void a_ghost_of_too_little_changes_nothing(void **state) {
    (void)state;
    cJSON *snapshot = made_snapshot();
    cJSON *ghost = cJSON_GetArrayItem(cJSON_GetObjectItem(snapshot, "ghosts"), 0);
    cJSON_ReplaceItemInObjectCaseSensitive(ghost, "ranges", bp_json_parse("[[0,3]]", 7, NULL));
    cJSON_ReplaceItemInObjectCaseSensitive(ghost, "packing", cJSON_CreateString("none"));
    cJSON_ReplaceItemInObjectCaseSensitive(ghost, "bytes", cJSON_CreateString("f0VM"));
    cJSON *before = cJSON_Duplicate(snapshot, true);
    assert_int_equal(bp_ghosts_apply(snapshot, NULL), 0);
    assert_true(cJSON_Compare(before, snapshot, true));
    cJSON_Delete(before);
    cJSON_Delete(snapshot);
}

static void a_snapshot_with_a_damaged_ghost_is_refused(void **state) {
    (void)state;
    cJSON *snapshot = made_snapshot();
    struct bp_err err = {0};
    cJSON *ghosts = cJSON_GetObjectItem(snapshot, "ghosts");
    cJSON_AddItemToArray(ghosts, cJSON_Duplicate(cJSON_GetArrayItem(ghosts, 0), true));
    assert_int_equal(bp_ghosts_apply(snapshot, &err), -1);
    assert_non_null(strstr(bp_err_text(&err), "two ghosts of /made.so"));
    bp_err_clear(&err);
    cJSON_ReplaceItemInObjectCaseSensitive(cJSON_GetArrayItem(ghosts, 1), "bytes",
                                           cJSON_CreateString("?"));
    assert_int_equal(bp_ghosts_apply(snapshot, &err), -1);
    assert_non_null(strstr(bp_err_text(&err), "the ghost of /made.so: no base64"));
    bp_err_clear(&err);
    cJSON_Delete(snapshot);
}

int main(void) {
    bp_memory_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_follows_its_description),
        cmocka_unit_test(base64_is_refused_where_it_is_none),
        cmocka_unit_test(a_view_notes_what_is_read),
        cmocka_unit_test(notes_come_in_any_order),
        cmocka_unit_test(bytes_that_are_not_held_are_missed),
        cmocka_unit_test(a_ghost_says_what_its_damaged_file_says),
        cmocka_unit_test(a_whole_ghost_is_read),
        cmocka_unit_test(damaged_ghosts_are_refused),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(a_bomb_is_not_unpacked),
        cmocka_unit_test(facts_are_read_again),
        cmocka_unit_test(a_ghost_of_too_little_changes_nothing),
        cmocka_unit_test(a_snapshot_with_a_damaged_ghost_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
