#ifndef SARK_HTTP_ETAG_H
#define SARK_HTTP_ETAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "http/request.h"
#include "http/response.h"

/*
 * Entity tags (RFC 9110 section 8.8.3) and the conditions that name them
 * (section 13.1).  A tag of ours is the version of the body (version.h) and
 * always strong.
 *
 * A list of more than SARK_ETAGS tags is not read: If-Match then is 400, as
 * to ignore it would lose the change that it guards; If-None-Match, which
 * only saves a transfer, is ignored.  The same for a list that is none.
 */
#define SARK_ETAGS 100

struct sark_etag {
	const char *opaque; /* what stands between the quotes */
	bool weak;
};

struct sark_etags {
	bool any; /* "*" */
	size_t count;
	struct sark_etag items[SARK_ETAGS];
};

/* Reads "*" or a list of tags, on ctx.  Returns 0, or -1 if it is neither. */
int sark_etags_parse(void *ctx, const char *value, struct sark_etags *etags_r)
    SARK_NONNULL(2, 3) SARK_CHECKED;
/*
 * Whether a strong tag of ours is among them.  Weakly a weak tag counts, too
 * (section 8.8.3.2): for If-None-Match, never for If-Match.
 */
bool sark_etags_match(const struct sark_etags *etags, const char *opaque,
    bool weakly) SARK_NONNULL(1, 2) SARK_CHECKED;

/*
 * The versions one of which If-Match wants, on req->mem, NULL-terminated;
 * NULL where any will do.  For who changes a resource: PRECONDITION_FAILED
 * unless sark_version_in, under the lock of the change.
 * Errors: BAD_REQUEST.
 */
int sark_etag_wanted(const struct sark_req *req, const char *const **versions_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/* Adds the tag of the body as it stands. */
int sark_etag_add(struct sark_resp *resp, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;
/*
 * The same for the answer to a GET, with its conditions: If-None-Match makes
 * it a 304 without body.
 * Errors: PRECONDITION_FAILED and BAD_REQUEST, by If-Match.
 */
int sark_etag_answer(const struct sark_req *req, struct sark_resp *resp,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
/*
 * For a body that shows something besides what can be changed: the tag is
 * the version of that.  To a GET no 304 comes of it, as the rest may be new.
 */
int sark_etag_add_version(struct sark_resp *resp, const char *version,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
int sark_etag_answer_version(const struct sark_req *req, struct sark_resp *resp,
    const char *version, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;

#endif
