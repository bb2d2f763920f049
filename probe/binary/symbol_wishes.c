#include "probe/binary/symbol_wishes.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Bytes of a name that are looked at: longer ones are of C++ templates, and nobody wishes them. */
enum { NAME_LIMIT = 1024 };

struct bp_symbol_wishes bp_symbol_wishes_of(const char *const *names) {
    struct bp_symbol_wishes wishes = {0};
    while (names[wishes.count]) {
        wishes.count++;
    }
    wishes.items = bp_alloc_array(wishes.count, sizeof *wishes.items);
    for (size_t i = 0; i < wishes.count; i++) {
        wishes.items[i] = (struct bp_symbol_wish){.name = names[i], .length = strlen(names[i])};
    }
    return wishes;
}

void bp_symbol_wishes_free(struct bp_symbol_wishes *wishes) {
    free(wishes->items);
    *wishes = (struct bp_symbol_wishes){0};
}

void bp_symbol_wishes_see(struct bp_symbol_wishes *wishes, const void *name, size_t length) {
    wishes->exported++;
    for (size_t i = 0; i < wishes->count; i++) {
        struct bp_symbol_wish *wish = &wishes->items[i];
        wish->met = wish->met || (wish->length == length && memcmp(wish->name, name, length) == 0);
    }
}

void bp_symbol_wishes_see_at(struct bp_symbol_wishes *wishes, const struct bp_cursor *names,
                             uint64_t offset) {
    struct bp_cursor view = *names;
    if (offset < view.size && view.size - (size_t)offset > NAME_LIMIT) {
        view.size = (size_t)offset + NAME_LIMIT;
    }
    const char *name = bp_cursor_string(&view, offset);
    bp_symbol_wishes_see(wishes, name ? name : "", name ? strlen(name) : 0);
}

void bp_symbol_wishes_put(const struct bp_symbol_wishes *wishes, bool read, cJSON *facts) {
    if (!read) {
        cJSON_AddNullToObject(facts, "symbols");
        cJSON_AddNullToObject(facts, "exported_count");
        return;
    }
    cJSON *symbols = cJSON_AddObjectToObject(facts, "symbols");
    for (size_t i = 0; i < wishes->count; i++) {
        cJSON_AddBoolToObject(symbols, wishes->items[i].name, wishes->items[i].met);
    }
    cJSON_AddNumberToObject(facts, "exported_count", (double)wishes->exported);
}
