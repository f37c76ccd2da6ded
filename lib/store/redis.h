#ifndef SARK_STORE_REDIS_H
#define SARK_STORE_REDIS_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * One Redis connection of one process, over a Unix socket.  It connects when
 * first used; after any timeout or protocol error it is thrown away, so a
 * late reply never answers the next command; after a failure it stays quiet
 * for 1 s (calls fail at once) so that an absent server costs nothing.
 * Commands go by argv only.  Used by lib/store, whose files give the calls
 * their meaning, and by sark_redis_ping's callers.
 *
 * Errors: UNAVAILABLE no server, or it answered LOADING, READONLY, OOM,
 * MISCONF or the like; TIMEOUT.
 */
struct sark_redis;
struct sark_tracer;

#define SARK_REDIS_RUN 41

enum sark_reply_type {
	SARK_REPLY_NIL,
	SARK_REPLY_STATUS,
	SARK_REPLY_STRING,
	SARK_REPLY_INT,
	SARK_REPLY_ARRAY,
	SARK_REPLY_ERROR,
};
struct sark_reply {
	enum sark_reply_type type;
	int64_t integer;
	const char *str; /* NUL-terminated, len bytes */
	size_t len;
	size_t count;
	const struct sark_reply *elements;
};

/* One command; lengths may be NULL, then the arguments are C strings. */
struct sark_redis_cmd {
	int argc;
	const char *const *argv;
	const size_t *lengths;
};

struct sark_redis *sark_redis_new(void *ctx, const char *socket,
    int64_t database, int64_t timeout_ms) SARK_NONNULL(2);
/*
 * Has every connect and every round trip be a span of tracer, which is lent;
 * its name is that of the commands, "PIPELINE" where they differ.
 */
void sark_redis_trace(struct sark_redis *redis, struct sark_tracer *tracer)
    SARK_NONNULL(1);
/*
 * Cuts every wait to what is left of the request that ends at *until_ns
 * (deadline.h); after that no command is sent: TIMEOUT.
 */
void sark_redis_bound(struct sark_redis *redis, const int64_t *until_ns)
    SARK_NONNULL(1);
/*
 * From the next connection on logs in with the password in a file, as user
 * ("" for the server's default one).  The file is read now and again for
 * each connection; when it cannot be, what was read last counts.
 * Errors: CONFIG.
 */
int sark_redis_login(struct sark_redis *redis, const char *user,
    const char *password_file, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/*
 * Sends n commands and reads n replies, one round trip.  replies_r is an
 * array of n on ctx.  An error reply to one command is a reply of type
 * ERROR, not a failure of the call, unless it is one of those named above.
 */
int sark_redis_pipeline(struct sark_redis *redis, void *ctx,
    const struct sark_redis_cmd *cmds, size_t n,
    const struct sark_reply **replies_r, struct sark_err *err)
    SARK_NONNULL(1, 3, 5, 6) SARK_CHECKED;
/*
 * The word of this life of the server, another after each start (run_id of
 * INFO), lent until the next call: what an old dump brings back can be told
 * from what is new.  Asked once a connection.
 */
int sark_redis_run(struct sark_redis *redis, const char **run_r,
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;
int sark_redis_ping(struct sark_redis *redis, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
