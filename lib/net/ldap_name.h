#ifndef SARK_NET_LDAP_NAME_H
#define SARK_NET_LDAP_NAME_H

#include <stddef.h>

#include "base/attr.h"

/* text as an assertion value of a filter (RFC 4515 section 3), on ctx. */
char *sark_ldap_filter_value(void *ctx, const char *text) SARK_NONNULL(2)
    __attribute__((returns_nonnull));
/* text as an attribute value of a DN (RFC 4514 section 2.4), on ctx. */
char *sark_ldap_dn_value(void *ctx, const char *text) SARK_NONNULL(2)
    __attribute__((returns_nonnull));
/*
 * n bytes of an attribute as a text on ctx; what is no UTF-8 is "#" and its
 * bytes as hex digits.
 */
const char *sark_ldap_text(void *ctx, const void *value, size_t n)
    SARK_NONNULL(2) __attribute__((returns_nonnull));
/*
 * A DN in one spelling, to compare it by: names and values in lower case
 * (ASCII), blanks around and doubled ones inside of values left out, each
 * special character escaped in one way, the parts of a multi-valued RDN
 * sorted.  Not looked up: an OID in place of a name, and letters beyond
 * ASCII in another case, stay different.
 * Returns it on ctx, NULL if the text is no DN (RFC 4514).
 */
char *sark_ldap_dn_normal(void *ctx, const char *dn)
    SARK_NONNULL(2) SARK_CHECKED;

#endif
