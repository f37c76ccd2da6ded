#include "proc/signals.h"

#include <stddef.h>
#include <time.h>

/* A handler can reach nothing but a variable of the file. */
static volatile sig_atomic_t stop, reload;

static void
ask_to_stop(int signal)
{
	(void)signal;
	stop = 1;
}

static void
ask_to_reload(int signal)
{
	(void)signal;
	reload = 1;
}

static void
held(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGUSR2);
	sigaddset(set, SIGIO);
}

static void
handle(int signal, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	/* Without SA_RESTART: a wait must end when the flag is set. */
	sigemptyset(&action.sa_mask);
	sigaction(signal, &action, NULL);
}

static void
ignore_the_rest(void)
{
	handle(SIGPIPE, SIG_IGN);
	handle(SIGUSR1, SIG_IGN);
	handle(SIGUSR2, SIG_IGN);
	handle(SIGALRM, SIG_IGN);
}

void
sark_signals_hold(void)
{
	sigset_t set;

	held(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* An inherited "ignore" would make the kernel reap in our place. */
	handle(SIGCHLD, SIG_DFL);
	handle(SIGHUP, SIG_DFL);
	handle(SIGIO, SIG_DFL);
	ignore_the_rest();
}

int
sark_signals_wait(int64_t ns)
{
	struct timespec limit;
	sigset_t set;
	int signal;

	held(&set);
	if (ns < 0) {
		signal = sigwaitinfo(&set, NULL);
	} else {
		limit.tv_sec = (time_t)(ns / 1000000000);
		limit.tv_nsec = (long)(ns % 1000000000);
		signal = sigtimedwait(&set, NULL, &limit);
	}
	return signal > 0 ? signal : 0;
}

const volatile sig_atomic_t *
sark_signals_stop(void)
{
	sigset_t set;

	stop = 0;
	ignore_the_rest();
	handle(SIGHUP, SIG_IGN);
	handle(SIGIO, SIG_IGN);
	handle(SIGTERM, ask_to_stop);
	handle(SIGINT, ask_to_stop);
	handle(SIGCHLD, SIG_DFL);
	held(&set);
	/* What came while it was held is handled here. */
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return &stop;
}

volatile sig_atomic_t *
sark_signals_reload(void)
{
	reload = 0;
	handle(SIGHUP, ask_to_reload);
	return &reload;
}
