#include "probe/binary/symbol_wishes.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

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
    wishes->exported++;
    for (size_t i = 0; i < wishes->count; i++) {
        struct bp_symbol_wish *wish = &wishes->items[i];
        if (!wish->met && bp_cursor_has(names, offset, wish->length + 1)) {
            wish->met = memcmp(names->data + offset, wish->name, wish->length + 1) == 0;
        }
    }
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
