/*
 * The one door between facts and every format: takes out who and where. What a string is decides
 * what is done with it (report/fact_type.h): a version may have four parts, a word of a fixed
 * list stays, a path starts with $HOME, $VENV or $CONDA where it lies below such a folder, and
 * what is not what its type says is free text. What is replaced and by what:
 *
 *   the person's home folder                                                   $HOME
 *   the names of other home folders (/home/NAME, C:\Users\NAME)       user, user2 ...
 *   the person's name and the host's, as whole words                      user, host
 *   tokens, passwords, keys, credentials in URLs, cookies          <token>, <secret>
 *   queries of URLs                                                          <query>
 *   e-mail, IPv4, IPv6 and MAC addresses                  <email>, <address>, <mac>
 *   identifiers of GPUs, containers, pods, accounts                    <uuid>, <id>
 *   serial numbers                                                          <serial>
 *
 * The bytes of a ghost are text to nobody, so they are redacted by themselves: each string in
 * them as any other, where what stands for it is no longer than the string; else the ghost is
 * left out. The facts that are read again from it are the redacted ones either way.
 *
 * Kept: loopback and unspecified addresses, and names that say nothing about a person ("root",
 * "ubuntu", names shorter than three characters). Redacting twice changes nothing.
 */
#ifndef BP_REPORT_REDACT_H
#define BP_REPORT_REDACT_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "report/identity.h"
#include "report/withheld.h"

struct bp_redactor;

/* `identity` may have NULL members. The caller frees it with bp_redactor_free. */
struct bp_redactor *bp_redactor_new(const struct bp_identity *identity);

/*
 * Redacts every string of a report in place, names of members included. The folders and the
 * four-part versions it finds are remembered, so that bp_redact_text keeps to them as well.
 */
void bp_redact_document(struct bp_redactor *redactor, cJSON *document);

/* The same for what the schema describes at `place`: "/$defs/triage_result" ... */
void bp_redact_part(struct bp_redactor *redactor, cJSON *part, const char *place);

/*
 * A redacted copy of the log that belongs to a report, which is redacted afterwards: pieces of the
 * log that stand in it, cut as they may be, are known then. The caller frees it.
 */
char *bp_redact_log(struct bp_redactor *redactor, const cJSON *document, const char *log);

/* A redacted copy of foreign text. The caller frees it. */
char *bp_redact_text(struct bp_redactor *redactor, const char *text);

/* Says that this is a version, wherever it stands: one of four parts is no address then. */
void bp_redactor_keep_version(struct bp_redactor *redactor, const char *version);

/*
 * Adds to a redacted document what it has to say about that: "paths", the folders that have a
 * name in it (report/rooted_paths.h), and "withheld", how often something of each kind was
 * taken out by this redactor so far.
 */
void bp_redactor_sign(struct bp_redactor *redactor, cJSON *document);

/* What was taken out so far. It belongs to the redactor. */
struct bp_withheld *bp_redactor_withheld(struct bp_redactor *redactor);

void bp_redactor_free(struct bp_redactor *redactor);

#endif
