#ifndef SARK_NET_LDAP_H
#define SARK_NET_LDAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * A client of LDAP servers (RFC 4511) that does what it is told and nothing
 * beside: no referral followed, no configuration of the system read, TLS
 * with verified certificate and name or no connection at all.
 */

/* Longest message that is taken from a server, bytes. */
#define SARK_LDAP_MESSAGE_MAX (4 * 1024 * 1024)

struct sark_ldap_server {
	const char *url;     /* "ldaps://ldap.example.org" */
	const char *ca_file; /* PEM: who may vouch for it */
	bool starttls;	     /* of ldap:// */
};

/*
 * Whether the URL is one: ldaps://host[:port], ldap://host[:port] with
 * starttls, or without it for a loopback address, ldapi://path-in-percents.
 * Errors: CONFIG.
 */
int sark_ldap_check(const struct sark_ldap_server *server, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

/* One connection; closed when it is freed. */
struct sark_ldap;

/*
 * Connects, with TLS unless it is loopback without starttls or ldapi.  All
 * that is done with the connection ends at until_ns, monotonic: whatever a
 * server does or leaves undone, no call lasts longer, but for the resolver
 * of names.
 * Errors: UNAVAILABLE nobody there, or not who it should be; TIMEOUT.
 */
int sark_ldap_open(void *ctx, const struct sark_ldap_server *server,
    int64_t until_ns, struct sark_ldap **ldap_r, struct sark_err *err)
    SARK_NONNULL(2, 4, 5) SARK_CHECKED;

/* Another end for what is done from now on. */
void sark_ldap_until(struct sark_ldap *ldap, int64_t until_ns) SARK_NONNULL(1);

/* What a server said to a bind. */
struct sark_ldap_bound {
	int code;	     /* resultCode, 0 success */
	int policy;	     /* error of the password policy control, -1 none */
	const char *message; /* diagnosticMessage, "" without */
};
/*
 * Simple bind.  An empty password, which many servers would take for an
 * anonymous bind that succeeds (RFC 4513 section 5.1.2), or an empty dn is
 * answered here with 49, invalidCredentials; nothing is sent.
 * Errors: UNAVAILABLE, TIMEOUT.
 */
int sark_ldap_bind(struct sark_ldap *ldap, const char *dn, const char *password,
    struct sark_ldap_bound *bound_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

struct sark_ldap_search {
	const char *base;
	bool subtree; /* or the base alone */
	const char *filter;
	const char *const *attributes; /* ended by NULL */
	size_t limit;		       /* entries */
};
struct sark_ldap_attribute {
	const char *name;
	const char *const *values; /* as sark_ldap_text; ended by NULL */
};
struct sark_ldap_entry {
	const char *dn;
	size_t count;
	struct sark_ldap_attribute *attributes;
};
struct sark_ldap_found {
	size_t count; /* at most limit */
	bool more;    /* there are others */
	struct sark_ldap_entry *entries;
};
/*
 * Searches; what is found is on ctx.  References to other servers are left
 * out.  A base that does not exist, when it alone is asked for, is nothing
 * found.
 * Errors: UNAVAILABLE, also for every other result code; TIMEOUT.
 */
int sark_ldap_search(struct sark_ldap *ldap, void *ctx,
    const struct sark_ldap_search *search, struct sark_ldap_found *found_r,
    struct sark_err *err) SARK_NONNULL(1, 3, 4, 5) SARK_CHECKED;

/* The values of an attribute, names compared without case; never NULL. */
const char *const *sark_ldap_values(
    const struct sark_ldap_entry *entry, const char *name) SARK_NONNULL(1, 2);
/* The first of them, or "". */
const char *sark_ldap_value(
    const struct sark_ldap_entry *entry, const char *name) SARK_NONNULL(1, 2);

#endif
