#include "config.h"

#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "proc/signals.h"
#include "ready.h"

#define SECOND INT64_C(1000000000)
/* How often it is looked who is ready, while somebody is waited for. */
#define READY_LOOK (SECOND / 50)

/* In the child, which only becomes the program. */
static _Noreturn void
become(const struct supervision *all, const struct supervised *program,
    pid_t parent)
{
	sigset_t none;
	int fd = program->fd;

	if (fd == -1)
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	/* The parent may have died before the line above. */
	if (getppid() != parent)
		_exit(EX_OK);
	/* Until the program holds it: it reads its settings after that. */
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&none);
	if (fd != -1 && dup2(fd, STDIN_FILENO) != -1 &&
	    setenv("NOTIFY_SOCKET", all->ready_name, 1) == 0 &&
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
start(const struct supervision *all, struct supervised *program)
{
	pid_t parent = getpid(), pid = fork();
	char text[16];

	if (pid == 0)
		become(all, program, parent);
	program->started = sark_clock_mono_ns();
	if (pid == -1) {
		sark_log(SARK_LOG_ERROR, "program_not_started", "child",
		    program->name, "text", strerror(errno), NULL);
		postpone(program, true);
		return;
	}
	program->pid = pid;
	program->ready = false;
	snprintf(text, sizeof(text), "%d", (int)pid);
	sark_log(SARK_LOG_INFO, "program_started", "child", program->name,
	    "child_pid", text, NULL);
}

/*
 * Starts who is due; returns the time until there is something to do again,
 * -1 for never.
 */
static int64_t
start_due(const struct supervision *all)
{
	int64_t now = sark_clock_mono_ns(), wait = -1, next;
	struct supervised *program;
	size_t i;

	for (i = 0; i < all->count; i++) {
		program = &all->programs[i];
		if (program->alone && program->old != 0)
			continue; /* its end wakes us */
		if (program->pid == 0 && program->due <= now)
			start(all, program);
		if (program->pid == 0)
			next = program->due - now;
		else if (program->old != 0 && !program->ready)
			next = READY_LOOK;
		else
			continue;
		if (wait == -1 || next < wait)
			wait = next;
	}
	return wait > 0 || wait == -1 ? wait : 0;
}

/* The old process of a program is not needed any more. */
static void
retire(struct supervised *program)
{
	char pid[16], old[16];

	snprintf(pid, sizeof(pid), "%d", (int)program->pid);
	snprintf(old, sizeof(old), "%d", (int)program->old);
	sark_log(SARK_LOG_INFO, "program_replaced", "child", program->name,
	    "child_pid", pid, "old_pid", old, NULL);
	program->ready = true;
	kill(program->old, SIGTERM);
}

/* Whose new process is ready needs its old one no more. */
static void
relieve(const struct supervision *all)
{
	int64_t now = sark_clock_mono_ns();
	struct supervised *program;
	pid_t said;
	size_t i;

	while ((said = ready_take(all->ready_fd)) != 0)
		for (i = 0; i < all->count; i++) {
			program = &all->programs[i];
			if (program->pid != said || program->ready)
				continue;
			program->ready = true;
			if (program->old != 0)
				retire(program);
		}
	for (i = 0; i < all->count; i++) {
		program = &all->programs[i];
		if (program->old != 0 && program->pid != 0 && !program->ready &&
		    now - program->started >= SUPERVISE_STEADY_S * SECOND)
			retire(program);
	}
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

/* Takes every dead child; returns how many processes run. */
static size_t
reap(const struct supervision *all, bool stopping)
{
	struct supervised *program;
	size_t i, running = 0;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < all->count; i++) {
			program = &all->programs[i];
			if (program->pid == pid)
				bury(program, status, stopping);
			if (program->old == pid)
				program->old = 0;
		}
	for (i = 0; i < all->count; i++) {
		if (all->programs[i].pid != 0)
			running++;
		if (all->programs[i].old != 0)
			running++;
	}
	return running;
}

static void
tell(const struct supervision *all, int signal)
{
	size_t i;

	for (i = 0; i < all->count; i++) {
		if (all->programs[i].pid != 0)
			kill(all->programs[i].pid, signal);
		if (all->programs[i].old != 0)
			kill(all->programs[i].old, signal);
	}
}

static void
stop(const struct supervision *all)
{
	int64_t limit = sark_clock_mono_ns() + SUPERVISE_GRACE_S * SECOND, left;

	tell(all, SIGTERM);
	while (reap(all, true) > 0) {
		left = limit - sark_clock_mono_ns();
		if (left <= 0) {
			sark_log(SARK_LOG_WARNING, "program_killed", "text",
			    "still at work after the time to finish", NULL);
			tell(all, SIGKILL);
			left = SECOND / 10;
		}
		sark_signals_wait(left);
	}
}

/* Who runs alone has to end before it can be replaced. */
static void
make_room(const struct supervision *all)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		if (all->programs[i].alone && all->programs[i].old != 0)
			kill(all->programs[i].old, SIGTERM);
}

int
supervise(const struct supervision *all)
{
	int signal;

	make_room(all);
	do {
		signal = sark_signals_wait(start_due(all));
		if (signal == SIGHUP)
			tell(all, SIGHUP);
		reap(all, false);
		relieve(all);
		if (signal == SIGUSR2)
			return 1;
	} while (signal != SIGTERM && signal != SIGINT);
	stop(all);
	return 0;
}
