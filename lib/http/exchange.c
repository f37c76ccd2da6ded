#include "http/exchange.h"

#include <stdbool.h>
#include <string.h>

#include "base/str.h"

void
sark_exchange_reset(struct sark_exchange *in)
{
	in->nparams = 0;
	in->body = "";
	in->body_len = 0;
	in->waited_ns = 0;
	in->refused = SARK_OK;
	memset(in->slots, 0, sizeof(in->slots));
}

/* FNV-1a.  Collisions cost at most SARK_EXCHANGE_PARAMS comparisons. */
static size_t
slot_of(const char *name, size_t len)
{
	uint32_t hash = 2166136261u;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return (hash ^ (hash >> 16)) % SARK_EXCHANGE_SLOTS;
}

/* The slot that holds name, or the free one where it belongs. */
static size_t
find(const struct sark_exchange *in, const char *name, size_t len)
{
	size_t slot = slot_of(name, len);
	const struct sark_param *param;

	while (in->slots[slot] != 0) {
		param = &in->params[in->slots[slot] - 1];
		if (param->name_len == len &&
		    memcmp(param->name, name, len) == 0)
			break;
		slot = (slot + 1) % SARK_EXCHANGE_SLOTS;
	}
	return slot;
}

static bool
well_formed(const struct sark_param *param)
{
	return param->name_len > 0 &&
	    memchr(param->name, '=', param->name_len) == NULL &&
	    memchr(param->name, '\0', param->name_len) == NULL &&
	    memchr(param->value, '\0', param->value_len) == NULL;
}

static bool
harmless_list(const char *name)
{
	static const char *const names[] = { "HTTP_ACCEPT",
		"HTTP_ACCEPT_CHARSET", "HTTP_ACCEPT_ENCODING",
		"HTTP_ACCEPT_LANGUAGE", "HTTP_PRAGMA", "HTTP_VIA", NULL };

	return sark_str_in(name, names);
}

void
sark_exchange_add(struct sark_exchange *in, const struct sark_param *param)
{
	size_t slot;

	if (in->nparams == SARK_EXCHANGE_PARAMS) {
		in->refused = SARK_HEADERS_TOO_LARGE;
		return;
	}
	slot = find(in, param->name, param->name_len);
	/*
	 * Web servers fold '-' and '_' of header names into one variable: the
	 * same name twice may be one header hiding behind another.
	 */
	if (!well_formed(param) ||
	    (in->slots[slot] != 0 && !harmless_list(param->name))) {
		in->refused = SARK_BAD_REQUEST;
		return;
	}
	in->params[in->nparams++] = *param;
	if (in->slots[slot] == 0)
		in->slots[slot] = (unsigned char)in->nparams;
}

const char *
sark_exchange_get(const struct sark_exchange *in, const char *name)
{
	size_t slot = find(in, name, strlen(name));

	if (in->slots[slot] == 0)
		return NULL;
	return in->params[in->slots[slot] - 1].value;
}
