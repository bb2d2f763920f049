/* A file without a name, of which nothing is left if this process is killed. */
#ifndef BP_REPORT_OS_POSIX_NAMELESS_H
#define BP_REPORT_OS_POSIX_NAMELESS_H

/* Opens a new one in a folder, for writing and for its owner only; -1: no such thing here. */
int bp_open_nameless(int folder);

/* Gives it a name in a folder. 0, or the system's error number. */
int bp_name_nameless(int file, int folder, const char *name);

#endif
