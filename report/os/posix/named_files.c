#include "report/named_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int bp_named_list(const char *folder, struct bp_strs *names, struct bp_err *err) {
    DIR *stream = opendir(folder);
    if (!stream) {
        return bp_fail(err, BP_E_SYSTEM, "%s", strerror(errno));
    }
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            bp_strs_add(names, entry->d_name);
        }
    }
    closedir(stream);
    return 0;
}

bool bp_named_is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

char *bp_named_whole(const char *path) {
    return realpath(path, NULL);
}
