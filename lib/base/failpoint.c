#include "base/failpoint.h"

#ifdef SARK_WITH_FAILPOINTS

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/num.h"
#include "base/str.h"

enum action { NOTHING, KILL9, EXIT, STOP, SLEEP, EIO_ };

/* What is to happen at a point, and how often somebody came by. */
struct armed {
	enum action action;
	int64_t ms;    /* of SLEEP */
	int64_t first; /* at which time */
	bool on;       /* and every time after it */
	uint64_t seen; /* by all processes: the memory is shared */
};

static struct armed *points; /* NULL: nothing is armed */

#define NAME(name) #name,
static const char *const names[] = { SARK_FAILPOINTS(NAME) };

static const char *const actions[] = { [KILL9] = "kill9",
	[EXIT] = "exit",
	[STOP] = "stop",
	[SLEEP] = "sleep",
	[EIO_] = "eio" };

static void
refuse(const char *word)
{
	fprintf(stderr, "SARK_FAILPOINT: not understood: %s\n", word);
	_exit(EX_CONFIG);
}

/* Cuts text at a character: what stands behind it, or NULL. */
static char *
behind(char *text, char end)
{
	char *at = strchr(text, end);

	if (at != NULL)
		*at++ = '\0';
	return at;
}

static void
read_times(char *times, struct armed *armed, const char *word)
{
	size_t len = strlen(times);

	if (len > 0 && times[len - 1] == '+') {
		armed->on = true;
		times[len - 1] = '\0';
	}
	if (sark_num_int(times, 1, INT32_MAX, &armed->first) == -1)
		refuse(word);
}

static void
read_action(char *text, struct armed *armed, const char *word)
{
	char *ms = behind(text, '(');
	char *end = ms != NULL ? behind(ms, ')') : NULL;
	size_t i;

	for (i = KILL9; i < SARK_COUNT(actions); i++)
		if (sark_str_eq(text, actions[i]))
			armed->action = (enum action)i;
	if (armed->action == NOTHING ||
	    (armed->action == SLEEP) != (ms != NULL))
		refuse(word);
	if (ms != NULL &&
	    (end == NULL || *end != '\0' ||
		sark_num_int(ms, 0, INT32_MAX, &armed->ms) == -1))
		refuse(word);
}

/* name:action[@n[+]] */
static void
arm(char *text)
{
	struct armed armed = { .first = 1 };
	char *word = strdup(text), *action, *times;
	size_t i;

	action = behind(text, ':');
	if (word == NULL || action == NULL)
		refuse(text);
	times = behind(action, '@');
	read_action(action, &armed, word);
	if (times != NULL)
		read_times(times, &armed, word);
	for (i = 0; i < SARK_COUNT(names); i++)
		if (sark_str_eq(text, names[i]))
			break;
	if (i == SARK_COUNT(names))
		refuse(word);
	points[i] = armed;
	free(word);
}

/* Before main, which takes the environment away. */
__attribute__((constructor)) static void
arm_all(void)
{
	const char *given = getenv("SARK_FAILPOINT");
	char *text, *next;

	if (given == NULL || *given == '\0')
		return;
	points = mmap(NULL, sizeof(*points) * SARK_FAILPOINT_COUNT,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	text = strdup(given);
	if (points == MAP_FAILED || text == NULL)
		refuse("no memory");
	for (char *at = text; at != NULL; at = next) {
		next = behind(at, ',');
		arm(at);
	}
	free(text);
}

static void
wait_ms(int64_t ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&left, &left) == -1)
		continue;
}

bool
sark_failpoint(enum sark_failpoint point)
{
	struct armed *armed = points == NULL ? NULL : &points[point];
	int64_t time;

	if (armed == NULL || armed->action == NOTHING)
		return false;
	time = (int64_t)__atomic_add_fetch(&armed->seen, 1, __ATOMIC_RELAXED);
	if (armed->on ? time < armed->first : time != armed->first)
		return false;
	switch (armed->action) {
	case KILL9:
		raise(SIGKILL);
		break;
	case EXIT:
		_exit(EX_SOFTWARE);
	case STOP:
		raise(SIGSTOP);
		break;
	case SLEEP:
		wait_ms(armed->ms);
		break;
	case NOTHING:
	case EIO_:
		break;
	}
	return armed->action == EIO_;
}

#endif
