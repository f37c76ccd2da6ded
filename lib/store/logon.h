#ifndef SARK_STORE_LOGON_H
#define SARK_STORE_LOGON_H

#include "base/attr.h"
#include "base/err.h"
#include "store/redis.h"

/* Who logs in to Redis, with a password that lies in a file. */
struct sark_logon;

/*
 * Reads the password, the first line of the file; user may be "".
 * Errors: CONFIG the file cannot be read, or others can.
 */
int sark_logon_open(void *ctx, const char *user, const char *password_file,
    struct sark_logon **logon_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4, 5) SARK_CHECKED;
/*
 * The command that logs in, lent until the next call.  The file is read
 * anew; when it cannot be, what was read last counts: the sandbox refuses a
 * file that was replaced until the worker is replaced as well.
 */
const struct sark_redis_cmd *sark_logon_command(struct sark_logon *logon)
    SARK_NONNULL(1);

#endif
