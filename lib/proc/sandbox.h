#ifndef SARK_PROC_SANDBOX_H
#define SARK_PROC_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/*
 * What a worker gives up before it reads the first byte of a stranger: files
 * (Landlock, landlock.h), system calls (seccomp, syscalls.h), new processes
 * and more than a few descriptors (setrlimit(2)).  There is no way back.
 */

/* The barriers, as bits. */
#define SARK_BARRIER_FILES (1u << 0)
#define SARK_BARRIER_CALLS (1u << 1)

/* What a program does besides serving and talking to Unix sockets. */
#define SARK_MAY_WRITE	  (1u << 0) /* makes and changes files */
#define SARK_MAY_LOAD	  (1u << 1) /* loads code, runs it under a timer */
#define SARK_MAY_INTERNET (1u << 2) /* speaks TCP, resolves names */

struct sark_sandbox {
	const char *profile;   /* name of the program, for messages */
	unsigned int barriers; /* to be raised; sark_sandbox_barriers() */
	unsigned int may;
	/* Files, or folders with all in them; what does not exist is skipped. */
	const char *const *readable; /* ended by NULL */
	const char *const *writable; /* folders; ended by NULL */
	uint64_t descriptors;	     /* that may be open */
	bool log_only; /* calls are told to the kernel's log, not refused */
};

/*
 * The barriers that this build and this kernel have.  A build with
 * sanitizers has no SARK_BARRIER_CALLS: they make calls of their own.
 */
unsigned int sark_sandbox_barriers(void);
/*
 * Enters; call after sark_privs_harden.  From here on an unlisted system call
 * fails with EPERM, one that only an intruder makes ends the process
 * (SIGSYS), opening a file that is not named fails with EACCES.
 * Errors: INTERNAL the kernel refused.
 */
int sark_sandbox_enter(const struct sark_sandbox *sandbox, struct sark_err *err)
    SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
