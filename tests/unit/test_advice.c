/*
 * Advice: what it says for machines whose trouble is known, that it says nothing where all is
 * well, and that whatever it says turns the outcome good when it is done.
 */
#include "tests/unit/loader_snapshot.h"

#include "checks/advice.h"
#include "checks/assume.h"
#include "checks/catalogue.h"
#include "checks/check.h"
#include "checks/releases.h"

static int make_releases(void **state) {
    *state = bp_releases_builtin();
    return *state ? 0 : -1;
}

static int free_releases(void **state) {
    bp_releases_free(*state);
    return 0;
}

static void assume(cJSON *snapshot, const char *words, const struct bp_releases *releases) {
    struct bp_strs list = {0};
    struct bp_err err = {0};
    bp_strs_split(&list, words, ' ', false);
    if (bp_assume(snapshot, &list, releases, &err) != 0) {
        fail_msg("%s: %s", words, bp_err_text(&err));
    }
    bp_strs_free(&list);
}

/* A machine with glibc 2.36 and Python 3.12, and on top of it what `words` assume. */
static cJSON *machine_of(const char *words, const struct bp_releases *releases) {
    cJSON *snapshot = machine_with(NULL, TORCH_CPU, DRIVER_NONE, "");
    put_json(snapshot, "/bitsandbytes/installed", "false");
    put_json(snapshot, "/python/interpreters/0/version", "'3.12.4'");
    put_json(snapshot, "/python/interpreters/0/executable", "'/v/bin/python'");
    put_json(snapshot, "/hardware", "{'pci':[]}");
    put_json(snapshot, "/cuda/libraries", "[]");
    put_json(snapshot, "/libraries",
             "{'search':{'ld_library_path':[],'default_folders':['/usr/lib']},'candidates':{"
             "'libstdc++.so.6':[{'path':'/usr/lib/libstdc++.so.6','soname':'libstdc++.so.6',"
             "'found_from':'default','format':'elf','bits':64,'machine':'x86_64','needed':[],"
             "'provides':{'GLIBCXX':'3.4.30','CXXABI':'1.3.13'}}],"
             "'libgcc_s.so.1':[{'path':'/usr/lib/libgcc_s.so.1','soname':'libgcc_s.so.1',"
             "'found_from':'default','format':'elf','bits':64,'machine':'x86_64','needed':[],"
             "'provides':{'GCC':'12.0.0'}}],"
             "'libgomp.so.1':[{'path':'/usr/lib/libgomp.so.1','soname':'libgomp.so.1',"
             "'found_from':'default','format':'elf','bits':64,'machine':'x86_64','needed':[],"
             "'provides':{'GOMP':'5.0.1','OMP':'5.0.2'}}]}}");
    assume(snapshot, words, releases);
    return snapshot;
}

/* A machine, the verdict on it, and the advice. */
struct advised {
    cJSON *snapshot;
    cJSON *loader;
    cJSON *advice;
};

static struct advised advise(cJSON *snapshot, const struct bp_releases *releases) {
    struct advised advised = {.snapshot = snapshot, .loader = bp_loader_judge(snapshot)};
    advised.advice = bp_advice(snapshot, advised.loader, releases);
    return advised;
}

static void advised_free(struct advised *advised) {
    cJSON_Delete(advised->advice);
    cJSON_Delete(advised->loader);
    cJSON_Delete(advised->snapshot);
}

static void expect_outcome(const struct advised *advised, const char *outcome) {
    if (strcmp(shown(advised->loader, "outcome"), outcome) != 0) {
        fail_msg("%s: %s; expected %s", shown(advised->loader, "outcome"),
                 shown(advised->loader, "outcome_says"), outcome);
    }
}

/* Whether some step assumes all of `words`. */
static const cJSON *step_with(const struct advised *advised, const char *words) {
    struct bp_strs wanted = {0};
    const cJSON *found = NULL;
    const cJSON *step;
    bp_strs_split(&wanted, words, ' ', false);
    cJSON_ArrayForEach(step, bp_json_get(advised->advice, "steps")) {
        char *list = bp_json_print(bp_json_get(step, "assume"), false);
        bool all = true;
        for (size_t i = 0; i < wanted.count; i++) {
            char *word = bp_format("\"%s\"", wanted.items[i]);
            all = all && strstr(list, word);
            free(word);
        }
        found = all && !found ? step : found;
        free(list);
    }
    bp_strs_free(&wanted);
    return found;
}

static void expect_step(const struct advised *advised, const char *words, const char *command) {
    const cJSON *step = step_with(advised, words);
    if (!step || (command && !bp_equal(bp_json_text(step, "command"), command))) {
        char *steps = bp_json_print(bp_json_get(advised->advice, "steps"), true);
        fail_msg("no step with %s (%s) in %s", words, command ? command : "any command", steps);
    }
}

static void expect_steps(const struct advised *advised, int count) {
    assert_int_equal(cJSON_GetArraySize(bp_json_get(advised->advice, "steps")), count);
}

static const char *newest(const struct bp_releases *releases) {
    return bp_release_at(releases, 0).version;
}

/* --- all is well --- */

static void test_nothing_to_do_where_it_works(void **state) {
    struct advised advised = advise(
        machine_of("gpu=9.0 driver=580.65 torch=2.9.0+cu130 bitsandbytes=0.49.2", *state), *state);
    expect_outcome(&advised, "loads");
    expect_steps(&advised, 0);
    assert_string_equal(shown(advised.advice, "newest_working"), newest(*state));
    assert_non_null(strstr(shown(advised.advice, "newest_working_command"), newest(*state)));
    assert_string_equal(shown(advised.advice, "nothing_helps"), "-");
    advised_free(&advised);
    /* Without a GPU, the CPU library is as good as it gets. */
    advised = advise(machine_of("torch=2.9.0+cpu bitsandbytes=0.49.2", *state), *state);
    expect_outcome(&advised, "cpu-only");
    expect_steps(&advised, 0);
    assert_string_equal(shown(advised.advice, "newest_working_outcome"), "cpu-only");
    advised_free(&advised);
}

/* --- one change --- */

static void test_upgrade(void **state) {
    /* 0.45.5 has no file for CUDA 13 and loads the CPU's. */
    struct advised advised = advise(
        machine_of("gpu=9.0 driver=580.65 torch=2.9.0+cu130 bitsandbytes=0.45.5", *state), *state);
    expect_outcome(&advised, "loads-fallback");
    char *words = bp_format("bitsandbytes=%s", newest(*state));
    char *command = bp_format("/v/bin/python -m pip install bitsandbytes==%s", newest(*state));
    expect_step(&advised, words, command);
    free(command);
    free(words);
    advised_free(&advised);
}

/* Maxwell is in no file since 0.48.0; before, in those for CUDA 12.6 and older. */
static void test_downgrade(void **state) {
    struct advised advised = advise(
        machine_of("gpu=5.2 driver=570.86 torch=2.8.0+cu126 bitsandbytes=0.49.2", *state), *state);
    expect_outcome(&advised, "no-gpu-code");
    expect_step(&advised, "bitsandbytes=0.47.0",
                "/v/bin/python -m pip install bitsandbytes==0.47.0");
    assert_string_equal(shown(advised.advice, "newest_working"), "0.47.0");
    assert_non_null(bp_json_at(advised.advice, "/in_the_way/0"));
    advised_free(&advised);
}

static void test_a_variable(void **state) {
    struct advised advised =
        advise(machine_of("gpu=9.0 driver=580.65 torch=2.9.0+cu130 bitsandbytes=0.49.2 "
                          "env:BNB_CUDA_VERSION=131",
                          *state),
               *state);
    expect_outcome(&advised, "file-missing");
    expect_step(&advised, "env:BNB_CUDA_VERSION=", "unset BNB_CUDA_VERSION");
    /* No release has that file: an upgrade is no way out, and none is offered. */
    assert_string_equal(shown(advised.advice, "newest_working"), "-");
    assert_null(step_with(&advised, "bitsandbytes=0.50.2"));
    advised_free(&advised);
}

/* A file that was deleted comes back with the same release, once what is left is removed. */
static void test_the_same_release_again(void **state) {
    char *words =
        bp_format("gpu=9.0 driver=580.65 torch=2.9.0+cu130 bitsandbytes=%s", newest(*state));
    cJSON *snapshot = machine_of(words, *state);
    put_json(snapshot, "/bitsandbytes/native_libraries", "[]");
    struct advised advised = advise(snapshot, *state);
    expect_outcome(&advised, "file-missing");
    char *command = bp_format("/v/bin/python -m pip uninstall -y bitsandbytes && /v/bin/python -m "
                              "pip install bitsandbytes==%s",
                              newest(*state));
    char *step = bp_format("bitsandbytes=%s", newest(*state));
    expect_step(&advised, step, command);
    free(step);
    free(command);
    free(words);
    advised_free(&advised);
}

/* A CPU build of torch beside a GPU; the driver decides which build. */
static void test_torch_for_the_gpu(void **state) {
    struct advised advised = advise(
        machine_of("gpu=8.6 driver=535.1 torch=2.8.0+cpu bitsandbytes=0.49.2", *state), *state);
    expect_outcome(&advised, "cpu-only");
    const cJSON *step = bp_json_at(advised.advice, "/steps/0");
    assert_non_null(step);
    /* 535 supports CUDA up to 12.2, and all of 12 by minor-version compatibility; not 13. */
    assert_non_null(strstr(bp_json_text(step, "says"), "CUDA 12."));
    assert_non_null(strstr(bp_json_text(step, "command"), "/whl/cu12"));
    advised_free(&advised);
}

static void test_the_driver(void **state) {
    struct advised advised = advise(
        machine_of("gpu=9.0 driver=550.54 torch=2.9.0+cu130 bitsandbytes=0.49.2", *state), *state);
    expect_outcome(&advised, "driver-too-old");
    expect_step(&advised, "driver-cuda=13.0", NULL);
    const cJSON *step = step_with(&advised, "driver-cuda=13.0");
    assert_non_null(strstr(bp_json_text(step, "says"), "580"));
    /* Another torch asks for less. */
    assert_non_null(
        strstr(bp_json_text(bp_json_at(advised.advice, "/steps/0"), "command"), "torch"));
    advised_free(&advised);
}

/* 0.49.2 is the last that needs cusparse. */
static void test_a_missing_library(void **state) {
    cJSON *snapshot =
        machine_of("gpu=9.0 driver=570.86 torch=2.5.1+cu124 bitsandbytes=0.49.2", *state);
    put_json(snapshot, "/libraries/candidates/libcusparse.so.12", "[]");
    put_json(snapshot, "/python/interpreters/0/site_folders",
             "['/v/lib/python3.12/site-packages']");
    struct advised advised = advise(snapshot, *state);
    expect_outcome(&advised, "dependency-missing");
    char *words = bp_format("bitsandbytes=%s", newest(*state));
    expect_step(&advised, words, NULL);
    expect_step(&advised, "library=libcusparse.so.12", NULL);
    const cJSON *step = step_with(&advised, "library=libcusparse.so.12");
    assert_non_null(strstr(bp_json_text(step, "command"), "nvidia-cusparse-cu12"));
    free(words);
    advised_free(&advised);
}

/* --- torch that cannot be imported --- */

#define GLOBAL_DEPS                                                                                \
    "{'role':'torch-global-deps','path':'/v/torch/lib/libtorch_global_deps.so','format':'elf',"    \
    "'bits':64,'machine':'x86_64','elf_type':'dyn',"

/* A machine on which `global_deps`, the rest of that file's facts, is what torch opens first. */
static cJSON *machine_whose_torch_needs(const char *words, const char *global_deps,
                                        const struct bp_releases *releases) {
    cJSON *snapshot = machine_of(words, releases);
    char *opened = bp_format("[" GLOBAL_DEPS "%s}]", global_deps);
    put_json(snapshot, "/libraries/opened", opened);
    put_json(snapshot, "/libraries/candidates/libcublas.so.12", "[]");
    put_json(snapshot, "/python/interpreters/0/torch/path", "'/v/torch/version.py'");
    free(opened);
    return snapshot;
}

static void test_the_same_torch_again(void **state) {
    struct advised advised = advise(
        machine_whose_torch_needs("gpu=9.0 driver=570.86 torch=2.5.1+cu124 bitsandbytes=0.49.2",
                                  "'needed':['libcublas.so.12']", *state),
        *state);
    expect_outcome(&advised, "torch-fails");
    assert_non_null(strstr(shown(advised.loader, "torch_error"), "libcublas"));
    expect_step(&advised, "torch=again",
                "/v/bin/python -m pip install --force-reinstall torch==2.5.1+cu124 --index-url "
                "https://download.pytorch.org/whl/cu124");
    advised_free(&advised);
    /* Without a GPU, too, where no other build is worth more. */
    advised = advise(machine_whose_torch_needs("torch=2.5.1+cu124 bitsandbytes=0.49.2",
                                               "'needed':['libcublas.so.12']", *state),
                     *state);
    expect_step(&advised, "torch=again", NULL);
    expect_steps(&advised, 1);
    advised_free(&advised);
}

/* What the system lacks it lacks for the same torch again as well. */
static void test_the_same_torch_again_is_no_newer_system(void **state) {
    struct advised advised =
        advise(machine_whose_torch_needs("torch=2.5.1+cu124 bitsandbytes=0.49.2",
                                         "'needed':['libstdc++.so.6'],'version_needs':[{'library':"
                                         "'libstdc++.so.6','versions':['GLIBCXX_3.4.99']}]",
                                         *state),
               *state);
    put_json(advised.snapshot, "/libraries/candidates/libstdc++.so.6/0/version_definitions",
             "['GLIBCXX_3.4.30']");
    struct advised again = advise(cJSON_Duplicate(advised.snapshot, true), *state);
    expect_outcome(&again, "torch-fails");
    assert_non_null(strstr(shown(again.loader, "torch_error"), "version `GLIBCXX_3.4.99' not"));
    assert_null(step_with(&again, "torch=again"));
    advised_free(&again);
    advised_free(&advised);
}

/* --- several changes --- */

static void test_nothing_installed(void **state) {
    struct advised advised =
        advise(machine_of("gpu=12.0 driver=570.86 torch=none", *state), *state);
    expect_outcome(&advised, "not-installed");
    /* Code for 12.0 is in torch's builds since CUDA 12.8, which is what 570 supports. */
    char *words = bp_format("torch-cuda=12.8 bitsandbytes=%s", newest(*state));
    expect_step(&advised, words, NULL);
    free(words);
    advised_free(&advised);
    advised = advise(machine_of("torch=none", *state), *state);
    words = bp_format("torch=newest bitsandbytes=%s", newest(*state));
    char *command = bp_format("/v/bin/python -m pip install torch && /v/bin/python -m pip install "
                              "bitsandbytes==%s",
                              newest(*state));
    expect_step(&advised, words, command);
    free(command);
    free(words);
    advised_free(&advised);
}

static void test_an_old_python(void **state) {
    struct advised advised =
        advise(machine_of("python=3.9 gpu=9.0 driver=580.65 torch=2.5.1+cu124 bitsandbytes=0.42.0",
                          *state),
               *state);
    /* 3.9 stops at 0.48.2, which has a file for 12.4. */
    expect_outcome(&advised, "file-missing");
    expect_step(&advised, "bitsandbytes=0.48.2", NULL);
    const char *in_the_way = bp_json_text_at(advised.advice, "/in_the_way/0");
    assert_non_null(in_the_way);
    assert_non_null(strstr(in_the_way, "Python"));
    assert_string_equal(shown(advised.advice, "newest_working"), "0.48.2");
    assert_string_equal(shown(advised.advice, "newest_working_command"),
                        "/v/bin/python -m pip install bitsandbytes==0.48.2");
    advised_free(&advised);
}

/* 0.42.0 is what pip falls back to on old systems, and it knows no CUDA 12.4. */
static void test_an_old_system(void **state) {
    struct advised advised =
        advise(machine_of("glibc=2.17 gpu=9.0 driver=550.54 torch=2.5.1+cu124 bitsandbytes=0.42.0",
                          *state),
               *state);
    expect_outcome(&advised, "file-missing");
    expect_step(&advised, "glibc=2.28", NULL);
    assert_null(bp_json_text(step_with(&advised, "glibc=2.28"), "command"));
    expect_step(&advised, "bitsandbytes=source", NULL);
    assert_non_null(strstr(bp_json_text(step_with(&advised, "bitsandbytes=source"), "command"),
                           "-DCOMPUTE_CAPABILITY=90"));
    advised_free(&advised);
}

/* --- nothing helps, nothing is known --- */

static void test_nothing_helps(void **state) {
    struct advised advised = advise(
        machine_of("platform=linux_ppc64le torch=2.5.0+cpu bitsandbytes=0.49.2", *state), *state);
    expect_outcome(&advised, "not-installed");
    expect_steps(&advised, 0);
    assert_non_null(strstr(shown(advised.advice, "nothing_helps"), "No release"));
    assert_string_equal(shown(advised.advice, "newest_working"), "-");
    advised_free(&advised);
    /* Kepler: no torch with such a driver, and no file, has code for it. */
    advised = advise(
        machine_of("gpu=3.5 driver=470.82 torch=2.5.1+cu118 bitsandbytes=0.50.0", *state), *state);
    expect_steps(&advised, 0);
    assert_string_not_equal(shown(advised.advice, "nothing_helps"), "-");
    advised_free(&advised);
}

static void test_what_cannot_be_told_is_no_trouble(void **state) {
    cJSON *snapshot = machine_of("torch=2.9.0+cu130 bitsandbytes=0.49.2", *state);
    put_json(snapshot, "/cuda/driver", "{}");
    struct advised advised = advise(snapshot, *state);
    expect_outcome(&advised, "cannot-tell");
    expect_steps(&advised, 0);
    assert_string_equal(shown(advised.advice, "nothing_helps"), "-");
    assert_string_equal(shown(advised.advice, "newest_working"), "-");
    advised_free(&advised);
    /* Without releases there is nothing to try. */
    cJSON *nothing = cJSON_CreateObject();
    cJSON *advice = bp_advice(nothing, nothing, NULL);
    assert_true(cJSON_IsNull(advice));
    cJSON_Delete(advice);
    cJSON_Delete(nothing);
}

/* --- a shell of another system --- */

static void test_windows_commands(void **state) {
    struct advised advised =
        advise(machine_of("platform=win_amd64 gpu=8.6 driver=580.65 torch=2.9.0+cu130 "
                          "bitsandbytes=0.49.2 env:BNB_CUDA_VERSION=131",
                          *state),
               *state);
    expect_outcome(&advised, "file-missing");
    expect_step(&advised, "env:BNB_CUDA_VERSION=", "Remove-Item Env:BNB_CUDA_VERSION");
    assert_non_null(
        strstr(bp_json_text(step_with(&advised, "env:BNB_CUDA_VERSION="), "says"), "PowerShell"));
    advised_free(&advised);
}

/* A folder that hides the package stays where it is when pip installs. */
static void test_a_folder_that_hides_it(void **state) {
    cJSON *snapshot = machine_of("gpu=9.0 driver=580.65 torch=2.9.0+cu130", *state);
    put_json(
        snapshot, "/python/interpreters/0/shadowing",
        "[{'package':'bitsandbytes','path':'/home/me/bitsandbytes','kind':'namespace-folder'}]");
    struct advised advised = advise(snapshot, *state);
    expect_outcome(&advised, "not-installed");
    const char *says = bp_json_text_at(advised.advice, "/steps/0/says");
    assert_non_null(says);
    assert_non_null(strstr(says, "/home/me/bitsandbytes"));
    advised_free(&advised);
}

/* --- remedies of patterns --- */

/* Appends the commands of a pattern's findings, wherever they stand; says whether there is one. */
static bool add_commands(const cJSON *findings, const char *pattern, struct bp_str *commands) {
    bool found = false;
    const cJSON *finding;
    cJSON_ArrayForEach(finding, findings) {
        const cJSON *step;
        bool below = add_commands(bp_json_get(finding, "symptoms"), pattern, commands);
        bool here = bp_equal(bp_json_text(finding, "pattern"), pattern);
        cJSON_ArrayForEach(step, bp_json_get(finding, "remedy")) {
            const char *command = bp_json_text(step, "command");
            bp_str_addf(commands, "%s\n", here && command ? command : "");
        }
        found = found || here || below;
    }
    return found;
}

/* What the finding of a pattern advises: its commands, one a line. */
static char *commands_of(cJSON *snapshot, const char *pattern) {
    struct bp_catalogue *catalogue = bp_catalogue_builtin();
    cJSON *answer = bp_check(snapshot, NULL, catalogue);
    struct bp_str commands = BP_STR_EMPTY;
    assert_true(add_commands(bp_json_get(answer, "findings"), pattern, &commands));
    cJSON_Delete(answer);
    bp_catalogue_free(catalogue);
    cJSON_Delete(snapshot);
    return bp_str_detach(&commands);
}

static void test_a_remedy_that_fails_is_left_out(void **state) {
    /* The override asks for a file that no release has: only dropping it helps. */
    char *commands =
        commands_of(machine_of("gpu=9.0 driver=580.65 torch=2.9.0+cu130 bitsandbytes=0.49.2 "
                               "env:BNB_CUDA_VERSION=131",
                               *state),
                    "native-library-load-failure");
    assert_non_null(strstr(commands, "unset BNB_CUDA_VERSION"));
    assert_null(strstr(commands, "pip install --upgrade bitsandbytes"));
    free(commands);
    /* Without the override, the upgrade helps. */
    commands = commands_of(
        machine_of("gpu=9.0 driver=580.65 torch=2.9.0+cu130 bitsandbytes=0.46.1", *state),
        "native-library-load-failure");
    assert_non_null(strstr(commands, "pip install --upgrade bitsandbytes"));
    free(commands);
}

/* Neither alone does, and both together do: both stay. */
static void test_remedies_that_help_together_stay(void **state) {
    char *commands =
        commands_of(machine_of("gpu=9.0 driver=580.65 torch=2.9.0+cu130 bitsandbytes=0.46.1 "
                               "env:BNB_CUDA_VERSION=131",
                               *state),
                    "native-library-load-failure");
    assert_non_null(strstr(commands, "unset BNB_CUDA_VERSION"));
    assert_non_null(strstr(commands, "pip install --upgrade bitsandbytes"));
    free(commands);
}

/* Without torch nothing loads; that says nothing against a remedy of another trouble. */
static void test_a_remedy_that_cannot_be_judged_stays(void **state) {
    char *commands =
        commands_of(machine_of("torch=none bitsandbytes=0.42.0", *state), "legacy-cuda-setup");
    assert_non_null(strstr(commands, "pip install --upgrade bitsandbytes"));
    free(commands);
}

/* --- whatever is advised, helps --- */

static void try_step(const struct advised *advised, const cJSON *step, const char *machine,
                     const struct bp_releases *releases) {
    struct bp_strs assume_list = {0};
    struct bp_err err = {0};
    const cJSON *item;
    cJSON_ArrayForEach(item, bp_json_get(step, "assume")) {
        bp_strs_add(&assume_list, cJSON_GetStringValue(item));
    }
    cJSON *snapshot = cJSON_Duplicate(advised->snapshot, true);
    if (bp_assume(snapshot, &assume_list, releases, &err) != 0) {
        fail_msg("%s: %s: %s", machine, bp_json_text(step, "says"), bp_err_text(&err));
    }
    cJSON *loader = bp_loader_judge(snapshot);
    if (!bp_equal(bp_json_text(loader, "outcome"), bp_json_text(step, "outcome")) ||
        !bp_outcome_is_good(loader, snapshot)) {
        fail_msg("%s: %s promises %s and gives %s: %s", machine, bp_json_text(step, "says"),
                 bp_json_text(step, "outcome"), shown(loader, "outcome"),
                 shown(loader, "outcome_says"));
    }
    assert_true(strlen(bp_json_text(step, "says")) > 10);
    cJSON_Delete(loader);
    cJSON_Delete(snapshot);
    bp_strs_free(&assume_list);
}

static void test_every_step_keeps_its_promise(void **state) {
    static const char *const machines[] = {
        "",
        "gpu=9.0 driver=550.54 torch=2.5.1+cu124",
        "gpu=9.0 driver=550.54 torch=2.9.0+cu130",
        "gpu=12.0 driver=580.65 torch=2.9.0+cu130",
        "gpu=6.1 driver=580.65 torch=2.9.0+cu130",
        "gpu=8.0,8.6 driver=525.60 torch=none",
        "gpu=gfx942 torch=2.9.1+rocm6.4",
        "gpu=gfx1100 torch=2.8.0+cpu",
        "glibc=2.17 gpu=8.0 driver=550.54 torch=2.5.1+cu124",
        "musl=1.2.5 torch=2.8.0+cpu",
        "python=3.8 gpu=7.5 driver=550.54 torch=2.3.0+cu121",
        "gpu=9.0 driver=580.65 torch=2.9.0+cu130 env:BNB_CUDA_VERSION=118",
        "platform=linux_aarch64 gpu=9.0 driver=570.86 torch=2.8.0+cu128",
        "platform=win_amd64 gpu=8.6 driver=560.94 torch=2.6.0+cu124",
        "platform=macosx_14_0_arm64 torch=2.8.0+cpu",
    };
    static const char *const installed[] = {"none",   "0.37.2", "0.42.0", "0.45.5",
                                            "0.46.1", "0.49.2", "newest"};
    int steps = 0;
    int bad = 0;
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        for (size_t j = 0; j < sizeof installed / sizeof *installed; j++) {
            char *words = bp_format("%s bitsandbytes=%s", machines[i], installed[j]);
            struct advised advised = advise(machine_of(words, *state), *state);
            const cJSON *step;
            bool good = bp_outcome_is_good(advised.loader, advised.snapshot);
            bool told = strcmp(shown(advised.loader, "outcome"), "cannot-tell") != 0;
            cJSON_ArrayForEach(step, bp_json_get(advised.advice, "steps")) {
                assert_false(good);
                try_step(&advised, step, words, *state);
                steps++;
            }
            /* Where it is bad there are steps, or the reason why there are none. */
            bool said = bp_json_at(advised.advice, "/steps/0") ||
                        bp_json_text(advised.advice, "nothing_helps");
            if (told && !good && !said) {
                fail_msg("%s: nothing is said", words);
            }
            bad += told && !good;
            advised_free(&advised);
            free(words);
        }
    }
    /* The property was held against something. */
    assert_true(bad > 50);
    assert_true(steps > 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_to_do_where_it_works),
        cmocka_unit_test(test_upgrade),
        cmocka_unit_test(test_downgrade),
        cmocka_unit_test(test_a_variable),
        cmocka_unit_test(test_the_same_release_again),
        cmocka_unit_test(test_torch_for_the_gpu),
        cmocka_unit_test(test_the_driver),
        cmocka_unit_test(test_a_missing_library),
        cmocka_unit_test(test_the_same_torch_again),
        cmocka_unit_test(test_the_same_torch_again_is_no_newer_system),
        cmocka_unit_test(test_nothing_installed),
        cmocka_unit_test(test_an_old_python),
        cmocka_unit_test(test_an_old_system),
        cmocka_unit_test(test_nothing_helps),
        cmocka_unit_test(test_what_cannot_be_told_is_no_trouble),
        cmocka_unit_test(test_windows_commands),
        cmocka_unit_test(test_a_folder_that_hides_it),
        cmocka_unit_test(test_a_remedy_that_fails_is_left_out),
        cmocka_unit_test(test_remedies_that_help_together_stay),
        cmocka_unit_test(test_a_remedy_that_cannot_be_judged_stays),
        cmocka_unit_test(test_every_step_keeps_its_promise),
    };
    return cmocka_run_group_tests(tests, make_releases, free_releases);
}
