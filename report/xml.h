/* Foreign text inside XML 1.0 (https://www.w3.org/TR/xml/). */
#ifndef BP_REPORT_XML_H
#define BP_REPORT_XML_H

#include "base/str.h"

/*
 * Appends `text` so that it is read back as it is, between tags and between double quotes alike:
 * markup is escaped; of control characters, which XML cannot carry, line ends stay.
 */
void bp_xml_add(struct bp_str *out, const char *text);

/* Appends ` name="text"`. */
void bp_xml_attribute(struct bp_str *out, const char *name, const char *text);

#endif
