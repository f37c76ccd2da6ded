#ifndef SARK_BASE_NETWORKS_H
#define SARK_BASE_NETWORKS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

/* Addresses as text and the networks they are in. */
#define SARK_ADDRESS_TEXT 46
#define SARK_NETWORK_TEXT 50

struct sark_networks;

/* Whether text is an address or a network, as sark_networks_make takes it. */
bool sark_network_valid(const char *text) SARK_NONNULL(1);
/*
 * Reads a NULL-ended list of addresses and CIDR ranges (RFC 4632), bits
 * behind the prefix zero.  Errors: CONFIG, which one is wrong.
 */
int sark_networks_make(void *ctx, const char *const *list,
    struct sark_networks **networks_r, struct sark_err *err)
    SARK_NONNULL(3, 4) SARK_CHECKED;
/*
 * The one spelling of an address (RFC 5952; an IPv4-mapped IPv6 address is
 * its IPv4 one).  Returns 0, or -1 if text is none.
 */
int sark_address_canonical(const char *text, char out[SARK_ADDRESS_TEXT])
    SARK_NONNULL(1) SARK_CHECKED;
/*
 * What one client can be told by: an IPv4 address itself, the /64 of an IPv6
 * one ("2001:db8::/64"); "" if address is none.
 */
void sark_address_network(const char *address, char out[SARK_NETWORK_TEXT])
    SARK_NONNULL(1);
/* Whether a canonical address is in one of the networks. */
bool sark_networks_hold(const struct sark_networks *networks,
    const char *address) SARK_NONNULL(1, 2);
/*
 * The client's address: the peer's, or while that is a trusted proxy the
 * next one to the left in its X-Forwarded-For (NULL: none).  What follows
 * something that is no address is not believed.  "" if peer is none.
 */
void sark_networks_client(const struct sark_networks *trusted, const char *peer,
    const char *forwarded, char out[SARK_ADDRESS_TEXT]) SARK_NONNULL(1, 2);

#endif
