#include "proc/sandbox.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "proc/landlock.h"
#include "proc/syscalls.h"

unsigned int
sark_sandbox_barriers(void)
{
	unsigned int barriers = 0;

	if (sark_landlock_version() > 0)
		barriers |= SARK_BARRIER_FILES;
	if (SARK_SYSCALLS_FILTERED)
		barriers |= SARK_BARRIER_CALLS;
	return barriers;
}

static int
limit(const struct sark_sandbox *sandbox, struct sark_err *err)
{
	struct rlimit none = { 0, 0 }, files;

	if (getrlimit(RLIMIT_NOFILE, &files) == -1)
		goto failed;
	if (files.rlim_max > sandbox->descriptors)
		files.rlim_max = sandbox->descriptors;
	if (files.rlim_cur > files.rlim_max)
		files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) == -1 ||
	    setrlimit(RLIMIT_CORE, &none) == -1)
		goto failed;
	/* A leak checker starts a thread. */
	if ((sandbox->barriers & SARK_BARRIER_CALLS) != 0 &&
	    !sandbox->log_only && setrlimit(RLIMIT_NPROC, &none) == -1)
		goto failed;
	return 0;
failed:
	return sark_err_set(err, SARK_INTERNAL, "sandbox of %s: limits: %s",
	    sandbox->profile, strerror(errno));
}

int
sark_sandbox_enter(const struct sark_sandbox *sandbox, struct sark_err *err)
{
	if (limit(sandbox, err) == -1)
		return -1;
	if ((sandbox->barriers & SARK_BARRIER_FILES) != 0 &&
	    !sandbox->log_only && sark_landlock_enter(sandbox, err) == -1)
		return -1;
	/* Last: the calls of the steps before are not among the allowed. */
	if ((sandbox->barriers & SARK_BARRIER_CALLS) != 0)
		return sark_syscalls_enter(sandbox, err);
	return 0;
}
