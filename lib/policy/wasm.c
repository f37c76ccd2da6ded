#include "policy/wasm.h"

#include <string.h>

#define SECTION_IMPORT 2
#define PAGES_MAX      4096 /* 256 MiB */

enum { KIND_FUNCTION, KIND_TABLE, KIND_MEMORY, KIND_GLOBAL };

struct reader {
	const unsigned char *at, *end;
	int bad;
};

static unsigned int
byte(struct reader *r)
{
	if (r->at >= r->end) {
		r->bad = 1;
		return 0;
	}
	return *r->at++;
}

/* An unsigned LEB128 number. */
static uint32_t
number(struct reader *r)
{
	unsigned int shift = 0, b;
	uint64_t value = 0;

	do {
		b = byte(r);
		value |= (uint64_t)(b & 0x7f) << shift;
		shift += 7;
	} while ((b & 0x80) != 0 && shift < 35);
	if ((b & 0x80) != 0 || value > UINT32_MAX)
		r->bad = 1;
	return (uint32_t)value;
}

static void
skip(struct reader *r, uint32_t n)
{
	if (n > (size_t)(r->end - r->at))
		r->bad = 1;
	else
		r->at += n;
}

/* Limits: the least and, where the flag says so, the most. */
static uint32_t
limits(struct reader *r)
{
	unsigned int flags = byte(r);
	uint32_t least = number(r);

	if ((flags & 1) != 0)
		(void)number(r);
	return least;
}

/* Whether the next import is a memory; then *pages_r is its size. */
static int
import(struct reader *r, uint32_t *pages_r)
{
	unsigned int kind;

	skip(r, number(r)); /* module */
	skip(r, number(r)); /* name */
	kind = byte(r);
	switch (kind) {
	case KIND_FUNCTION:
		(void)number(r);
		return 0;
	case KIND_TABLE:
		(void)byte(r);
		(void)limits(r);
		return 0;
	case KIND_MEMORY:
		*pages_r = limits(r);
		return 1;
	case KIND_GLOBAL:
		skip(r, 2);
		return 0;
	default:
		r->bad = 1;
		return 0;
	}
}

static int
imports(struct reader r, uint32_t *pages_r)
{
	uint32_t count = number(&r);

	for (; count > 0 && !r.bad; count--)
		if (import(&r, pages_r) && !r.bad)
			return *pages_r <= PAGES_MAX ? 0 : -1;
	return -1;
}

int
sark_wasm_pages(
    const void *module, size_t len, uint32_t *pages_r, struct sark_err *err)
{
	static const unsigned char magic[] = { 0, 'a', 's', 'm', 1, 0, 0, 0 };
	struct reader r = { .at = module };
	unsigned int section;
	uint32_t size;

	r.end = r.at + len;
	if (len < sizeof(magic) || memcmp(module, magic, sizeof(magic)) != 0)
		return sark_err_set(err, SARK_CONFIG, "no WebAssembly module");
	r.at += sizeof(magic);
	while (!r.bad && r.at < r.end) {
		section = byte(&r);
		size = number(&r);
		if (r.bad || size > (size_t)(r.end - r.at))
			break;
		if (section == SECTION_IMPORT) {
			r.end = r.at + size;
			if (imports(r, pages_r) == 0)
				return 0;
			break;
		}
		skip(&r, size);
	}
	return sark_err_set(err, SARK_CONFIG,
	    "no WebAssembly module that imports a memory of at most 256 MiB");
}
