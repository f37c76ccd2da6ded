#ifndef T_LIB_HTTP_WIRE_H
#define T_LIB_HTTP_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Builds what a web server would send, and what it never would. */
enum {
	WIRE_BEGIN = 1,
	WIRE_ABORT = 2,
	WIRE_END = 3,
	WIRE_PARAMS = 4,
	WIRE_STDIN = 5,
	WIRE_STDOUT = 6,
	WIRE_DATA = 8,
	WIRE_GET_VALUES = 9,
	WIRE_GET_VALUES_RESULT = 10,
	WIRE_UNKNOWN_TYPE = 11,
};

struct wire_record {
	unsigned char version, type, padding;
	uint16_t id;
	const void *content;
	size_t len;
};

void wire_record(struct sark_buf *out, const struct wire_record *record);
/* A record of version 1 without padding. */
void wire_add(struct sark_buf *out, unsigned char type, uint16_t id,
    const void *content, size_t len);
void wire_begin(
    struct sark_buf *out, uint16_t id, uint16_t role, unsigned char flags);
/* A name-value pair, to be put into a PARAMS record. */
void wire_pair(struct sark_buf *out, const char *name, const char *value);
/* A whole request; params are name, value, ..., NULL; NULL params none. */
void wire_request(struct sark_buf *out, unsigned char flags,
    const char *const *params, const char *body);

#endif
