#ifndef SARK_PROC_NOTIFY_H
#define SARK_PROC_NOTIFY_H

#include "base/attr.h"

/*
 * Tells who started this process that it is ready, as sd_notify(3) does:
 * "READY=1" to the socket that NOTIFY_SOCKET names in environment, which is
 * the one the process was given.  Does nothing where nobody wants to know;
 * that it could not be told is in the log.
 */
void sark_notify_ready(char *const *environment) SARK_NONNULL(1);

#endif
