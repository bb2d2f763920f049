/* Undoing what a tracker, a browser or a mail did to a text that was pasted. */
#ifndef BP_CHECKS_TEXT_CLEAN_H
#define BP_CHECKS_TEXT_CLEAN_H

#include <stddef.h>

/*
 * Decodes HTML entities and takes out the tags that people wrap logs in (<details>,
 * <summary>, <pre>, <code>, <br> ...) and HTML comments, in place. Line ends stay, so that
 * numbers of lines do. Returns the new length; a zero byte follows it.
 */
size_t bp_text_unwrap(char *text, size_t length);

#endif
