#include "policy/record.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/netstring.h"
#include "base/str.h"

#define RECORD_VERSION 1

const char *
sark_decision_to_record(
    void *ctx, const struct sark_decision *decision, int64_t expires_s)
{
	struct sark_buf buf;

	sark_buf_init(&buf, ctx);
	sark_netstring_add_int(&buf, RECORD_VERSION);
	sark_netstring_add(&buf, decision->revision);
	sark_netstring_add_int(&buf, expires_s);
	sark_netstring_add_int(&buf, decision->allow);
	sark_netstring_add(&buf, decision->reason);
	sark_netstring_add(&buf, decision->rule);
	sark_netstring_add(&buf, decision->sensitivity);
	sark_netstring_add(&buf, decision->filtered_parameters);
	sark_netstring_add(&buf, decision->removed_parameters);
	sark_netstring_add(&buf, decision->obligations);
	return buf.data;
}

static int
take_texts(char **at, struct sark_decision *decision)
{
	const char **texts[] = { &decision->reason, &decision->rule,
		&decision->sensitivity, &decision->filtered_parameters,
		&decision->removed_parameters, &decision->obligations };
	size_t i;

	for (i = 0; i < SARK_COUNT(texts); i++)
		if (sark_netstring_take(at, texts[i]) == -1 ||
		    *texts[i] == NULL)
			return -1;
	return 0;
}

int
sark_decision_from_record(void *ctx, const char *record, const char *revision,
    int64_t now_s, struct sark_decision *decision)
{
	char *at = sark_strdup(ctx, record);
	int64_t version, expires_s, allow;

	if (sark_netstring_take_int(&at, &version) == -1 ||
	    version != RECORD_VERSION ||
	    sark_netstring_take(&at, &decision->revision) == -1 ||
	    decision->revision == NULL ||
	    !sark_str_eq(decision->revision, revision) ||
	    sark_netstring_take_int(&at, &expires_s) == -1 ||
	    sark_netstring_take_int(&at, &allow) == -1 ||
	    (allow != 0 && allow != 1) || take_texts(&at, decision) == -1 ||
	    *at != '\0' || expires_s <= now_s)
		return 0;
	decision->allow = allow == 1;
	decision->cache_ttl_s = expires_s - now_s;
	return 1;
}
