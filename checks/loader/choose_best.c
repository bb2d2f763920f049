/* The best match of 0.50.0: exact, else the next lower, else the next higher, in one major. */
#include "checks/loader/choose.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

struct match {
    const char *name;
    int minor;
    int same;    /* files with this version */
    int order;   /* its place in the folder; -1: not known */
    bool known;  /* the places of all that have this version are known */
    bool broken; /* a link to nothing, which a listing shows all the same */
};

/*
 * The version in a file name: digits after the prefix, of which CUDA's major takes two and
 * ROCm's one. False where the name has none.
 */
static bool version_of_name(const char *name, const char *prefix, int *major, int *minor) {
    char *start = bp_format("libbitsandbytes_%s", prefix);
    size_t skip = strlen(start);
    bool starts = bp_starts_with(name, start);
    free(start);
    size_t digits = 0;
    while (starts && isdigit((unsigned char)name[skip + digits])) {
        digits++;
    }
    size_t of_major = strcmp(prefix, "rocm") == 0 ? 1 : 2;
    if (digits <= of_major || digits > 6) {
        return false;
    }
    char *text = bp_format("%.*s.%.*s", (int)of_major, name + skip, (int)(digits - of_major),
                           name + skip + of_major);
    bool found = bp_two_numbers(text, major, minor);
    free(text);
    return found;
}

/* Whether `minor` suits `wanted` better than `best` does. */
static bool better(int minor, int best, int wanted) {
    bool lower = minor <= wanted;
    bool best_lower = best <= wanted;
    if (lower != best_lower) {
        return lower;
    }
    return lower ? minor > best : minor < best;
}

/* Takes one name of the folder into account. */
static void consider(const struct bp_asking *asking, const char *prefix, int major, int minor,
                     struct match found, struct match *best) {
    int of_major;
    if (!found.name || !bp_ends_with(found.name, asking->suffix) ||
        !version_of_name(found.name, prefix, &of_major, &found.minor) || of_major != major) {
        return;
    }
    found.same = 1;
    found.known = found.order >= 0;
    if (!best->name || (found.minor != best->minor && better(found.minor, best->minor, minor))) {
        *best = found;
    } else if (found.minor == best->minor) {
        /* Each overwrites those before it. */
        struct match last = found.order > best->order ? found : *best;
        last.same = best->same + 1;
        last.known = best->known && found.known;
        *best = last;
    }
}

static struct match best_of(const struct bp_asking *asking, const char *prefix, int major,
                            int minor) {
    struct match best = {0};
    const cJSON *item;
    cJSON_ArrayForEach(item, asking->machine->libraries) {
        struct match found = {.name = bp_json_text(item, "name"),
                              .order = bp_small_number(item, "folder_order", -1)};
        consider(asking, prefix, major, minor, found, &best);
    }
    cJSON_ArrayForEach(item, bp_json_get(asking->machine->package, "broken_links")) {
        struct match found = {.name = cJSON_GetStringValue(item), .order = -1, .broken = true};
        consider(asking, prefix, major, minor, found, &best);
    }
    return best;
}

/* The file that matches best is opened, or found to be none. */
static void take(const struct bp_asking *asking, const struct match *best,
                 struct bp_choice *choice) {
    if (best->same > 1) {
        bp_strs_add_owned(&choice->because,
                          bp_format("The package holds %d files for this version, of which the "
                                    "folder lists %s last.",
                                    best->same, best->name));
    }
    if (best->broken) {
        bp_strs_add_owned(&choice->because, bp_format("%s is a link to nothing.", best->name));
        choice->state = BP_CHOICE_MISSING;
        choice->error = bp_choice_missing_error(asking, choice->backend, best->name);
        return;
    }
    choice->state = BP_CHOICE_FILE;
    choice->chosen = bp_strdup(best->name);
}

void bp_choose_best_match(const struct bp_asking *asking, const char *prefix, int major, int minor,
                          struct bp_choice *choice) {
    char *exact = bp_format("libbitsandbytes_%s%d%d%s", prefix, major, minor, asking->suffix);
    struct match best = best_of(asking, prefix, major, minor);
    if (!asking->machine->libraries || !best.name) {
        bp_choice_ask(asking, exact, choice);
        if (choice->state == BP_CHOICE_MISSING) {
            bp_strs_add_owned(&choice->because,
                              bp_format("Nor does it hold another file for %s %d, and this release "
                                        "never takes one of another major version.",
                                        choice->backend, major));
        }
        return;
    }
    choice->asks_for = exact;
    bp_strs_add_owned(&choice->because, bp_format("It asks for %s.", exact));
    if (best.same > 1 && !best.known) {
        choice->state = BP_CHOICE_UNKNOWN;
        bp_strs_add_owned(&choice->because,
                          bp_format("The package holds %d files for %s %d.%d, and which of them is "
                                    "taken depends on the order of the folder.",
                                    best.same, choice->backend, major, best.minor));
        return;
    }
    take(asking, &best, choice);
    if (strcmp(best.name, exact) != 0) {
        bp_strs_add_owned(&choice->because,
                          bp_format("The package holds no %s; %s is the best match of the same "
                                    "major version.",
                                    exact, best.name));
    }
}
