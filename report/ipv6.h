/* Addresses of the internet as the system reads them. */
#ifndef BP_REPORT_IPV6_H
#define BP_REPORT_IPV6_H

#include <stdbool.h>

/* Bytes of the longest IPv6 address in words, with the zero byte at its end. */
enum { BP_IPV6_LONGEST = 46 };

/* Whether `text` is an IPv6 address without a zone. */
bool bp_is_ipv6(const char *text);

#endif
