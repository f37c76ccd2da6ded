#include "http/etag.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "crypto/version.h"

/* etagc of RFC 9110, without obs-text, which no header may hold here. */
static bool
is_etagc(char c)
{
	return c == '!' || (c >= '#' && c <= '~');
}

/* One tag at p: what follows it, or NULL. */
static const char *
read_tag(void *ctx, const char *p, struct sark_etag *etag)
{
	size_t n = 0;

	etag->weak = p[0] == 'W' && p[1] == '/';
	if (etag->weak)
		p += 2;
	if (*p++ != '"')
		return NULL;
	while (is_etagc(p[n]))
		n++;
	if (p[n] != '"')
		return NULL;
	etag->opaque = sark_strndup(ctx, p, n);
	return p + n + 1;
}

int
sark_etags_parse(void *ctx, const char *value, struct sark_etags *etags_r)
{
	const char *p = value + strspn(value, " \t");

	etags_r->any = false;
	etags_r->count = 0;
	if (*p == '*') {
		etags_r->any = true;
		return p[1 + strspn(p + 1, " \t")] == '\0' ? 0 : -1;
	}
	for (;;) {
		/* Empty elements are allowed (section 5.6.1.2). */
		p += strspn(p, " \t,");
		if (*p == '\0')
			return etags_r->count > 0 ? 0 : -1;
		if (etags_r->count == SARK_ETAGS)
			return -1;
		p = read_tag(ctx, p, &etags_r->items[etags_r->count]);
		if (p == NULL)
			return -1;
		etags_r->count++;
		p += strspn(p, " \t");
		if (*p != ',' && *p != '\0')
			return -1;
	}
}

bool
sark_etags_match(
    const struct sark_etags *etags, const char *opaque, bool weakly)
{
	size_t i;

	if (etags->any)
		return true;
	for (i = 0; i < etags->count; i++)
		if ((weakly || !etags->items[i].weak) &&
		    sark_str_eq(etags->items[i].opaque, opaque))
			return true;
	return false;
}

static int
read_if_match(const struct sark_req *req, struct sark_etags *etags_r,
    struct sark_err *err)
{
	if (sark_etags_parse(req->mem, req->if_match, etags_r) == -1)
		return sark_err_set(err, SARK_BAD_REQUEST,
		    "If-Match must be * or 1 to %d entity tags", SARK_ETAGS);
	return 0;
}

int
sark_etag_wanted(const struct sark_req *req, const char *const **versions_r,
    struct sark_err *err)
{
	struct sark_etags etags;
	const char **versions;
	size_t i, n = 0;

	*versions_r = NULL;
	if (req->if_match == NULL)
		return 0;
	if (read_if_match(req, &etags, err) == -1)
		return -1;
	if (etags.any)
		return 0;
	/* A weak tag never matches strongly (RFC 9110 section 13.1.1). */
	versions = sark_new_array(req->mem, const char *, etags.count + 1);
	for (i = 0; i < etags.count; i++)
		if (!etags.items[i].weak)
			versions[n++] = etags.items[i].opaque;
	*versions_r = versions;
	return 0;
}

int
sark_etag_add_version(
    struct sark_resp *resp, const char *version, struct sark_err *err)
{
	return sark_resp_header(resp, err, "ETag", "\"%s\"", version);
}

int
sark_etag_add(struct sark_resp *resp, struct sark_err *err)
{
	char version[SARK_VERSION_TEXT];

	sark_version_of(version, resp->body.data, resp->body.len);
	return sark_etag_add_version(resp, version, err);
}

int
sark_etag_answer_version(const struct sark_req *req, struct sark_resp *resp,
    const char *version, struct sark_err *err)
{
	struct sark_etags etags;

	if (req->if_match != NULL) {
		if (read_if_match(req, &etags, err) == -1)
			return -1;
		if (!sark_etags_match(&etags, version, false))
			return sark_err_set(err, SARK_PRECONDITION_FAILED,
			    "If-Match names another version");
	}
	return sark_etag_add_version(resp, version, err);
}

/* The order of RFC 9110 section 13.2.2. */
int
sark_etag_answer(
    const struct sark_req *req, struct sark_resp *resp, struct sark_err *err)
{
	char version[SARK_VERSION_TEXT];
	struct sark_etags etags;

	sark_version_of(version, resp->body.data, resp->body.len);
	if (sark_etag_answer_version(req, resp, version, err) == -1)
		return -1;
	if (sark_etags_parse(req->mem, req->if_none_match, &etags) == 0 &&
	    sark_etags_match(&etags, version, true)) {
		resp->status = 304;
		sark_buf_reset(&resp->body);
	}
	return 0;
}
