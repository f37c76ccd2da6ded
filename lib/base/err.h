#ifndef SARK_BASE_ERR_H
#define SARK_BASE_ERR_H

#include <stdint.h>

#include "base/attr.h"
#include "base/code.h"

#define SARK_ERR_TEXT	512
#define SARK_ERR_FIELDS 16

/* One wrong input field: JSON Pointer (RFC 6901) and what is wrong. */
struct sark_err_field {
	char pointer[128];
	char message[128];
};

/*
 * What went wrong.  The code is for the client, the text for the log; the
 * text never reaches a client unless the code is BAD_REQUEST, INVALID,
 * CONFLICT, FORBIDDEN, NOT_FOUND, UNSUPPORTED_MEDIA_TYPE or RATE_LIMITED,
 * whose texts are written for both.
 * First error wins: sark_err_set on a set error changes nothing.
 */
struct sark_err {
	enum sark_code code; /* SARK_OK: nothing wrong */
	char text[SARK_ERR_TEXT];
	int64_t retry_after_s; /* when to ask again, 0: not said */
	unsigned int nfields;
	struct sark_err_field fields[SARK_ERR_FIELDS];
};

void sark_err_init(struct sark_err *err) SARK_NONNULL(1);

/* Sets code and text unless an error is set already.  Always returns -1. */
int sark_err_set(struct sark_err *err, enum sark_code code, const char *format,
    ...) SARK_FORMAT(3, 4) SARK_NONNULL(1, 3);

/*
 * Adds a wrong field and sets code INVALID.  Fields beyond SARK_ERR_FIELDS
 * are dropped.  Always returns -1.
 */
int sark_err_field(struct sark_err *err, const char *pointer,
    const char *format, ...) SARK_FORMAT(3, 4) SARK_NONNULL(1, 2, 3);

#endif
