/* Texts with paths in them, without what differs between machines and people that are alike. */
#ifndef BP_CHECKS_COMPARE_SHORTEN_H
#define BP_CHECKS_COMPARE_SHORTEN_H

/*
 * Copies `text` with these replaced wherever a path starts or goes on:
 *
 *   /home/NAME, /Users/NAME, C:\Users\NAME, /root, $HOME    ~
 *   the part after /tmp, /var/tmp, /dev/shm                 *
 *   a part that is a number of four digits or more          *   (a job, a process)
 *   `prefix`, where it is not NULL, "" or a part of the system's own folders    $PREFIX
 *
 * The caller frees it.
 */
char *bp_shorten(const char *text, const char *prefix);

#endif
