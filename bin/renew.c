#include "config.h"

#include "renew.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "proc/lock.h"

/* "PID LOCK NAME FD OLD NAME FD OLD ...", for the process PID. */
#define VARIABLE "SARK_RUN"

/* The arguments of a run that only says whether it would start. */
static char *const *
checking(void *ctx, char *const *argv)
{
	char **copy;
	size_t n = 0;

	while (argv[n] != NULL)
		n++;
	copy = sark_new_array(ctx, char *, n + 2);
	memcpy(copy, argv, n * sizeof(*copy));
	copy[n] = sark_strdup(ctx, "--check-config");
	copy[n + 1] = NULL;
	return copy;
}

/* What the new file finds wrong stands on standard error. */
static int
would_start(void *ctx, const struct renewal *renewal)
{
	posix_spawnattr_t attr;
	sigset_t none;
	int status, failed;
	pid_t pid;

	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	failed = posix_spawn(&pid, renewal->path, NULL, &attr,
	    checking(ctx, renewal->argv), environ);
	posix_spawnattr_destroy(&attr);
	errno = failed;
	if (failed != 0)
		return 0;
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return 0;
	errno = ECANCELED;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Which process serves: the one before, while its successor is not ready. */
static pid_t
serves(const struct supervised *program)
{
	return program->old != 0 && !program->ready ? program->old
						    : program->pid;
}

/* Whether exec leaves the lock and the sockets open. */
static void
keep(const struct renewal *renewal, const struct supervision *all, bool kept)
{
	int flags = kept ? 0 : FD_CLOEXEC;
	size_t i;

	fcntl(sark_lock_fd(renewal->lock), F_SETFD, flags);
	for (i = 0; i < all->count; i++)
		if (all->programs[i].fd != -1)
			fcntl(all->programs[i].fd, F_SETFD, flags);
}

static char *
describe(
    void *ctx, const struct renewal *renewal, const struct supervision *all)
{
	char *text = sark_format(
	    ctx, "%d %d", (int)getpid(), sark_lock_fd(renewal->lock));
	const struct supervised *program;
	size_t i;

	for (i = 0; i < all->count; i++) {
		program = &all->programs[i];
		text = sark_format(ctx, "%s %s %d %d", text, program->name,
		    program->fd, (int)serves(program));
	}
	return text;
}

void
renew(void *ctx, const struct renewal *renewal, const struct supervision *all)
{
	const struct supervised *program;
	size_t i;

	if (would_start(ctx, renewal) &&
	    setenv(VARIABLE, describe(ctx, renewal, all), 1) == 0) {
		/* A successor that was never ready gives way to the next. */
		for (i = 0; i < all->count; i++) {
			program = &all->programs[i];
			if (program->pid != 0 &&
			    serves(program) != program->pid)
				kill(program->pid, SIGTERM);
		}
		sark_log(SARK_LOG_INFO, "renewed", "text", renewal->path, NULL);
		keep(renewal, all, true);
		execv(renewal->path, renewal->argv);
		keep(renewal, all, false);
		unsetenv(VARIABLE);
	}
	sark_log(SARK_LOG_ERROR, "not_renewed", "text", renewal->path, "reason",
	    strerror(errno), "action", "the programs go on as they are", NULL);
}

/* The next number of a list of words parted by blanks; moves *text. */
static int
next_number(char **text, int64_t min, int64_t *number_r)
{
	const char *word = strsep(text, " ");

	return word == NULL ? -1 : sark_num_int(word, min, INT32_MAX, number_r);
}

static int
take_program(const struct supervision *all, const char *name, int fd, pid_t pid)
{
	size_t i;

	if (fd != -1 && fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		return -1;
	for (i = 0; i < all->count; i++)
		if (sark_str_eq(all->programs[i].name, name)) {
			all->programs[i].fd = fd;
			all->programs[i].old = pid;
			return 0;
		}
	if (pid != 0)
		kill(pid, SIGTERM);
	if (fd != -1)
		close(fd);
	return 0;
}

static int
take_all(char *text, const struct supervision *all)
{
	const char *name;
	int64_t fd, pid;

	while (text != NULL) {
		name = strsep(&text, " ");
		if (next_number(&text, -1, &fd) == -1 ||
		    next_number(&text, 0, &pid) == -1 ||
		    take_program(all, name, (int)fd, (pid_t)pid) == -1)
			return -1;
	}
	return 0;
}

int
renew_take(void *ctx, const struct supervision *all, struct sark_lock **lock_r,
    struct sark_err *err)
{
	const char *given = getenv(VARIABLE);
	char *text = given == NULL ? NULL : sark_strdup(ctx, given);
	int64_t pid, lock;

	/* As root nothing is believed, nor what was meant for another. */
	if (text == NULL || geteuid() == 0 ||
	    next_number(&text, 1, &pid) == -1 || pid != getpid())
		return 0;
	if (next_number(&text, 0, &lock) == -1 ||
	    fcntl((int)lock, F_SETFD, FD_CLOEXEC) == -1 ||
	    take_all(text, all) == -1)
		return sark_err_set(
		    err, SARK_INTERNAL, VARIABLE ": cannot be read");
	*lock_r = sark_lock_take_on(ctx, (int)lock);
	return 1;
}
