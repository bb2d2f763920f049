/* The native libraries in a bitsandbytes package folder. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "probe/bitsandbytes.h"

const char *const bp_bitsandbytes_symbols[] = {
    "get_context",
    "get_cusparse",
    "cget_managed_ptr",
    "cadam32bit_g32",
    "clion32bit_g32",
    "cadam32bit_grad_fp32",
    "cademamix32bit_grad_fp32",
    "cquantize_blockwise_fp16_nf4",
    "cdequantize_blockwise_fp16_nf4",
    "cquantize_blockwise_bf16_nf4",
    "cquantize_blockwise_fp32",
    "cdequantize_blockwise_fp32",
    "cgemm_4bit_inference_naive_fp16",
    "cgemm_4bit_fp16",
    "cget_col_row_stats",
    "cdouble_rowcol_quant",
    "cigemmlt_turing_32",
    "cigemmlt_32",
    "cint8_vector_quant",
    "cquantize_blockwise_cpu_fp32",
    "cquantize_blockwise_cpu_bf16",
    "cdequantize_blockwise_cpu_nf4_fp32",
    "gemv_4bit_inference_cpu_nf4_bf16",
    NULL,
};

struct bp_binary_wishes bp_bitsandbytes_wishes(const char *machine) {
    return (struct bp_binary_wishes){
        .symbols = bp_bitsandbytes_symbols, .gpu_code = true, .machine = machine};
}

/* A package folder that is looked at. */
struct place {
    const struct bp_root *root;
    const char *folder;
    const char *record; /* the text of RECORD, or NULL */
    struct bp_binary_wishes wishes;
};

/* RECORD has a line of about 100 bytes for each file. */
static const size_t record_limit = (size_t)8 << 20;

/* Windows forks keep their libraries in the second. */
static const char *const library_folders[] = {"", "cuda_setup/"};

/* Whether RECORD lists bitsandbytes/`name`. Each line is a path, a hash, a size. */
static bool is_listed(const char *record, const char *name) {
    char *entry = bp_format("bitsandbytes/%s,", name);
    const char *at = record;
    bool listed = false;
    while (!listed && (at = strstr(at, entry))) {
        listed = at == record || at[-1] == '\n' || at[-1] == '/';
        at++;
    }
    free(entry);
    return listed;
}

static cJSON *library_facts(const struct place *place, const char *path) {
    struct bp_err err = {0};
    cJSON *library = bp_binary_facts(place->root, path, &place->wishes, &err);
    if (!library) {
        library = bp_binary_no_facts(&err);
    }
    bp_err_clear(&err);
    return library;
}

/* A folder under a library's name is there for Python, and no loader opens it. */
static cJSON *other_facts(const struct bp_file_status *status) {
    cJSON *library = cJSON_CreateObject();
    bool folder = status->kind == BP_FILE_FOLDER;
    bp_json_set_bool(library, "is_folder", folder);
    bp_json_set_text(library, "error", folder ? "it is a folder" : "it is no regular file");
    return library;
}

/* `order` is the place of the name among all names of the folder, as the file system lists it. */
static void put_library(const struct place *place, const char *name, int order,
                        struct bp_facts *facts) {
    struct bp_file_status status;
    char *path = bp_join(place->folder, name);
    if (bp_root_status(place->root, path, &status, NULL) == 0) {
        bool regular = status.kind == BP_FILE_REGULAR;
        cJSON *library = regular ? library_facts(place, path) : other_facts(&status);
        bp_json_set_text(library, "name", bp_base_name(name));
        bp_json_set_text(library, "path", path);
        char *real_path = bp_root_resolve(place->root, path, NULL);
        if (real_path && !bp_equal(real_path, path)) {
            bp_json_set_text(library, "real_path", real_path);
        }
        free(real_path);
        bp_json_set_number(library, "size_bytes", (double)status.size);
        bp_json_set_number(library, "folder_order", order);
        if (place->record) {
            bp_json_set_bool(library, "in_record", is_listed(place->record, name));
        } else {
            cJSON_AddNullToObject(library, "in_record");
        }
        bp_facts_put(facts, "/bitsandbytes/native_libraries/-", library);
    } else {
        bp_facts_put(facts, "/bitsandbytes/broken_links/-", cJSON_CreateString(bp_base_name(name)));
        bp_facts_unknown(facts, "/bitsandbytes/native_libraries", "%s is a link to nothing", path);
    }
    free(path);
}

static int place_of(const struct bp_strs *names, const char *name) {
    int place = 0;
    while ((size_t)place < names->count && !bp_equal(names->items[place], name)) {
        place++;
    }
    return place;
}

static void put_libraries_in(const struct place *place, const char *below, struct bp_facts *facts) {
    struct bp_strs names = {0};
    struct bp_strs as_listed = {0};
    char *folder = bp_join(place->folder, below);
    bp_root_list_unsorted(place->root, folder, 0, &as_listed, NULL);
    for (size_t i = 0; i < as_listed.count; i++) {
        if (bp_starts_with(as_listed.items[i], "libbitsandbytes")) {
            bp_strs_add(&names, as_listed.items[i]);
        }
    }
    bp_strs_sort(&names);
    for (size_t i = 0; i < names.count; i++) {
        char *name = bp_format("%s%s", below, names.items[i]);
        put_library(place, name, place_of(&as_listed, names.items[i]), facts);
        free(name);
    }
    free(folder);
    bp_strs_free(&as_listed);
    bp_strs_free(&names);
}

void bp_bitsandbytes_libraries(const struct bp_root *root, const char *folder, const char *record,
                               const char *machine, struct bp_facts *facts) {
    struct bp_str text = BP_STR_EMPTY;
    struct bp_err err = {0};
    bool read = record && bp_root_read(root, record, record_limit, &text, &err) == 0;
    if (record && !read) {
        bp_facts_unknown(facts, "/bitsandbytes/native_libraries", "in_record: %s",
                         bp_err_text(&err));
    }
    bp_facts_put(facts, "/bitsandbytes/native_libraries", cJSON_CreateArray());
    bp_facts_put(facts, "/bitsandbytes/broken_links", cJSON_CreateArray());
    const struct place place = {root, folder, read ? text.data : NULL,
                                bp_bitsandbytes_wishes(machine)};
    for (size_t i = 0; i < sizeof library_folders / sizeof *library_folders; i++) {
        put_libraries_in(&place, library_folders[i], facts);
    }
    bp_err_clear(&err);
    bp_str_free(&text);
}
