#ifndef SARK_PROC_SYSCALLS_H
#define SARK_PROC_SYSCALLS_H

#include "base/attr.h"
#include "base/err.h"
#include "proc/sandbox.h"

/*
 * seccomp(2): the system calls that a program may still make, from tables
 * that follow from what it does (SARK_MAY_*).
 */

/* Whether this build filters: sanitizers make calls of their own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SARK_SYSCALLS_FILTERED 0
#else
#define SARK_SYSCALLS_FILTERED 1
#endif

/* Errors: INTERNAL. */
int sark_syscalls_enter(const struct sark_sandbox *sandbox,
    struct sark_err *err) SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
