#ifndef SARK_PROC_LANDLOCK_H
#define SARK_PROC_LANDLOCK_H

#include "base/attr.h"
#include "base/err.h"
#include "proc/sandbox.h"

/*
 * Landlock: the kernel refuses to open, make, remove and run files outside
 * the paths of the sandbox, landlock(7).  It judges opening, so descriptors
 * that are open already stay good, and so do mappings of code from a file
 * that may be read.  Connecting to a Unix socket and stat(2) are not judged.
 * A path means what lies there now: a folder that takes its place later is
 * another one.
 */

/* The version of the kernel's interface, 0 without Landlock. */
int sark_landlock_version(void);
/* Errors: INTERNAL. */
int sark_landlock_enter(const struct sark_sandbox *sandbox,
    struct sark_err *err) SARK_NONNULL(1, 2) SARK_CHECKED;

#endif
