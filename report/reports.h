/*
 * Reading reports of many machines, one at a time. What is understood, by its content:
 *
 *   bnb-probe/1 documents, one or many, on one line or on several, in an array or not
 *   lines with a label before each, of several machines at once: "3: {" (srun -l), "node7: {"
 *   (clush, pdsh), "[pod/NAME/CONTAINER] {" (kubectl logs --prefix)
 *   "node7 | CHANGED | rc=0 >>" before a document (ansible)
 *   documents inside others: {"node7": {...}}, {"stdout": "{...}"} (ansible --tree)
 *   a folder of such files
 */
#ifndef BP_REPORT_REPORTS_H
#define BP_REPORT_REPORTS_H

#include <cjson/cJSON.h>

#include "base/str.h"

/*
 * A document that was read, and what it is called: its label, else its key in a document that
 * holds several, else its file, with the line where there are several. Both last until it returns.
 */
typedef void bp_report_taker(void *context, const char *name, const cJSON *document);

/*
 * Calls `take` for every report of the file or folder, or of standard input for "-". What
 * cannot be read is left out, with a message in *problems that names it.
 */
void bp_reports_read(const char *path, bp_report_taker *take, void *context,
                     struct bp_strs *problems);

#endif
