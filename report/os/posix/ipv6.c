#include "report/ipv6.h"

#include <arpa/inet.h>
#include <netinet/in.h>

bool bp_is_ipv6(const char *text) {
    struct in6_addr parsed;
    return inet_pton(AF_INET6, text, &parsed) == 1;
}
