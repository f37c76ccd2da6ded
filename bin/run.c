#include "config.h"

#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#define OUTPUT	     "output.log"
#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/bin"
#define LOOK_NS	     20000000
#define PATIENCE_NS  ((int64_t)2000000000)

/* A handler can reach nothing but a variable of the file. */
static volatile sig_atomic_t interrupted;

static void
interrupt(int signal)
{
	interrupted = signal;
}

static const char *
path(void)
{
	const char *value = getenv("PATH");

	return value != NULL && *value != '\0' ? value : PATH_DEFAULT;
}

bool
run_has(const char *name)
{
	char *copy = sark_strdup(NULL, path()), *rest = copy, *dir, *file;
	bool found = false;

	while (!found && (dir = strsep(&rest, ":")) != NULL) {
		file =
		    sark_format(copy, "%s/%s", *dir == '\0' ? "." : dir, name);
		found = access(file, X_OK) == 0;
	}
	talloc_free(copy);
	return found;
}

/* Nothing of the caller's but where programs and homes are. */
static char **
environment(void *ctx, const char *dir)
{
	static const char *const kept[] = { "HOME", "USER", "LOGNAME" };
	char **env = sark_new_array(ctx, char *, SARK_COUNT(kept) + 4);
	const char *value;
	size_t i, n = 0;

	env[n++] = sark_format(ctx, "PATH=%s", path());
	env[n++] = sark_format(ctx, "TMPDIR=%s", dir);
	env[n++] = sark_strdup(ctx, "LC_ALL=C.UTF-8");
	for (i = 0; i < SARK_COUNT(kept); i++) {
		value = getenv(kept[i]);
		if (value != NULL)
			env[n++] = sark_format(ctx, "%s=%s", kept[i], value);
	}
	return env;
}

static char **
arguments(void *ctx, const struct run *run)
{
	size_t i, n = 0;
	char **args;

	while (run->argv[n] != NULL)
		n++;
	args = sark_new_array(ctx, char *, n + 1);
	for (i = 0; i < n; i++)
		args[i] = sark_strdup(ctx, run->argv[i]);
	return args;
}

static int
spawn(const struct run *run, const char *log, pid_t *pid_r)
{
	posix_spawn_file_actions_t actions;
	void *mem = sark_mem_check(talloc_new(NULL));
	int failed;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(
	    &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(
	    &actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(
	    &actions, STDOUT_FILENO, STDERR_FILENO);
	posix_spawn_file_actions_addchdir_np(&actions, run->dir);
	failed = posix_spawnp(pid_r, run->argv[0], &actions, NULL,
	    arguments(mem, run), environment(mem, run->dir));
	posix_spawn_file_actions_destroy(&actions);
	talloc_free(mem);
	return failed;
}

static void
show_log(const char *log)
{
	char part[4096];
	ssize_t n;
	int fd;

	fd = open(log, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return;
	while ((n = read(fd, part, sizeof(part))) > 0)
		if (fwrite(part, 1, (size_t)n, stderr) != (size_t)n)
			break;
	close(fd);
}

static void
show_progress(const struct run *run, int64_t since, bool *shown)
{
	int64_t spent = sark_clock_mono_ns() - since;

	if (spent < PATIENCE_NS || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%s ... %lld s", run->title,
	    (long long)(spent / 1000000000));
	*shown = true;
}

/* Waits for the end; a signal that came here goes on to the child. */
static int
await(const struct run *run, pid_t pid)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	int64_t since = sark_clock_mono_ns();
	bool shown = false;
	int status = 0;
	pid_t ended;

	for (;;) {
		ended = waitpid(pid, &status, WNOHANG);
		if (ended == pid || (ended == -1 && errno != EINTR))
			break;
		if (interrupted)
			kill(pid, SIGTERM);
		show_progress(run, since, &shown);
		nanosleep(&pause, NULL);
	}
	if (shown)
		fputc('\n', stderr);
	return ended == pid ? status : -1;
}

static int
judge(const struct run *run, int status, const char *log, struct sark_err *err)
{
	if (interrupted)
		return sark_err_set(
		    err, run->failure, "%s: interrupted", run->title);
	if (status == 0)
		return 0;
	show_log(log);
	if (WIFEXITED(status))
		return sark_err_set(err, run->failure, "%s: %s failed, exit %d",
		    run->title, run->argv[0], WEXITSTATUS(status));
	return sark_err_set(err, run->failure, "%s: %s ended by signal %d",
	    run->title, run->argv[0], WTERMSIG(status));
}

int
run_program(const struct run *run, struct sark_err *err)
{
	struct sigaction action = { .sa_handler = interrupt };
	int failed, status, ret;
	pid_t pid;
	char *log;

	if (!run_has(run->argv[0]))
		return sark_err_set(err, SARK_UNAVAILABLE,
		    "%s: %s is not installed (package %s)", run->title,
		    run->argv[0], run->package);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	log = sark_format(NULL, "%s/" OUTPUT, run->dir);
	if (run->verbose)
		fprintf(stderr, "%s\n", run->title);
	failed = spawn(run, log, &pid);
	if (failed != 0) {
		ret = sark_err_set(err, SARK_UNAVAILABLE, "%s: %s",
		    run->argv[0], strerror(failed));
	} else {
		status = await(run, pid);
		ret = judge(run, status, log, err);
		if (ret == 0 && run->verbose)
			show_log(log);
	}
	talloc_free(log);
	return ret;
}
