#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "http/conn.h"
#include "http/queue.h"
#include "peer.h"
#include "wire.h"

/*
 * A worker with too much to do.  Each request but "health" is handled until
 * the test lets it go by a byte in a pipe, and is told to the test by a byte in
 * another: nothing here depends on how fast anything is, but that a worker
 * who was held for HOLD_US has been busy.
 */
#define QUEUE	4
#define CROWD	10
#define HOLD_US 30000

static int go[2], told[2];

static void
handle(void *arg, const struct sark_exchange *in, struct sark_buf *out)
{
	char c = *in->body;
	ssize_t n = 1;

	(void)arg;
	assert_int_equal(write(told[1], &c, 1), 1);
	/* A signal may come while it waits. */
	if (c != 'h')
		do
			n = read(go[0], &c, 1);
		while (n == -1 && errno == EINTR);
	assert_int_equal(n, 1);
	sark_buf_format(out, "Status: 200\r\n\r\n%s", in->body);
}

static bool
shed(void *arg, const struct sark_exchange *in, struct sark_buf *out)
{
	(void)arg;
	if (strcmp(in->body, "health") == 0)
		return false;
	sark_buf_format(out, "Status: 503\r\n\r\n%s", in->body);
	return true;
}

static struct sark_listen as = { .connections_max = 64,
	.body_max = 1000,
	.timeout_ms = 60000,
	.queue_max = QUEUE,
	.handle = handle,
	.shed = shed };

static void
start(struct peer *s, int64_t queue_timeout_ms)
{
	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(told), 0);
	as.queue_timeout_ms = queue_timeout_ms;
	peer_start(s, &as, 0);
}

/* What is handled next, told by its first letter. */
static char
handled(void)
{
	struct pollfd p = { .fd = told[0], .events = POLLIN };
	char c;

	assert_int_equal(poll(&p, 1, 30000), 1);
	assert_int_equal(read(told[0], &c, 1), 1);
	return c;
}

static void
let_go(void)
{
	assert_int_equal(write(go[1], "", 1), 1);
}

static int
send_on(struct peer *s, int fd, unsigned char flags, const char *body)
{
	struct sark_buf request;

	peer_request(s, &request, flags, body);
	peer_tell(fd, request.data, request.len);
	return fd;
}

/* The status of the next answer on a connection. */
static int
status(struct peer *s, int fd)
{
	struct sark_buf answer;

	sark_buf_init(&answer, s);
	peer_hear(fd, 1, &answer);
	answer = peer_stdout(s, &answer);
	assert_memory_equal(answer.data, "Status: ", 8);
	return (answer.data[8] - '0') * 100 + (answer.data[9] - '0') * 10 +
	    answer.data[10] - '0';
}

/* A worker that is held, long enough to be busy once let go. */
static int
hold(struct peer *s)
{
	int fd = send_on(s, peer_dial(s), 0, "first");

	assert_int_equal(handled(), 'f');
	return fd;
}

static void
l01_what_is_beyond_the_queue_is_shed_at_once_in_turn(void **state)
{
	struct peer *s = *state;
	int first, fds[CROWD], i;

	start(s, 60000);
	first = hold(s);
	for (i = 0; i < CROWD; i++)
		fds[i] = send_on(s, peer_dial(s), 0, i < QUEUE ? "a" : "b");
	usleep(HOLD_US);
	let_go();
	assert_int_equal(status(s, first), 200);
	/* The first that waits is handled and held; these need not wait. */
	for (i = QUEUE; i < CROWD; i++)
		assert_int_equal(status(s, fds[i]), 503);
	for (i = 0; i < QUEUE; i++) {
		assert_int_equal(handled(), 'a');
		let_go();
		assert_int_equal(status(s, fds[i]), 200);
	}
	send_on(s, fds[0] = peer_dial(s), 0, "later");
	assert_int_equal(handled(), 'l');
	let_go();
	assert_int_equal(status(s, fds[0]), 200);
}

static void
l01_health_is_never_shed(void **state)
{
	struct peer *s = *state;
	int fds[CROWD], health, i;

	start(s, 60000);
	hold(s);
	for (i = 0; i < CROWD; i++)
		fds[i] = send_on(s, peer_dial(s), 0, "a");
	health = send_on(s, peer_dial(s), 0, "health");
	usleep(HOLD_US);
	let_go();
	assert_int_equal(status(s, health), 200);
	assert_int_equal(status(s, fds[CROWD - 1]), 503);
	for (i = 0; i < QUEUE; i++)
		let_go();
	for (i = 0; i < QUEUE; i++)
		assert_int_equal(status(s, fds[i]), 200);
}

static void
l01_kept_connections_are_shed_and_kept(void **state)
{
	struct peer *s = *state;
	int fds[CROWD], i, n = 0;

	start(s, 60000);
	for (i = 0; i < CROWD; i++) {
		fds[i] = send_on(s, peer_dial(s), 1, "health");
		assert_int_equal(status(s, fds[i]), 200);
		assert_int_equal(handled(), 'h');
	}
	hold(s);
	for (i = 0; i < CROWD; i++)
		send_on(s, fds[i], 1, "a");
	usleep(HOLD_US);
	for (i = 0; i <= QUEUE; i++)
		let_go();
	for (i = 0; i < CROWD; i++)
		n += status(s, fds[i]) == 200;
	assert_int_equal(n, QUEUE);
	for (i = 0; i < CROWD; i++) {
		send_on(s, fds[i], 1, "health");
		assert_int_equal(status(s, fds[i]), 200);
	}
}

static void
l01_who_waited_too_long_is_shed_in_his_turn(void **state)
{
	struct peer *s = *state;
	int one, other;

	start(s, 2000);
	hold(s);
	one = send_on(s, peer_dial(s), 0, "a");
	other = send_on(s, peer_dial(s), 0, "b");
	usleep(HOLD_US);
	let_go();
	assert_int_equal(handled(), 'a');
	usleep(2100000);
	let_go();
	assert_int_equal(status(s, one), 200);
	assert_int_equal(status(s, other), 503);
}

static void
l03_who_has_gone_is_not_handled(void **state)
{
	struct peer *s = *state;
	int one, last, i;

	start(s, 60000);
	hold(s);
	one = send_on(s, peer_dial(s), 0, "a");
	for (i = 0; i < QUEUE - 2; i++)
		close(send_on(s, peer_dial(s), 0, "b"));
	last = send_on(s, peer_dial(s), 0, "c");
	usleep(HOLD_US);
	let_go();
	assert_int_equal(handled(), 'a');
	usleep(HOLD_US);
	let_go();
	assert_int_equal(handled(), 'c');
	let_go();
	assert_int_equal(status(s, one), 200);
	assert_int_equal(status(s, last), 200);
}

static void
p09_sigterm_leaves_nobody_in_the_queue(void **state)
{
	struct peer *s = *state;
	int fds[QUEUE], i, ended;

	start(s, 60000);
	hold(s);
	for (i = 0; i < QUEUE; i++)
		fds[i] = send_on(s, peer_dial(s), 0, "a");
	usleep(HOLD_US);
	let_go();
	assert_int_equal(handled(), 'a');
	kill(s->pid, SIGTERM);
	for (i = 0; i < QUEUE; i++)
		let_go();
	for (i = 0; i < QUEUE; i++)
		assert_int_equal(status(s, fds[i]), 200);
	assert_int_equal(waitpid(s->pid, &ended, 0), s->pid);
	assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
	s->pid = 0;
}

static void
a_queue_is_first_come_first_served(void **state)
{
	struct sark_queue queue = { .max = 3, .timeout_ns = 100 };
	struct sark_conn conns[3];
	size_t i;

	(void)state;
	memset(conns, 0, sizeof(conns));
	assert_null(sark_queue_pop(&queue));
	for (i = 0; i < 3; i++) {
		assert_true(sark_queue_takes(&queue));
		sark_queue_push(&queue, &conns[i], 1000);
		assert_true(conns[i].queued);
	}
	assert_false(sark_queue_takes(&queue));
	for (i = 0; i < 3; i++) {
		assert_ptr_equal(sark_queue_pop(&queue), &conns[i]);
		assert_false(conns[i].queued);
	}
	assert_null(sark_queue_pop(&queue));
	assert_int_equal(queue.len, 0);
	assert_false(sark_queue_late(&queue, &conns[0], 1100));
	assert_true(sark_queue_late(&queue, &conns[0], 1101));
}

static void
a_queue_takes_what_it_can_serve_in_time(void **state)
{
	struct sark_queue queue = { .max = 100, .timeout_ns = 1000 };
	struct sark_conn conns[10];
	size_t i;

	(void)state;
	memset(conns, 0, sizeof(conns));
	for (i = 0; i < 100; i++)
		sark_queue_served(&queue, 200);
	assert_in_range(queue.service_ns, 190, 200);
	for (i = 0; sark_queue_takes(&queue); i++)
		sark_queue_push(&queue, &conns[i], 0);
	assert_int_equal(i, 3);
	/* Things are faster again: more may wait. */
	for (i = 0; i < 100; i++)
		sark_queue_served(&queue, 10);
	assert_true(sark_queue_takes(&queue));
	/* However long one takes, who would be the next may wait. */
	while (sark_queue_pop(&queue) != NULL)
		continue;
	sark_queue_served(&queue, 100000);
	assert_true(sark_queue_takes(&queue));
	sark_queue_push(&queue, &conns[0], 0);
	assert_false(sark_queue_takes(&queue));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, peer_set_up, peer_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(l01_what_is_beyond_the_queue_is_shed_at_once_in_turn),
		TEST(l01_health_is_never_shed),
		TEST(l01_kept_connections_are_shed_and_kept),
		TEST(l01_who_waited_too_long_is_shed_in_his_turn),
		TEST(l03_who_has_gone_is_not_handled),
		TEST(p09_sigterm_leaves_nobody_in_the_queue),
		cmocka_unit_test(a_queue_is_first_come_first_served),
		cmocka_unit_test(a_queue_takes_what_it_can_serve_in_time),
	};

	return cmocka_run_group_tests_name("http/shed", tests, NULL, NULL);
}
