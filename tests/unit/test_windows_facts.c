/* The small rules by which a Windows machine's facts are read. */
#include "tests/unit/cmocka_all.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/utf16.h"
#include "probe/binary/binary.h"
#include "probe/binary/pe_version.h"
#include "probe/library_names.h"
#include "probe/python.h"
#include "probe/windows/cuda_driver_version.h"
#include "probe/windows/display.h"
#include "probe/windows/drive.h"
#include "probe/windows/native_paths.h"
#include "probe/windows/pythons.h"
#include "probe/windows/registered_pythons.h"
#include "tests/unit/made_pe.h"
#include "tests/unit/mutate.h"

static void assert_owned(const char *expected, char *text) {
    if (expected) {
        assert_string_equal(expected, text);
    } else {
        assert_null(text);
    }
    free(text);
}

/* --- paths --- */

static void test_paths_on_a_drive(void **state) {
    (void)state;
    assert_owned("C:/Users/Ada/x", bp_path_normal("C:/Users/Ada", "x"));
    assert_owned("C:/Python311", bp_path_normal("C:/", "C:\\Python311\\"));
    assert_owned("D:/a/c", bp_path_normal("C:/x", "D:\\a\\.\\b\\..\\c"));
    assert_owned("C:/top", bp_path_normal("C:/x/y", "\\top"));
    assert_owned("C:/", bp_path_normal("C:/x", "..\\..\\.."));
    assert_owned("/a/b\\c", bp_path_normal("/a", "b\\c")); /* a letter of a name elsewhere */
    assert_true(bp_path_inside("c:/program files/x", "C:/Program Files"));
    assert_false(bp_path_inside("C:/Program Files (x86)", "C:/Program Files"));
    assert_false(bp_path_inside("/Home/x", "/home"));
    assert_owned("C:/", bp_dir_name("C:/x"));
    assert_owned("C:/x", bp_dir_name("C:/x/y"));
    assert_owned("c:/users/Ada", bp_drive_home_of("c:/users/Ada/venv/python.exe"));
    assert_owned(NULL, bp_drive_home_of("C:/Windows"));
}

static void test_lists_of_folders(void **state) {
    (void)state;
    struct bp_strs folders = {0};
    bp_drive_list(
        "C:\\Windows\\system32;;\"C:\\Program Files\\Git\\cmd\";bin;.;c:\\WINDOWS\\System32\\"
        ";D:\\tools\\",
        &folders);
    assert_int_equal(3, folders.count);
    assert_string_equal("C:/Windows/system32", folders.items[0]);
    assert_string_equal("C:/Program Files/Git/cmd", folders.items[1]);
    assert_string_equal("D:/tools", folders.items[2]);
    bp_strs_free(&folders);
}

static void test_native_paths(void **state) {
    (void)state;
    cJSON *document = cJSON_Parse("{\"a\":[\"C:/x/y\",\"/opt/x\",\"12.4/x\"],\"b\":{\"c\":\"d:/\"},"
                                  "\"url\":\"https://x/y\"}");
    bp_native_paths(document);
    assert_string_equal("C:\\x\\y", bp_json_text_at(document, "/a/0"));
    assert_string_equal("/opt/x", bp_json_text_at(document, "/a/1"));
    assert_string_equal("12.4/x", bp_json_text_at(document, "/a/2"));
    assert_string_equal("d:\\", bp_json_text_at(document, "/b/c"));
    assert_string_equal("https://x/y", bp_json_text_at(document, "/url"));
    cJSON_Delete(document);
}

/* --- text and version resources --- */

static void test_utf16(void **state) {
    (void)state;
    static const uint8_t text[] = {'a',  0,    0xe9, 0,    0xac, 0x20, 0x3d, 0xd8,
                                   0x00, 0xde, 0x3d, 0xd8, 'b',  0,    0,    0xdc};
    /* a, e with acute, the euro sign, a face of two units, half a pair, b, the other half */
    assert_owned("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd"
                 "b\xef\xbf\xbd",
                 bp_utf8_of_utf16le(text, sizeof text / 2));
    assert_owned("", bp_utf8_of_utf16le(text, 0));
}

enum { RESOURCES = 0x200, BLOCKS = 0x258 }; /* in .rdata, over what these tests do not read */

/* Appends a block: its key, its value, and room for its length, which is returned. */
static size_t begin_block(struct made_pe *made, size_t *at, const char *key, unsigned value_length,
                          bool text) {
    size_t start = *at;
    made_pe_put(made, start + 2, value_length, 2);
    made_pe_put(made, start + 4, text, 2);
    *at = start + 6;
    for (size_t i = 0; i <= strlen(key); i++) {
        made_pe_put(made, *at, (unsigned char)key[i], 2);
        *at += 2;
    }
    *at = (*at + 3) & ~(size_t)3;
    return start;
}

static void end_block(struct made_pe *made, size_t start, size_t end) {
    made_pe_put(made, start, end - start, 2);
}

/* A version resource as a compiler writes it: 32.0.15.6094, ProductName "CUDA". */
static struct made_pe with_version(void) {
    struct made_pe made = {.bits = 64, .machine = 0x8664};
    made_pe_make(&made);
    for (unsigned level = 0; level < 3; level++) {
        static const unsigned ids[] = {16, 1, 1033};
        size_t at = RESOURCES + 24 * level;
        made_pe_put(&made, MADE_PE_READ_ONLY + at + 12, 0, 4);
        made_pe_put(&made, MADE_PE_READ_ONLY + at + 14, 1, 2);
        made_pe_data(&made, at + 16, ids[level]);
        made_pe_data(&made, at + 20, (24 * (level + 1)) | (level < 2 ? 0x80000000u : 0));
    }
    size_t at = MADE_PE_READ_ONLY + BLOCKS;
    size_t root = begin_block(&made, &at, "VS_VERSION_INFO", 52, false);
    made_pe_put(&made, at, 0xfeef04bdu, 4);
    made_pe_put(&made, at + 8, 32u << 16, 4);
    made_pe_put(&made, at + 12, 15u << 16 | 6094, 4);
    at += 52;
    size_t info = begin_block(&made, &at, "StringFileInfo", 0, true);
    size_t table = begin_block(&made, &at, "040904b0", 0, true);
    size_t name = begin_block(&made, &at, "ProductName", 5, true);
    for (size_t i = 0; i < 5; i++) {
        made_pe_put(&made, at + 2 * i, (unsigned char)"CUDA"[i], 2);
    }
    at += 10;
    end_block(&made, name, at);
    end_block(&made, table, at);
    end_block(&made, info, at);
    end_block(&made, root, at);
    made_pe_data(&made, RESOURCES + 72, MADE_PE_ADDRESS + BLOCKS);
    made_pe_data(&made, RESOURCES + 76, (uint32_t)(at - MADE_PE_READ_ONLY - BLOCKS));
    made_pe_put(&made, made_pe_directory(&made, 2), MADE_PE_ADDRESS + RESOURCES, 4);
    assert_true(at < MADE_PE_READ_ONLY + MADE_PE_READ_ONLY_SIZE);
    return made;
}

static cJSON *facts_of_bytes(const uint8_t *bytes, size_t size) {
    uint8_t *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    cJSON *facts = bp_binary_facts_of(bp_cursor_of(copy, size), NULL);
    free(copy);
    return facts;
}

static void test_version_resource(void **state) {
    (void)state;
    struct made_pe made = with_version();
    cJSON *facts = facts_of_bytes(made.bytes, sizeof made.bytes);
    assert_string_equal("32.0.15.6094", bp_json_text(facts, "file_version"));
    assert_string_equal("CUDA", bp_json_text(facts, "product"));
    cJSON_Delete(facts);
    struct made_pe plain = {.bits = 64, .machine = 0x8664};
    made_pe_make(&plain);
    facts = facts_of_bytes(plain.bytes, sizeof plain.bytes);
    assert_null(bp_json_get(facts, "file_version"));
    assert_null(bp_json_get(facts, "product"));
    cJSON_Delete(facts);
}

/* Windows loads a DLL whatever its version resource is like: damage in it is no error of the file.
 */
static void test_damaged_version_resource(void **state) {
    (void)state;
    struct made_pe made = with_version();
    made_pe_data(&made, RESOURCES + 72, 0x7fffffff);
    cJSON *facts = facts_of_bytes(made.bytes, sizeof made.bytes);
    assert_null(bp_json_get(facts, "file_version"));
    const char *error = bp_json_text(facts, "error");
    assert_true(!error || !strstr(error, "version"));
    cJSON_Delete(facts);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        made = with_version();
        mutate_and_read(made.bytes, sizeof made.bytes, 3000, seed, facts_of_bytes);
    }
}

static void test_driver_numbers(void **state) {
    (void)state;
    assert_owned("560.94", bp_nvidia_driver_version("32.0.15.6094"));
    assert_owned("391.35", bp_nvidia_driver_version("23.21.13.9135"));
    assert_owned("500.05", bp_nvidia_driver_version("30.0.15.5")); /* zeros are not written */
    assert_owned(NULL, bp_nvidia_driver_version("32.0.15"));
    assert_owned(NULL, bp_nvidia_driver_version("10.0.0.x"));
    assert_owned(NULL, bp_nvidia_driver_version(NULL));
}

/* --- names of DLLs --- */

static void test_families(void **state) {
    (void)state;
    static const struct {
        const char *file;
        const char *family;
    } table[] = {
        {"cudart64_110.dll", "cudart"},     {"cudart64_12.dll", "cudart"},
        {"cublas64_12.dll", "cublas"},      {"cublasLt64_12.dll", "cublasLt"},
        {"CUBLASLT64_12.DLL", "cublasLt"},  {"cusparse64_12.dll", "cusparse"},
        {"nvrtc64_120_0.dll", "nvrtc"},     {"nvJitLink_120_0.dll", "nvJitLink"},
        {"curand64_10.dll", "curand"},      {"amdhip64_6.dll", "amdhip64"},
        {"amdhip64.dll", "amdhip64"},       {"libhipblaslt.dll", "hipblaslt"},
        {"hipblas.dll", "hipblas"},         {"rocblas.dll", "rocblas"},
        {"nvrtc-builtins64_124.dll", NULL}, {"cudnn64_8.dll", NULL},
        {"cudart64_12.dll.bak", NULL},      {"torch_cuda.dll", NULL},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *family = bp_library_family(table[i].file);
        if (table[i].family ? !bp_equal(family, table[i].family) : family != NULL) {
            fail_msg("%s: %s", table[i].file, family ? family : "none");
        }
    }
    assert_owned("12.4.127",
                 bp_library_dll_version("NVIDIA CUDA 12.4.127 Runtime", "6.14.11.12040"));
    assert_owned("14.44.35211.0", bp_library_dll_version("Visual Studio", "14.44.35211.0"));
    assert_owned(NULL, bp_library_dll_version(NULL, NULL));
}

/* --- devices --- */

static void test_display_device(void **state) {
    (void)state;
    struct bp_display_device device = {
        .hardware_id = bp_strdup("PCI\\VEN_10DE&DEV_2684&SUBSYS_16F410DE&REV_A1"),
        .name = bp_strdup("NVIDIA GeForce RTX 4090"),
        .service = bp_strdup("nvlddmkm"),
        .driver_version = bp_strdup("32.0.15.6094"),
        .bus = 65,
        .slot = 0,
        .function = 0,
    };
    cJSON *entry = bp_windows_pci_entry(&device);
    assert_string_equal("0000:41:00.0", bp_json_text(entry, "address"));
    assert_string_equal("0x10de", bp_json_text(entry, "vendor"));
    assert_string_equal("0x2684", bp_json_text(entry, "device"));
    assert_string_equal("0x10de", bp_json_text(entry, "subsystem_vendor"));
    assert_string_equal("0x16f4", bp_json_text(entry, "subsystem_device"));
    assert_string_equal("nvlddmkm", bp_json_text(entry, "driver"));
    cJSON_Delete(entry);
    free(device.hardware_id);
    device.hardware_id = bp_strdup("ROOT\\BasicDisplay"); /* a remote desktop's: on no bus */
    assert_null(bp_windows_pci_entry(&device));
    free(device.hardware_id);
    free(device.name);
    free(device.service);
    free(device.driver_version);
}

/* --- which Python --- */

static void test_store_family(void **state) {
    (void)state;
    assert_owned("PythonSoftwareFoundation.Python.3.11_qbz5n2kfra8p0",
                 bp_windows_python_store_family(
                     "C:/Program Files/WindowsApps/"
                     "PythonSoftwareFoundation.Python.3.11_3.11.2544.0_x64__qbz5n2kfra8p0"));
    assert_owned("PythonSoftwareFoundation.Python.3.12_qbz5n2kfra8p0",
                 bp_windows_python_store_family(
                     "PythonSoftwareFoundation.Python.3.12_qbz5n2kfra8p0/python.exe"));
    assert_owned(NULL, bp_windows_python_store_family("C:/Python311"));
}

/* What `py` starts, without and with PY_PYTHON. */
static void test_launcher(void **state) {
    (void)state;
    char core[] = "PythonCore";
    char conda[] = "ContinuumAnalytics";
    char tags[][12] = {"3.9", "3.12", "3.11-32", "3.13"};
    struct bp_registered_python items[] = {{core, tags[0], NULL},
                                           {core, tags[1], NULL},
                                           {core, tags[2], NULL},
                                           {conda, tags[3], NULL}};
    struct bp_registered_pythons list = {items, 4};
    struct bp_root root = {.fd = -1, .live = true, .drive = 'C'};
    struct bp_probe probe = {.root = &root};
    static const struct {
        const char *setting;
        const char *tag;
    } table[] = {{NULL, "3.12"}, {"3", "3.12"}, {"3.9", "3.9"}, {"3.11", "3.11-32"}, {"2", NULL}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *because = NULL;
        table[i].setting ? setenv("PY_PYTHON", table[i].setting, 1) : unsetenv("PY_PYTHON");
        const struct bp_registered_python *found =
            bp_registered_pythons_default(&list, &probe, &because);
        if (table[i].tag ? !found || strcmp(found->tag, table[i].tag) != 0 : found != NULL) {
            fail_msg("%s: %s", table[i].setting ? table[i].setting : "unset",
                     found ? found->tag : "none");
        }
        assert_int_equal(found != NULL, because != NULL);
        free(because);
    }
    unsetenv("PY_PYTHON");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths_on_a_drive), cmocka_unit_test(test_lists_of_folders),
        cmocka_unit_test(test_native_paths),     cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_version_resource), cmocka_unit_test(test_damaged_version_resource),
        cmocka_unit_test(test_driver_numbers),   cmocka_unit_test(test_families),
        cmocka_unit_test(test_display_device),   cmocka_unit_test(test_store_family),
        cmocka_unit_test(test_launcher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
