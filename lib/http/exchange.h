#ifndef SARK_HTTP_EXCHANGE_H
#define SARK_HTTP_EXCHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/code.h"

/*
 * One request as the web server hands it over, by FastCGI or plain CGI: the
 * CGI/1.1 meta-variables (RFC 3875 section 4.1), each name once but for some
 * lists, and the body.  Strings end in a NUL and hold none.  Everything is lent until the
 * answer is written.
 */
#define SARK_EXCHANGE_PARAMS 250   /* most variables of a request */
#define SARK_EXCHANGE_BYTES  65536 /* most bytes of all of them */
#define SARK_EXCHANGE_SLOTS  512

struct sark_param {
	const char *name;
	const char *value;
	uint32_t name_len;
	uint32_t value_len;
};

struct sark_exchange {
	struct sark_param params[SARK_EXCHANGE_PARAMS];
	size_t nparams;
	const char *body; /* NUL behind body_len bytes */
	size_t body_len;
	int64_t waited_ns; /* for its turn, since it was whole */
	/*
	 * SARK_OK, or why it may not be served: BAD_REQUEST (a name twice,
	 * empty or malformed, a NUL), HEADERS_TOO_LARGE, TOO_LARGE.
	 */
	enum sark_code refused;
	unsigned char slots[SARK_EXCHANGE_SLOTS];
};

/* Forgets the last request. */
void sark_exchange_reset(struct sark_exchange *in) SARK_NONNULL(1);
/*
 * Adds a variable; both strings are terminated and outlive the exchange.
 * A name given twice, empty, with '=' or a NUL, a value with a NUL, one
 * variable too many: in->refused says so and the variable is left out.
 *
 * nginx before 1.23 hands on each line of a header that a client or a proxy
 * may send in several (RFC 9110 section 5.3).  That is taken of lists which
 * no handler reads and no decision hangs on, such as Accept; sark_exchange_get
 * gives the first line.
 */
void sark_exchange_add(struct sark_exchange *in, const struct sark_param *param)
    SARK_NONNULL(1, 2);
/* The value of a variable, NULL without one. */
const char *sark_exchange_get(const struct sark_exchange *in, const char *name)
    SARK_NONNULL(1, 2);

#endif
