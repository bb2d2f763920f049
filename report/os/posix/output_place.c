#include "report/os/posix/output_place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"

/* As many links as Linux follows (path_resolution(7)). */
enum { LINKS = 40 };

/* A walk along a path: the folder that it has come to, and what is still to go. */
struct walk {
    struct bp_place *place;
    char *rest;
    int links;
    bool through_link; /* the path's last part was a link */
};

/* Goes into a folder below the present one. 0, or the system's error number. */
static int enter(struct walk *walk, const char *name, bool link) {
    int flags = O_PATH | O_DIRECTORY | O_CLOEXEC | (link ? 0 : O_NOFOLLOW);
    int folder = openat(walk->place->folder, name, flags);
    if (folder < 0) {
        return errno;
    }
    if (walk->place->folder >= 0) {
        close(walk->place->folder);
    }
    walk->place->folder = folder;
    return 0;
}

/* Goes to where the rest of the path starts from. 0, or the system's error number. */
static int enter_start(struct walk *walk) {
    if (walk->rest[0] == '/') {
        if (walk->place->folder >= 0) {
            close(walk->place->folder);
        }
        walk->place->folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    } else if (walk->place->folder < 0) {
        walk->place->folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
    return walk->place->folder < 0 ? errno : 0;
}

/* Whether what stands in `folder` is of somebody who may decide what is written there. */
static bool is_trusted(int folder, const struct stat *status) {
    struct stat around;
    if (status->st_uid == geteuid() || status->st_uid == 0) {
        return true;
    }
    return geteuid() != 0 && fstat(folder, &around) == 0 && around.st_uid == status->st_uid &&
           !(around.st_mode & (S_IWGRP | S_IWOTH));
}

/* Puts what a link holds before the rest of the path. 0, an error number, BP_PLACE_PLANTED. */
static int follow(struct walk *walk, const char *name, const struct stat *link) {
    char target[PATH_MAX];
    if (!is_trusted(walk->place->folder, link)) {
        return BP_PLACE_PLANTED;
    }
    ssize_t length = readlinkat(walk->place->folder, name, target, sizeof target);
    if (length < 0) {
        return errno;
    }
    if (length == 0 || length == (ssize_t)sizeof target || ++walk->links > LINKS) {
        return length ? ELOOP : ENOENT;
    }
    walk->through_link = walk->through_link || !*walk->rest;
    char *rest = bp_format("%.*s%s%s", (int)length, target, *walk->rest ? "/" : "", walk->rest);
    free(walk->rest);
    walk->rest = rest;
    return enter_start(walk);
}

/* Cuts the first part off the rest of the path; NULL: there is none. The caller frees it. */
static char *next_part(struct walk *walk) {
    const char *start = walk->rest + strspn(walk->rest, "/");
    size_t length = strcspn(start, "/");
    const char *after = start + length;
    if (!length) {
        return NULL;
    }
    char *part = bp_strndup(start, length);
    char *rest = bp_strdup(after);
    free(walk->rest);
    walk->rest = rest;
    return part;
}

static int arrive(struct walk *walk, const char *name) {
    struct bp_place *place = walk->place;
    int flags = place->is_open ? 0 : AT_SYMLINK_NOFOLLOW;
    place->name = bp_strdup(name);
    place->exists = fstatat(place->folder, name, &place->status, flags) == 0;
    if (!place->exists) {
        /* A link that leads nowhere is no place to put a report. */
        return errno == ENOENT && !walk->through_link ? 0 : errno;
    }
    bool stream = S_ISFIFO(place->status.st_mode) || S_ISSOCK(place->status.st_mode);
    bool planted = stream && !place->is_open && !is_trusted(place->folder, &place->status);
    return planted ? BP_PLACE_PLANTED : 0;
}

/* One part of the path. *there: it was the last. */
static int step(struct walk *walk, const char *part, bool *there) {
    struct stat status;
    int folder = walk->place->folder;
    bool last = !*walk->rest;
    bool is_folder = strcmp(part, ".") == 0 || strcmp(part, "..") == 0;
    bool link = !is_folder && fstatat(folder, part, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                S_ISLNK(status.st_mode);
    *there = false;
    if (link && !bp_place_is_magic(folder)) {
        return follow(walk, part, &status);
    }
    *there = last;
    walk->place->is_open = link;
    return last ? arrive(walk, part) : enter(walk, part, link);
}

int bp_place_find(const char *path, struct bp_place *place) {
    struct walk walk = {place, bp_strdup(path), 0, false};
    *place = (struct bp_place){.folder = -1};
    bool there = false;
    int error = *path ? enter_start(&walk) : ENOENT;
    while (!error && !there) {
        char *part = next_part(&walk);
        if (part) {
            error = step(&walk, part, &there);
        } else {
            error = arrive(&walk, ".");
            there = true;
        }
        free(part);
    }
    free(walk.rest);
    return error;
}

void bp_place_free(struct bp_place *place) {
    if (place->folder >= 0) {
        close(place->folder);
    }
    free(place->name);
    *place = (struct bp_place){.folder = -1};
}
