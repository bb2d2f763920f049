/* What is known of each release, and which wheel pip would take. */
#include <time.h>

#include "checks/loader/era.h"
#include "checks/releases.h"
#include "base/version.h"
#include "tests/unit/loader_snapshot.h"

static struct bp_releases *releases;

static int set_up(void **state) {
    (void)state;
    releases = bp_releases_builtin();
    return releases ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    bp_releases_free(releases);
    return 0;
}

/* Newest first, each once, from 0.35.0 on, with a wheel and libraries. */
static void test_order(void **state) {
    (void)state;
    size_t count = bp_releases_count(releases);
    assert_true(count >= 56);
    assert_string_equal(bp_release_at(releases, count - 1).version, "0.35.0");
    for (size_t i = 0; i < count; i++) {
        struct bp_release release = bp_release_at(releases, i);
        int order = 1;
        assert_true(bp_version_valid(release.version));
        assert_non_null(release.date);
        assert_non_null(release.markers);
        assert_true(cJSON_GetArraySize(release.wheels) > 0);
        if (i + 1 < count) {
            assert_true(bp_version_compare(release.version, bp_release_at(releases, i + 1).version,
                                           &order));
        }
        assert_true(order > 0);
    }
}

/* A snapshot with nothing but that release's package. */
static cJSON *snapshot_of(const char *version, const char *platform) {
    cJSON *snapshot = document_of("{'host':{'os':'linux','machine':'x86_64'}}");
    cJSON *package = bp_release_package(releases, version, platform, "/site/bitsandbytes");
    assert_non_null(package);
    cJSON_AddItemToObject(snapshot, "bitsandbytes", package);
    return snapshot;
}

/* The eras in the C table, against what scripts/releases found in each release's own code. */
static void test_eras(void **state) {
    (void)state;
    for (size_t i = 0; i < bp_releases_count(releases); i++) {
        struct bp_release release = bp_release_at(releases, i);
        cJSON *snapshot = snapshot_of(release.version, release.wheels->child->string);
        struct bp_machine machine = bp_machine_of(snapshot);
        struct bp_era_found found = bp_era_find(&machine);
        if (!found.era || !bp_equal(found.era->id, release.era)) {
            fail_msg("%s: the wheel's code is of era %s, the table says %s", release.version,
                     release.era, found.era ? found.era->id : "none");
        }
        if (strstr(found.because, "development") || strstr(found.because, "not that release")) {
            fail_msg("%s: its own files do not bear the era out: %s", release.version,
                     found.because);
        }
        free(found.because);
        cJSON_Delete(snapshot);
    }
}

static const cJSON *library_named(const cJSON *package, const char *name) {
    const cJSON *library;
    cJSON_ArrayForEach(library, bp_json_get(package, "native_libraries")) {
        if (bp_equal(bp_json_text(library, "name"), name)) {
            return library;
        }
    }
    fail_msg("no %s", name);
    return NULL;
}

static bool has_code(const cJSON *library, const char *kind, const char *target) {
    const cJSON *code;
    cJSON_ArrayForEach(code, bp_json_get(library, "gpu_code")) {
        if (bp_equal(bp_json_text(code, "kind"), kind) &&
            bp_equal(bp_json_text(code, "target"), target)) {
            return true;
        }
    }
    return false;
}

/* Figures that readelf and cuobjdump give for the file in the wheel. */
static void test_package(void **state) {
    (void)state;
    cJSON *package =
        bp_release_package(releases, "0.45.5", "manylinux_2_24_x86_64", "/site/bitsandbytes");
    const cJSON *library = library_named(package, "libbitsandbytes_cuda126.so");
    assert_true(bp_json_is_true(package, "installed"));
    assert_string_equal(bp_json_text_at(package, "/wheel_tags/0"),
                        "py3-none-manylinux_2_24_x86_64");
    assert_true(bp_json_is_true(bp_json_get(package, "markers"), "cuda_specs"));
    assert_false(bp_json_is_true(bp_json_get(package, "markers"), "ops"));
    assert_string_equal(bp_json_text(library, "path"),
                        "/site/bitsandbytes/libbitsandbytes_cuda126.so");
    assert_string_equal(bp_json_text(library, "format"), "elf");
    assert_string_equal(bp_json_text(library, "soname"), "libbitsandbytes_cuda126.so");
    assert_string_equal(bp_json_text_at(library, "/needed/0"), "libcudart.so.12");
    assert_string_equal(bp_json_text_at(library, "/requires/GLIBC"), "2.34");
    assert_true(bp_json_is_true(bp_json_get(library, "symbols"), "cint8_vector_quant"));
    assert_false(bp_json_is_true(bp_json_get(library, "symbols"), "cgemm_4bit_fp16"));
    assert_true(cJSON_IsFalse(bp_json_at(library, "/symbols/cgemm_4bit_fp16")));
    assert_true(has_code(library, "cubin", "sm_90"));
    assert_true(has_code(library, "ptx", "compute_90"));
    assert_false(has_code(library, "cubin", "sm_100"));
    cJSON_Delete(package);
}

static void test_package_without_folder(void **state) {
    (void)state;
    cJSON *package = bp_release_package(releases, "0.50.2", "win_amd64", NULL);
    assert_null(bp_json_get(package, "path"));
    assert_null(bp_json_text(library_named(package, "libbitsandbytes_cpu.dll"), "path"));
    cJSON_Delete(package);
    assert_null(bp_release_package(releases, "0.50.2", "win32", NULL));
    assert_null(bp_release_package(releases, "0.50.2", NULL, NULL));
    assert_null(bp_release_package(releases, "0.34.0", "any", NULL));
    assert_null(bp_release_package(releases, "nonsense", "any", NULL));
}

/* Every library of every wheel can be laid out, and says what it is and what it needs. */
static void test_all_packages(void **state) {
    (void)state;
    for (size_t i = 0; i < bp_releases_count(releases); i++) {
        struct bp_release release = bp_release_at(releases, i);
        const cJSON *wheel;
        cJSON_ArrayForEach(wheel, release.wheels) {
            cJSON *package = bp_release_package(releases, release.version, wheel->string, NULL);
            const cJSON *libraries = bp_json_get(package, "native_libraries");
            const cJSON *library;
            assert_int_equal(cJSON_GetArraySize(libraries), cJSON_GetArraySize(wheel));
            cJSON_ArrayForEach(library, libraries) {
                assert_non_null(bp_json_text(library, "name"));
                assert_non_null(bp_json_text(library, "format"));
                assert_non_null(bp_json_text(library, "machine"));
                assert_true(cJSON_IsArray(bp_json_get(library, "needed")));
                assert_true(cJSON_IsArray(bp_json_get(library, "gpu_code")));
                assert_true(cJSON_IsObject(bp_json_get(library, "symbols")));
            }
            cJSON_Delete(package);
        }
    }
}

/* A machine in words: "linux x86_64 glibc 2.36 3.11.4"; "-" is a fact that is not known. */
static struct bp_wheel_machine machine_of(struct bp_strs *words) {
    const char *fact[6];
    for (size_t i = 0; i < 6; i++) {
        fact[i] = i < words->count && !bp_equal(words->items[i], "-") ? words->items[i] : NULL;
    }
    bool macos = bp_equal(fact[0], "macos");
    return (struct bp_wheel_machine){
        .os = fact[0],
        .machine = fact[1],
        .libc = fact[2],
        .libc_version = macos ? NULL : fact[3],
        .os_version = macos ? fact[3] : NULL,
        .python = fact[4],
        .pip = fact[5],
    };
}

#define TODAY "linux x86_64 glibc 2.36 3.11.4"

/* The tags are those of the wheels on the index; what they mean is said in PEP 425, 600, 656. */
static void test_wheels(void **state) {
    (void)state;
    static const struct {
        const char *version;
        const char *machine;
        const char *platform; /* NULL: none */
        const char *reason;   /* a part of it; NULL: taken */
    } cases[] = {
        {"0.50.2", TODAY, "manylinux_2_24_x86_64", NULL},
        {"0.50.2", "linux x86_64 glibc 2.24 3.10.0", "manylinux_2_24_x86_64", NULL},
        {"0.50.2", "linux amd64 glibc 2.36 3.14.0", "manylinux_2_24_x86_64", NULL},
        {"0.50.2", "linux x86_64 glibc 2.17 3.11.4", NULL, "needs glibc 2.24, and this is 2.17"},
        {"0.50.2", "linux x86_64 glibc 2.9 3.11.4", NULL, "needs glibc 2.24, and this is 2.9"},
        {"0.50.2", "linux x86_64 musl 1.2.4 3.11.4", NULL, "needs glibc, and the C library"},
        {"0.50.2", "linux x86_64 glibc - 3.11.4", NULL, "version of glibc is not known"},
        {"0.50.2", "linux x86_64 - - 3.11.4", NULL, "which C library this machine has"},
        {"0.50.2", "linux x86_64 glibc 2.36 3.9.2", NULL, "needs Python >=3.10, and this is 3.9.2"},
        {"0.50.2", "linux x86_64 glibc 2.36 -", NULL, "version of Python is not known"},
        {"0.50.2", "linux x86_64 glibc 2.36 3.11.4 20.2.4", NULL, "recognised by pip 20.3"},
        {"0.50.2", "linux x86_64 glibc 2.36 3.11.4 20.3", "manylinux_2_24_x86_64", NULL},
        {"0.50.2", "linux i686 glibc 2.36 3.11.4", NULL,
         "no wheel for Linux on i686, as no release has"},
        {"0.50.2", "linux ppc64le glibc 2.36 3.11.4", NULL, "no wheel for Linux on ppc64le"},
        {"0.50.2", "linux aarch64 glibc 2.36 3.11.4", "manylinux_2_24_aarch64", NULL},
        {"0.46.0", "linux aarch64 glibc 2.36 3.11.4", "manylinux_2_24_aarch64", NULL},
        {"0.45.5", "linux aarch64 glibc 2.36 3.11.4", NULL, "first release with one is 0.46.0"},
        {"0.43.0", "linux aarch64 glibc 2.36 3.11.4", NULL, "first release with one is 0.46.0"},
        {"0.42.0", "linux aarch64 glibc 2.17 3.8.1", "any", NULL},
        {"0.42.0", "linux x86_64 musl 1.2.4 3.11.4", "any", NULL},
        {"0.42.0", "- - - - -", "any", NULL},
        {"0.48.2", "linux x86_64 glibc 2.36 3.9.2", "manylinux_2_24_x86_64", NULL},
        {"0.45.5", "linux x86_64 glibc 2.36 3.8.10", "manylinux_2_24_x86_64", NULL},
        {"0.46.0", "linux x86_64 glibc 2.36 3.8.10", NULL, "needs Python >=3.9"},
        {"0.50.2", "windows AMD64 - - 3.11.4", "win_amd64", NULL},
        {"0.50.2", "windows x86_64 - - 3.11.4", "win_amd64", NULL},
        {"0.50.2", "windows i686 - - 3.11.4", NULL, "no wheel for Windows on i686"},
        {"0.50.0", "windows arm64 - - 3.11.4", "win_arm64", NULL},
        {"0.49.2", "windows aarch64 - - 3.11.4", NULL, "first release with one is 0.50.0"},
        {"0.42.0", "windows x86_64 - - 3.11.4", "any", NULL},
        {"0.49.2", "macos arm64 - 14.0 3.11.4", "macosx_14_0_arm64", NULL},
        {"0.49.2", "macos arm64 - 15.2 3.11.4", "macosx_14_0_arm64", NULL},
        {"0.49.2", "macos arm64 - 13.6 3.11.4", NULL, "needs macOS 14.0, and this is 13.6"},
        {"0.49.2", "macos arm64 - - 3.11.4", NULL, "version of macOS is not known"},
        {"0.49.2", "macos x86_64 - 14.0 3.11.4", NULL, "as no release has"},
        {"0.48.2", "macos arm64 - 14.0 3.11.4", NULL, "first release with one is 0.49.0"},
        {"0.50.2", "- x86_64 - - 3.11.4", NULL, "operating system is not known"},
        {"0.50.2", "linux - glibc 2.36 3.11.4", NULL, "what machine"},
        {"9.9.9", TODAY, NULL, "no release that is known here"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bp_strs words = {0};
        bp_strs_split(&words, cases[i].machine, ' ', false);
        struct bp_wheel_machine machine = machine_of(&words);
        struct bp_wheel_choice choice = bp_release_for(releases, cases[i].version, &machine);
        bool as_expected = bp_equal(choice.platform, cases[i].platform) ||
                           (!choice.platform && !cases[i].platform);
        bool reasoned = cases[i].reason ? choice.reason && strstr(choice.reason, cases[i].reason)
                                        : !choice.reason;
        if (!as_expected || !reasoned || (choice.state == BP_WHEEL_TAKEN) != !cases[i].reason) {
            fail_msg("%s on %s: state %d, %s, because %s", cases[i].version, cases[i].machine,
                     (int)choice.state, choice.platform ? choice.platform : "none",
                     choice.reason ? choice.reason : "-");
        }
        free(choice.reason);
        bp_strs_free(&words);
    }
}

/* What `pip install bitsandbytes` takes: falls back to 0.42.0 where no tag fits. */
static void test_newest(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {TODAY, "0.50.2"},
        {"linux x86_64 glibc 2.36 3.9.2", "0.48.2"},
        {"linux x86_64 glibc 2.36 3.8.10", "0.45.5"},
        {"linux x86_64 glibc 2.17 3.11.4", "0.42.0"},
        {"linux x86_64 musl 1.2 3.11.4", "0.42.0"},
        {"linux aarch64 glibc 2.36 3.8.10", "0.42.0"},
        {"windows x86_64 - - 3.9.1", "0.48.2"},
        {"macos x86_64 - 14.0 3.11.4", "0.42.0"},
    };
    struct bp_release newest = bp_release_at(releases, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bp_strs words = {0};
        struct bp_release release = {0};
        bp_strs_split(&words, cases[i][0], ' ', false);
        struct bp_wheel_machine machine = machine_of(&words);
        struct bp_wheel_choice choice = bp_release_newest_for(releases, &machine, &release);
        const char *expected = i == 0 ? newest.version : cases[i][1];
        assert_int_equal(choice.state, BP_WHEEL_TAKEN);
        if (!bp_equal(release.version, expected)) {
            fail_msg("on %s: %s, expected %s", cases[i][0], release.version, expected);
        }
        free(choice.reason);
        bp_strs_free(&words);
    }
}

/* Yanked releases are passed over; a file of another kind is refused. */
static void test_made_files(void **state) {
    (void)state;
    static const char text[] =
        "{\"schema\":\"bnb-probe-releases/1\",\"symbols\":[],\"tables\":{},\"libraries\":[],"
        "\"releases\":[{\"version\":\"2.0\",\"yanked\":\"broken\",\"wheels\":{\"any\":[7,null]}},"
        "{\"version\":\"1.0\",\"yanked\":false,\"wheels\":"
        "{\"manylinux_2_28_x86_64.manylinux2014_x86_64\":[]}}]}";
    struct bp_err err = {0};
    struct bp_releases *made = bp_releases_parse(text, sizeof text - 1, &err);
    struct bp_wheel_machine machine = {.os = "linux",
                                       .machine = "x86_64",
                                       .libc = "glibc",
                                       .libc_version = "2.17",
                                       .python = "3.11"};
    struct bp_release release = {0};
    assert_non_null(made);
    struct bp_wheel_choice choice = bp_release_newest_for(made, &machine, &release);
    assert_int_equal(choice.state, BP_WHEEL_TAKEN);
    assert_string_equal(release.version, "1.0");
    cJSON *package = bp_release_package(made, "2", "any", NULL);
    assert_int_equal(cJSON_GetArraySize(bp_json_get(package, "native_libraries")), 0);
    cJSON_Delete(package);
    bp_releases_free(made);
    assert_null(bp_releases_parse("{}", 2, &err));
    assert_non_null(strstr(bp_err_text(&err), "bnb-probe-releases/1"));
    bp_err_clear(&err);
}

/* Parsing must stay cheap: a run that asks of other releases pays it once. */
static void test_cost(void **state) {
    (void)state;
    double best = 1000;
    for (int i = 0; i < 5; i++) {
        struct timespec start;
        struct timespec end;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
        bp_releases_free(bp_releases_builtin());
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        double ms =
            (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6;
        best = ms < best ? ms : best;
    }
    print_message("parsing the releases: %.2f ms\n", best);
    assert_true(best < 50); /* under the sanitizers; a release build takes about a millisecond */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),        cmocka_unit_test(test_eras),
        cmocka_unit_test(test_package),      cmocka_unit_test(test_package_without_folder),
        cmocka_unit_test(test_all_packages), cmocka_unit_test(test_wheels),
        cmocka_unit_test(test_newest),       cmocka_unit_test(test_made_files),
        cmocka_unit_test(test_cost),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
