/*
 * The one door between facts and every format: takes out who and where. What is replaced
 * and by what:
 *
 *   the name of a home folder (/home/NAME, /Users/NAME, C:\Users\NAME, HOME)   user
 *   the user's name and the host's name, as whole words                  user, host
 *   tokens, passwords, keys, credentials in addresses              <token>, <secret>
 *   e-mail, IPv4, IPv6 and MAC addresses            <email>, <address>, <mac>
 *   the UUID of a GPU                                                     <uuid>
 *
 * The bytes of a ghost are text to nobody, so they are redacted by themselves: each string in
 * them as any other, where what stands for it is no longer than the string; else the ghost is
 * left out. The facts that are read again from it are the redacted ones either way.
 *
 * Kept: /root, loopback and unspecified addresses, version numbers of four parts, and
 * names that say nothing about a person ("root", "ubuntu", names shorter than three
 * characters). Redacting twice changes nothing.
 */
#ifndef BP_REPORT_REDACT_H
#define BP_REPORT_REDACT_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "report/identity.h"

struct bp_redactor;

/* `identity` may have NULL members. The caller frees it with bp_redactor_free. */
struct bp_redactor *bp_redactor_new(const struct bp_identity *identity);

/*
 * Redacts every string of the document in place, names of members included. The versions it
 * finds are remembered, so that bp_redact_text keeps them as well.
 */
void bp_redact_document(struct bp_redactor *redactor, cJSON *document);

/* A redacted copy of foreign text such as a log. The caller frees it. */
char *bp_redact_text(const struct bp_redactor *redactor, const char *text);

void bp_redactor_free(struct bp_redactor *redactor);

#endif
