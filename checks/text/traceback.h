/*
 * Python's tracebacks as people paste them: plain, chained, indented, quoted with "> ",
 * a notebook's ("File x.py:3, in f" and "x.py in f()" with "----> 3"), rich's boxes, with
 * a rank before each line.
 * https://docs.python.org/3/library/traceback.html
 */
#ifndef BP_CHECKS_TEXT_TRACEBACK_H
#define BP_CHECKS_TEXT_TRACEBACK_H

#include <cjson/cJSON.h>
#include <stddef.h>

/*
 * The errors of a text in order: an array of objects
 *   type      "RuntimeError", without its module
 *   message   the rest of the line, or ""
 *   line      of the text, from 1, where type and message stand
 *   package   whose code raised it: that of the innermost frame which is not Python's own
 *             library; null where there is no frame
 *   file, file_line, function   of that frame, or null
 *   frames    how many there were
 *   chain     whether another error follows that it led to
 * A bare line "SomeError: ..." with no frames is one, too. Adds each package that a frame
 * belongs to once to the array `packages`. The caller deletes the result.
 */
cJSON *bp_traceback_read(const char *text, size_t length, cJSON *packages);

#endif
