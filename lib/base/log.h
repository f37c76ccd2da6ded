#ifndef SARK_BASE_LOG_H
#define SARK_BASE_LOG_H

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

enum sark_log_level {
	SARK_LOG_ERROR,
	SARK_LOG_WARNING,
	SARK_LOG_INFO,
	SARK_LOG_DEBUG,
};
enum sark_log_format { SARK_LOG_KV, SARK_LOG_JSON };
enum sark_log_target { SARK_LOG_STDERR, SARK_LOG_SYSLOG };

/*
 * One line an event: key=value or JSON, written by one write(2) to standard
 * error or handed to syslog(3).  Control bytes, quotes and invalid UTF-8 are
 * escaped, values are cut at 1 KiB, lines at 4 KiB.  Secrets are never passed
 * here.  A line that cannot be written now, because the disk is full or the
 * reader of a pipe or socket sleeps or has gone, is lost and counted: nobody
 * waits for the log.
 * The settings of the process; program must outlive it.
 */
void sark_log_open(const char *program, enum sark_log_level level,
    enum sark_log_format format, enum sark_log_target target) SARK_NONNULL(1);
/*
 * event is a word ("request", "redis_down"); then pairs of key and value,
 * both strings, ended by NULL.  A pair whose value is NULL or "" is left out.
 */
void sark_log(enum sark_log_level level, const char *event, ...)
    SARK_NONNULL(2) SARK_SENTINEL;
/* Lines of this process that were lost. */
uint64_t sark_log_lost(void);
/* An error as a line: event, code and text. */
void sark_log_err(enum sark_log_level level, const char *event,
    const struct sark_err *err) SARK_NONNULL(2, 3);

#endif
