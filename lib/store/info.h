#ifndef SARK_STORE_INFO_H
#define SARK_STORE_INFO_H

#include "base/attr.h"
#include "base/err.h"
#include "store/redis.h"

/*
 * Takes the value of the line run_id from the answer to INFO server.
 * Errors: UNAVAILABLE there is none.
 */
int sark_info_run(const struct sark_reply *info, char run[SARK_REDIS_RUN],
    struct sark_err *err) SARK_NONNULL(1, 2, 3) SARK_CHECKED;

#endif
