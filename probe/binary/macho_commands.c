#include "probe/binary/macho_commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

/* LC_*. Those with this bit make dyld refuse the file where it does not know them. */
#define REQUIRED 0x80000000u
#define SEGMENT 0x01u
#define SYMBOL_TABLE 0x02u
#define LOAD_LIBRARY 0x0cu
#define OWN_NAME 0x0du
#define LOAD_WEAK_LIBRARY (0x18u | REQUIRED)
#define SEGMENT_64 0x19u
#define UUID 0x1bu
#define SEARCH_FOLDER (0x1cu | REQUIRED)
#define CODE_SIGNATURE 0x1du
#define REEXPORT_LIBRARY (0x1fu | REQUIRED)
#define DYLD_INFO 0x22u
#define DYLD_INFO_ONLY (0x22u | REQUIRED)
#define LOAD_UPWARD_LIBRARY (0x23u | REQUIRED)
#define OLDEST_MACOS 0x24u
#define OLDEST_IOS 0x25u
#define BUILD_VERSION 0x32u
#define EXPORTS_TRIE (0x33u | REQUIRED)

enum {
    COMMAND_HEADER = 8,
    UUID_SIZE = 16,
};

/* One walk over the commands. */
struct reading {
    const struct bp_macho *macho;
    struct bp_macho_commands *commands;
    size_t names_left;
    struct bp_err *err;
};

/* The string whose offset from the command's start stands at `field`. The caller frees it. */
static char *read_name(struct reading *reading, struct bp_cursor *command, uint64_t field) {
    const char *name = bp_cursor_string(command, bp_cursor_u32(command, field));
    if (!name) {
        bp_fail(reading->err, BP_E_FORMAT, "a name runs over the end of its load command");
        return NULL;
    }
    size_t length = strlen(name);
    if (length >= reading->names_left) {
        bp_fail(reading->err, BP_E_LIMIT, "names of more than %zu bytes", BP_MACHO_NAMES_LIMIT);
        return NULL;
    }
    reading->names_left -= length + 1;
    return bp_utf8_clean(name, length);
}

static int add_name(struct reading *reading, struct bp_cursor *command, struct bp_strs *list) {
    if (list->count == BP_MACHO_NAME_LIMIT) {
        return bp_fail(reading->err, BP_E_LIMIT, "more than %d needed libraries or folders",
                       BP_MACHO_NAME_LIMIT);
    }
    char *name = read_name(reading, command, COMMAND_HEADER);
    if (!name) {
        return -1;
    }
    bp_strs_add_owned(list, name);
    return 0;
}

static int add_weak_name(struct reading *reading, struct bp_cursor *command) {
    struct bp_strs *needed = &reading->commands->needed;
    if (add_name(reading, command, needed) != 0) {
        return -1;
    }
    bp_strs_add(&reading->commands->weak, needed->items[needed->count - 1]);
    return 0;
}

static int set_own_name(struct reading *reading, struct bp_cursor *command) {
    free(reading->commands->own_name);
    reading->commands->own_name = read_name(reading, command, COMMAND_HEADER);
    return reading->commands->own_name ? 0 : -1;
}

static void check_segment(struct reading *reading, struct bp_cursor *command, bool wide) {
    uint64_t offset = wide ? bp_cursor_u64(command, 40) : bp_cursor_u32(command, 32);
    uint64_t size = wide ? bp_cursor_u64(command, 48) : bp_cursor_u32(command, 36);
    if (size && !bp_cursor_has(&reading->macho->file, offset, size)) {
        reading->commands->cut_short = true;
    }
}

static void set_uuid(struct bp_macho_commands *commands, struct bp_cursor *command) {
    struct bp_str text = BP_STR_EMPTY;
    for (uint64_t i = 0; i < UUID_SIZE; i++) {
        bp_str_add_hex(&text, bp_cursor_u8(command, COMMAND_HEADER + i));
    }
    free(commands->uuid);
    commands->uuid = bp_str_detach(&text);
}

/* The systems of <mach-o/loader.h>'s PLATFORM_*. */
static const char *system_name(uint32_t platform) {
    static const char *const names[] = {NULL,      "macOS",    "iOS",         "tvOS",
                                        "watchOS", "bridgeOS", "Mac Catalyst"};
    return platform < sizeof names / sizeof *names ? names[platform] : NULL;
}

/* A version is 16 bits, 8 bits and 8 bits; the last part is left out where it is 0. */
static void set_oldest(struct bp_macho_commands *commands, const char *system, uint32_t version) {
    if (!system) {
        return;
    }
    unsigned patch = version & 0xff;
    char *text = patch ? bp_format("%u.%u.%u", version >> 16, version >> 8 & 0xff, patch)
                       : bp_format("%u.%u", version >> 16, version >> 8 & 0xff);
    cJSON_DeleteItemFromObjectCaseSensitive(commands->requires, system);
    bp_json_set_text(commands->requires, system, text);
    free(text);
}

static struct bp_macho_part part_at(struct bp_cursor *command, uint64_t offset_at) {
    return (struct bp_macho_part){.present = true,
                                  .offset = bp_cursor_u32(command, offset_at),
                                  .size = bp_cursor_u32(command, offset_at + 4)};
}

static int read_command(struct reading *reading, uint32_t kind, struct bp_cursor *command) {
    struct bp_macho_commands *commands = reading->commands;
    switch (kind) {
    case LOAD_WEAK_LIBRARY:
        return add_weak_name(reading, command);
    case LOAD_LIBRARY:
    case REEXPORT_LIBRARY:
    case LOAD_UPWARD_LIBRARY:
        return add_name(reading, command, &commands->needed);
    case SEARCH_FOLDER:
        return add_name(reading, command, &commands->rpath);
    case OWN_NAME:
        return set_own_name(reading, command);
    case SEGMENT:
    case SEGMENT_64:
        check_segment(reading, command, kind == SEGMENT_64);
        break;
    case UUID:
        set_uuid(commands, command);
        break;
    case OLDEST_MACOS:
    case OLDEST_IOS:
        set_oldest(commands, system_name(kind == OLDEST_MACOS ? 1 : 2), bp_cursor_u32(command, 8));
        break;
    case BUILD_VERSION:
        set_oldest(commands, system_name(bp_cursor_u32(command, 8)), bp_cursor_u32(command, 12));
        break;
    case CODE_SIGNATURE:
        commands->signature = true;
        break;
    case SYMBOL_TABLE:
        commands->symbols = part_at(command, 8);
        commands->symbol_names = part_at(command, 16);
        break;
    case DYLD_INFO:
    case DYLD_INFO_ONLY:
        commands->exports = part_at(command, 40);
        break;
    case EXPORTS_TRIE:
        commands->exports = part_at(command, 8);
        break;
    default:
        break;
    }
    return command->failed ? bp_fail(reading->err, BP_E_FORMAT, "a load command is too short") : 0;
}

int bp_macho_commands_read(struct bp_macho_commands *commands, const struct bp_macho *macho,
                           struct bp_err *err) {
    *commands = (struct bp_macho_commands){.requires = cJSON_CreateObject()};
    struct reading reading = {
        .macho = macho, .commands = commands, .names_left = BP_MACHO_NAMES_LIMIT, .err = err};
    struct bp_cursor all = macho->commands;
    uint64_t at = 0;
    if (macho->command_count > BP_MACHO_COMMAND_LIMIT) {
        return bp_fail(err, BP_E_LIMIT, "more than %d load commands", BP_MACHO_COMMAND_LIMIT);
    }
    for (uint32_t i = 0; i < macho->command_count; i++) {
        uint32_t kind = bp_cursor_u32(&all, at);
        uint32_t size = bp_cursor_u32(&all, at + 4);
        struct bp_cursor command = bp_cursor_part(&all, at, size);
        if (all.failed || size < COMMAND_HEADER) {
            return bp_fail(err, BP_E_FORMAT, "the load commands run over their end");
        }
        if (read_command(&reading, kind, &command) != 0) {
            return -1;
        }
        at += size;
    }
    return 0;
}

void bp_macho_commands_close(struct bp_macho_commands *commands) {
    bp_strs_free(&commands->needed);
    bp_strs_free(&commands->weak);
    bp_strs_free(&commands->rpath);
    free(commands->own_name);
    free(commands->uuid);
    cJSON_Delete(commands->requires);
    *commands = (struct bp_macho_commands){0};
}
