/*
 * Site folders and their .pth files: each line is a folder to search as well, or code
 * that Python executes at start ("import ..."). Code is noted and not executed.
 * https://docs.python.org/3/library/site.html
 */
#include "probe/python.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Bounds for one site folder; real ones stay far below. */
static const size_t pth_file_limit = 256;
static const size_t pth_text_limit = 65536;
static const size_t search_path_limit = 1024;

/*
 * Files whose code is known to add no folder: setuptools' stand-in for distutils, and
 * virtualenv's own. Editable installs' finders are read elsewhere.
 */
static bool adds_no_folder(const char *name) {
    return bp_equal(name, "distutils-precedence.pth") || bp_equal(name, "_virtualenv.pth") ||
           bp_starts_with(name, "__editable__");
}

static bool is_code(const char *line) {
    return bp_starts_with(line, "import ") || bp_starts_with(line, "import\t");
}

/*
 * `uv run --with` lays an environment over others by one line of code, in a file of its own. It
 * says nothing else than which site folders are added:
 *   import site; site.addsitedir(__import__("os").fsdecode(b"/a")); site.addsitedir("/b"); ...
 * Returns whether every folder of such a line could be read from it.
 */
static bool take_overlay(const struct bp_root *root, const char *line,
                         const struct bp_pth_rules *rules, struct bp_strs *search_path,
                         struct bp_strs *code_paths) {
    static const char call[] = "site.addsitedir(";
    static const char decoding[] = "__import__(\"os\").fsdecode(b";
    const char *at = line;
    bool any = false;
    while ((at = strstr(at, call)) != NULL) {
        at += strlen(call);
        at += bp_starts_with(at, decoding) ? strlen(decoding) : 0;
        size_t length = *at == '"' ? strcspn(at + 1, "\"\\") : 0;
        if (length == 0 || at[1 + length] != '"') {
            return false; /* an escape in the name, or another way of writing it */
        }
        char *folder = bp_strndup(at + 1, length);
        if (!bp_strs_has(search_path, folder) && search_path->count < search_path_limit) {
            bp_site_folder_add(root, folder, rules, search_path, code_paths);
        }
        free(folder);
        any = true;
    }
    return any;
}

static void cut_right(char *line) {
    size_t length = strlen(line);
    while (length > 0 && strchr(" \t\r\n\f\v", line[length - 1])) {
        line[--length] = '\0';
    }
}

/* Whether one line is code. Any other line that names something adds it. */
static bool take_line(const struct bp_root *root, const char *folder, char *line,
                      struct bp_strs *search_path) {
    if (line[0] == '#') {
        return false;
    }
    if (is_code(line)) {
        return true;
    }
    cut_right(line);
    if (!*line || search_path->count >= search_path_limit) {
        return false;
    }
    struct bp_file_status status;
    char *added = bp_path_normal(folder, line);
    if (bp_root_status(root, added, &status, NULL) == 0) {
        bp_strs_add_once(search_path, added);
    }
    free(added);
    return false;
}

static void read_pth(const struct bp_root *root, const char *folder, const char *name,
                     const struct bp_pth_rules *rules, struct bp_strs *search_path,
                     struct bp_strs *code_paths) {
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    struct bp_str text = BP_STR_EMPTY;
    char *path = bp_join(folder, name);
    bool has_code = false;
    bool read = bp_root_read(root, path, pth_text_limit, &text, NULL) == 0;
    const char *begin = text.data;
    if (rules->skip_byte_order_mark && bp_starts_with(begin, byte_order_mark)) {
        begin += strlen(byte_order_mark);
    }
    struct bp_strs lines = {0};
    bp_strs_split(&lines, begin, '\n', false);
    for (size_t i = 0; read && i < lines.count; i++) {
        bool code = take_line(root, folder, lines.items[i], search_path);
        bool read_here = code && bp_equal(name, "_uv_ephemeral_overlay.pth") &&
                         take_overlay(root, lines.items[i], rules, search_path, code_paths);
        has_code = has_code || (code && !read_here);
    }
    if (has_code && !adds_no_folder(name)) {
        bp_strs_add(code_paths, path);
    }
    bp_strs_free(&lines);
    bp_str_free(&text);
    free(path);
}

void bp_site_folder_add(const struct bp_root *root, const char *folder,
                        const struct bp_pth_rules *rules, struct bp_strs *search_path,
                        struct bp_strs *code_paths) {
    struct bp_strs names = {0};
    if (!bp_root_is_folder(root, folder)) {
        return;
    }
    bp_strs_add_once(search_path, folder);
    bp_root_list(root, folder, 0, &names, NULL);
    size_t read = 0;
    for (size_t i = 0; i < names.count && read < pth_file_limit; i++) {
        if (bp_ends_with(names.items[i], ".pth") && names.items[i][0] != '.') {
            read_pth(root, folder, names.items[i], rules, search_path, code_paths);
            read++;
        }
    }
    bp_strs_free(&names);
}
