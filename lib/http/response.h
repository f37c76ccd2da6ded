#ifndef SARK_HTTP_RESPONSE_H
#define SARK_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/* A response under way: built whole, written once by the dispatcher. */
struct sark_resp {
	int status;		 /* 200 unless set */
	struct sark_buf headers; /* "Name: value\r\n" ... */
	struct sark_buf body;
	const char *type;	    /* Content-Type, default JSON */
	bool cacheable;		    /* the handler sets Cache-Control */
	const char *content_policy; /* CSP, default: nothing may load */
	/* one more member of a problem document; name NULL: none */
	const char *problem_name;
	const char *problem_value;
};

/*
 * Adds a header.  A value with CR, LF, NUL or another control byte is
 * refused, and so is a name that is none or that the dispatcher makes
 * itself (Content-Type, Content-Length, X-Request-ID, ...): -1 and INTERNAL.
 */
int sark_resp_header(struct sark_resp *resp, struct sark_err *err,
    const char *name, const char *format, ...) SARK_FORMAT(4, 5)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif
