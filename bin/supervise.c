#include "config.h"

#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "proc/signals.h"

#define SECOND INT64_C(1000000000)

/* In the child, which only becomes the program. */
static _Noreturn void
become(const struct supervised *program, pid_t parent)
{
	sigset_t none;
	int fd = program->fd;

	if (fd == -1)
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	/* The parent may have died before the line above. */
	if (getppid() != parent)
		_exit(EX_OK);
	sigemptyset(&none);
	if (fd != -1 && dup2(fd, STDIN_FILENO) != -1 &&
	    sigprocmask(SIG_SETMASK, &none, NULL) == 0)
		/* execv(3) promises not to write to them. */
		execv(
		    program->argv[0], (char *const *)(uintptr_t)program->argv);
	sark_log(SARK_LOG_ERROR, "program_not_started", "child",
	    program->argv[0], "text", strerror(errno), NULL);
	_exit(EX_UNAVAILABLE);
}

/* The longer it fails to live, the longer until the next start. */
static void
postpone(struct supervised *program, bool quick)
{
	int64_t delay = 0;

	if (quick)
		delay = program->delay == 0 ? SECOND : 2 * program->delay;
	if (delay > SUPERVISE_DELAY_MAX_S * SECOND)
		delay = SUPERVISE_DELAY_MAX_S * SECOND;
	program->delay = delay;
	program->due = sark_clock_mono_ns() + delay;
}

static void
start(struct supervised *program)
{
	pid_t parent = getpid(), pid = fork();
	char text[16];

	if (pid == 0)
		become(program, parent);
	program->started = sark_clock_mono_ns();
	if (pid == -1) {
		sark_log(SARK_LOG_ERROR, "program_not_started", "child",
		    program->name, "text", strerror(errno), NULL);
		postpone(program, true);
		return;
	}
	program->pid = pid;
	snprintf(text, sizeof(text), "%d", (int)pid);
	sark_log(SARK_LOG_INFO, "program_started", "child", program->name,
	    "child_pid", text, NULL);
}

/* Starts who is due; returns the time until the next is, -1 for nobody. */
static int64_t
start_due(struct supervised *programs, size_t count)
{
	int64_t now = sark_clock_mono_ns(), wait = -1;
	size_t i;

	for (i = 0; i < count; i++) {
		if (programs[i].pid == 0 && programs[i].due <= now)
			start(&programs[i]);
		if (programs[i].pid == 0 &&
		    (wait == -1 || programs[i].due - now < wait))
			wait = programs[i].due - now;
	}
	return wait > 0 || wait == -1 ? wait : 0;
}

static void
bury(struct supervised *program, int status, bool stopping)
{
	int64_t lived = sark_clock_mono_ns() - program->started;
	char how[32], again[16];

	program->pid = 0;
	if (stopping)
		return;
	postpone(program, lived < SUPERVISE_STEADY_S * SECOND);
	if (WIFSIGNALED(status))
		snprintf(how, sizeof(how), "signal %d", WTERMSIG(status));
	else
		snprintf(how, sizeof(how), "exit %d", WEXITSTATUS(status));
	snprintf(again, sizeof(again), "%d", (int)(program->delay / SECOND));
	sark_log(SARK_LOG_WARNING, "program_ended", "child", program->name,
	    "text", how, "again_in_s", again, NULL);
}

/* Takes every dead child; returns how many programs run. */
static size_t
reap(struct supervised *programs, size_t count, bool stopping)
{
	size_t i, running = 0;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < count; i++)
			if (programs[i].pid == pid)
				bury(&programs[i], status, stopping);
	for (i = 0; i < count; i++)
		if (programs[i].pid != 0)
			running++;
	return running;
}

static void
tell(const struct supervised *programs, size_t count, int signal)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (programs[i].pid != 0)
			kill(programs[i].pid, signal);
}

static void
stop(struct supervised *programs, size_t count)
{
	int64_t limit = sark_clock_mono_ns() + SUPERVISE_GRACE_S * SECOND, left;

	tell(programs, count, SIGTERM);
	while (reap(programs, count, true) > 0) {
		left = limit - sark_clock_mono_ns();
		if (left <= 0) {
			sark_log(SARK_LOG_WARNING, "program_killed", "text",
			    "still at work after the time to finish", NULL);
			tell(programs, count, SIGKILL);
			left = SECOND / 10;
		}
		sark_signals_wait(left);
	}
}

void
supervise(struct supervised *programs, size_t count)
{
	int signal;

	do {
		signal = sark_signals_wait(start_due(programs, count));
		reap(programs, count, false);
	} while (signal != SIGTERM && signal != SIGINT);
	stop(programs, count);
}
