/* Commands, in the words of the shell and of the installer that a person has. */
#include "tests/unit/loader_snapshot.h"

#include "checks/install.h"

static void expect(char *command, const char *expected) {
    assert_string_equal(command, expected);
    free(command);
}

static cJSON *interpreter_at(const char *executable, const char *packages) {
    cJSON *interpreter = document_of("{}");
    cJSON_AddItemToObject(interpreter, "executable", cJSON_CreateString(executable));
    put_json(interpreter, "/packages", packages);
    return interpreter;
}

static void test_pip(void **state) {
    (void)state;
    cJSON *interpreter = interpreter_at("/opt/my env/bin/python", "{'pip':[{'version':'24.0'}]}");
    struct bp_shell shell = bp_shell_of(interpreter, "linux");
    expect(bp_shell_pip(&shell, "install --upgrade bitsandbytes"),
           "'/opt/my env/bin/python' -m pip install --upgrade bitsandbytes");
    cJSON_Delete(interpreter);
    shell = bp_shell_of(NULL, NULL);
    expect(bp_shell_pip(&shell, "install torch"), "python -m pip install torch");
}

/* uv asks nothing before it removes, and knows no -y. */
static void test_uv(void **state) {
    (void)state;
    cJSON *interpreter = interpreter_at("/v/bin/python", "{'pip':[]}");
    struct bp_shell shell = bp_shell_of(interpreter, "linux");
    expect(bp_shell_pip(&shell, "install torch"), "uv pip install --python /v/bin/python torch");
    expect(bp_shell_pip(&shell, "uninstall -y bitsandbytes"),
           "uv pip uninstall --python /v/bin/python bitsandbytes");
    cJSON_Delete(interpreter);
}

/* PEP 668: pip refuses to change a distribution's own Python, and says to make an environment. */
static void test_externally_managed(void **state) {
    (void)state;
    cJSON *interpreter = interpreter_at("/usr/bin/python3", "{'pip':[]}");
    cJSON_AddItemToObject(interpreter, "kind", cJSON_CreateString("system"));
    cJSON_AddItemToObject(interpreter, "externally_managed", cJSON_CreateTrue());
    struct bp_shell shell = bp_shell_of(interpreter, "linux");
    expect(bp_shell_pip(&shell, "install --upgrade bitsandbytes"),
           "/usr/bin/python3 -m venv bnb-env && bnb-env/bin/python -m pip install --upgrade "
           "bitsandbytes");
    expect(bp_shell_pip(&shell, "uninstall -y bitsandbytes"),
           "/usr/bin/python3 -m pip uninstall -y bitsandbytes --break-system-packages");
    cJSON_Delete(interpreter);
}

static void test_powershell(void **state) {
    (void)state;
    cJSON *interpreter =
        interpreter_at("C:\\Program Files\\it's\\python.exe", "{'pip':[{'version':'24.0'}]}");
    struct bp_shell shell = bp_shell_of(interpreter, "windows");
    expect(bp_shell_pip(&shell, "install torch"),
           "& 'C:\\Program Files\\it''s\\python.exe' -m pip install torch");
    expect(bp_shell_unset(&shell, "BNB_CUDA_VERSION"), "Remove-Item Env:BNB_CUDA_VERSION");
    expect(bp_shell_set(&shell, "CUDA_PATH", "C:\\CUDA 12"), "$env:CUDA_PATH = 'C:\\CUDA 12'");
    expect(bp_shell_join(&shell, "a", "b"), "a; b");
    cJSON_Delete(interpreter);
    interpreter = interpreter_at("C:\\Python312\\python.exe", "{'pip':[{'version':'24.0'}]}");
    shell = bp_shell_of(interpreter, "windows");
    expect(bp_shell_pip(&shell, "install torch"), "C:\\Python312\\python.exe -m pip install torch");
    cJSON_Delete(interpreter);
}

/* What stands in a pattern, for a POSIX shell, as PowerShell takes it. */
static void test_command_of_a_pattern(void **state) {
    (void)state;
    struct bp_shell windows = bp_shell_of(NULL, "windows");
    struct bp_shell linux = bp_shell_of(NULL, "linux");
    expect(bp_shell_command(&windows, "unset BNB_CUDA_VERSION"),
           "Remove-Item Env:BNB_CUDA_VERSION");
    expect(bp_shell_command(&linux, "unset BNB_CUDA_VERSION"), "unset BNB_CUDA_VERSION");
    expect(bp_shell_command(&windows, "cd / && a -b && c"), "cd /; a -b; c");
    expect(bp_shell_command(&linux, "cd / && a -b && c"), "cd / && a -b && c");
    expect(bp_shell_command(&windows, "'C:\\my env\\python.exe' -m x"),
           "& 'C:\\my env\\python.exe' -m x");
    expect(bp_shell_command(&linux, "'/my env/python' -m x"), "'/my env/python' -m x");
    expect(bp_shell_command(&windows, ""), "");
}

static void test_posix(void **state) {
    (void)state;
    struct bp_shell shell = bp_shell_of(NULL, "linux");
    expect(bp_shell_unset(&shell, "BNB_CUDA_VERSION"), "unset BNB_CUDA_VERSION");
    expect(bp_shell_set(&shell, "LD_LIBRARY_PATH", "/a b:/c"), "export LD_LIBRARY_PATH='/a b:/c'");
    expect(bp_shell_join(&shell, "a", "b"), "a && b");
    expect(bp_shell_join(&shell, NULL, "b"), "b");
    expect(bp_shell_join(&shell, "a", NULL), "a");
    assert_null(bp_shell_join(&shell, NULL, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pip),
        cmocka_unit_test(test_uv),
        cmocka_unit_test(test_externally_managed),
        cmocka_unit_test(test_powershell),
        cmocka_unit_test(test_command_of_a_pattern),
        cmocka_unit_test(test_posix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
