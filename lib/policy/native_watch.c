#include "policy/native_watch.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "policy/engine.h"

/* A handler can reach nothing but a variable of the file. */
static struct sark_watch *volatile watched;

static void
on_deadline(int signal SARK_UNUSED)
{
	struct sark_watch *watch = watched;

	if (watch != NULL)
		watch->module->interrupt(watch->vm);
}

static int
make_timer(struct sark_watch *watch, struct sark_err *err)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SARK_ENGINE_SIGNAL };
	/*
	 * SA_NODEFER: the handler may never return, and must not leave its
	 * signal blocked.
	 */
	struct sigaction action = { .sa_handler = on_deadline,
		.sa_flags = SA_NODEFER | SA_RESTART };
	sigset_t set;

	sigemptyset(&action.sa_mask);
	sigemptyset(&set);
	sigaddset(&set, SARK_ENGINE_SIGNAL);
	if (sigaction(SARK_ENGINE_SIGNAL, &action, NULL) == -1 ||
	    sigprocmask(SIG_UNBLOCK, &set, NULL) == -1 ||
	    timer_create(CLOCK_MONOTONIC, &event, &watch->timer) == -1)
		return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
		    "policy timer: %s", strerror(errno));
	watch->owner = getpid();
	return 0;
}

static int
set_timer(struct sark_watch *watch, int64_t ms)
{
	struct itimerspec when = { 0 };

	when.it_value.tv_sec = (time_t)(ms / 1000);
	when.it_value.tv_nsec = (long)(ms % 1000) * 1000000;
	return timer_settime(watch->timer, 0, &when, NULL);
}

int
sark_watch_begin(struct sark_watch *watch, int64_t ms, struct sark_err *err)
{
	if (watch->owner != getpid() && make_timer(watch, err) == -1)
		return -1;
	watched = watch;
	if (set_timer(watch, ms) == -1) {
		watched = NULL;
		return sark_err_set(err, SARK_POLICY_UNAVAILABLE,
		    "policy timer: %s", strerror(errno));
	}
	return 0;
}

void
sark_watch_end(struct sark_watch *watch)
{
	(void)set_timer(watch, 0);
	watched = NULL;
}

void
sark_watch_fini(struct sark_watch *watch)
{
	if (watch->owner == getpid())
		timer_delete(watch->timer);
	watch->owner = 0;
}
