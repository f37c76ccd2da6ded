#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "peer.h"
#include "wire.h"

#define TIMEOUT_MS  400
#define CONNECTIONS 4
#define BIG	    1000000

static const char *const params[] = { "REQUEST_URI", "/x", NULL };

static bool
never(void *arg, const struct sark_exchange *in, struct sark_buf *out)
{
	(void)arg;
	(void)in;
	(void)out;
	return false;
}

/* Answers what it was sent: the body, or BIG bytes for the body "big". */
static void
handle(void *arg, const struct sark_exchange *in, struct sark_buf *out)
{
	(void)arg;
	sark_buf_format(out, "Status: %d\r\n\r\n",
	    in->refused == SARK_OK ? 200 : sark_code_status(in->refused));
	if (strcmp(in->body, "big") == 0) {
		memset(sark_buf_room(out, BIG), 'B', BIG);
		out->len += BIG;
	} else if (in->refused == SARK_OK) {
		sark_buf_add(out, in->body, in->body_len);
	}
}

static const struct sark_listen as = { .connections_max = CONNECTIONS,
	.body_max = BIG,
	.timeout_ms = TIMEOUT_MS,
	.queue_max = CONNECTIONS,
	.queue_timeout_ms = 60000,
	.handle = handle,
	.shed = never };

static void
a_request_is_answered_and_the_connection_closed(void **state)
{
	struct peer *s = *state;
	int i;

	peer_start(s, &as, 0);
	for (i = 0; i < 50; i++)
		assert_string_equal(
		    peer_ask(s, "hello"), "Status: 200\r\n\r\nhello");
}

static void
a_big_answer_comes_in_records(void **state)
{
	struct peer *s = *state;
	struct sark_buf request, answer, text;
	int fd;

	peer_start(s, &as, 0);
	fd = peer_dial(s);
	peer_request(s, &request, 0, "big");
	sark_buf_init(&answer, s);
	peer_tell(fd, request.data, request.len);
	usleep(50000); /* the socket fills up: a short write */
	peer_hear(fd, 0, &answer);
	close(fd);
	text = peer_stdout(s, &answer);
	assert_int_equal(text.len, BIG + 15);
	assert_int_equal(text.data[BIG + 14], 'B');
	assert_int_equal(answer.data[answer.len - 15], WIRE_END);
}

static void
kept_connections_and_slow_senders_hold_nobody_up(void **state)
{
	struct peer *s = *state;
	struct sark_buf request, answer;
	int kept, slow;
	size_t i;

	peer_start(s, &as, 0);
	kept = peer_dial(s);
	slow = peer_dial(s);
	peer_request(s, &request, 1, "again");
	for (i = 0; i < request.len; i++) {
		peer_tell(slow, request.data + i, 1);
		if (i % 16 != 0)
			continue;
		sark_buf_init(&answer, s);
		peer_tell(kept, request.data, request.len);
		peer_hear(kept, 1, &answer);
		assert_string_equal(
		    peer_stdout(s, &answer).data, "Status: 200\r\n\r\nagain");
		assert_string_equal(
		    peer_ask(s, "new"), "Status: 200\r\n\r\nnew");
	}
	sark_buf_init(&answer, s);
	peer_hear(slow, 1, &answer);
	assert_string_equal(
	    peer_stdout(s, &answer).data, "Status: 200\r\n\r\nagain");
	close(kept);
	close(slow);
}

static void
requests_in_one_write_are_answered_in_turn(void **state)
{
	struct peer *s = *state;
	struct sark_buf request, answer;
	int fd;

	peer_start(s, &as, 0);
	fd = peer_dial(s);
	peer_request(s, &request, 1, "one");
	wire_request(&request, 1, params, "two");
	wire_begin(&request, 1, 1, 1);
	wire_add(&request, WIRE_ABORT, 1, "", 0);
	wire_request(&request, 0, params, "three");
	sark_buf_init(&answer, s);
	peer_tell(fd, request.data, request.len);
	peer_hear(fd, 0, &answer);
	close(fd);
	assert_string_equal(peer_stdout(s, &answer).data,
	    "Status: 200\r\n\r\noneStatus: 200\r\n\r\ntwo"
	    "Status: 200\r\n\r\nthree");
}

static void
http14_slow_and_idle_connections_are_dropped(void **state)
{
	struct peer *s = *state;
	int64_t begun = sark_clock_mono_ns();
	struct sark_buf request;
	size_t i;
	int fd;
	char c;

	peer_start(s, &as, 0);
	fd = peer_dial(s);
	peer_request(s, &request, 0, "slow");
	/* A byte at a time must not push the deadline away. */
	for (i = 0; i < request.len; i++) {
		if (send(fd, request.data + i, 1, MSG_NOSIGNAL) == -1 ||
		    recv(fd, &c, 1, MSG_DONTWAIT) == 0)
			break;
		usleep(30000);
	}
	assert_true(i < request.len);
	assert_true((sark_clock_mono_ns() - begun) / 1000000 >= TIMEOUT_MS);
	close(fd);
}

static void
http13_a_body_too_long_is_answered_before_its_end(void **state)
{
	struct peer *s = *state;
	struct sark_buf request, answer;
	char *body = sark_new_array(s, char, BIG + 70000);
	int fd, i;

	peer_start(s, &as, 0);
	fd = peer_dial(s);
	memset(body, 'b', BIG + 69999);
	peer_request(s, &request, 0, body);
	peer_tell(fd, request.data, request.len - 8);
	sark_buf_init(&answer, s);
	/* All that still comes is thrown away, the answer is not lost. */
	for (i = 0; i < 10; i++)
		peer_tell(fd, body, 60000);
	peer_hear(fd, 1, &answer);
	close(fd);
	assert_string_equal(
	    peer_stdout(s, &answer).data, "Status: 413\r\n\r\n");
}

static void
fcgi09_idle_connections_give_way(void **state)
{
	struct peer *s = *state;
	int i;

	peer_start(s, &as, 0);
	/* Left open: the worker must make room by itself. */
	for (i = 0; i < 3 * CONNECTIONS; i++)
		peer_tell(peer_dial(s), "\1", 1);
	assert_string_equal(peer_ask(s, "fine"), "Status: 200\r\n\r\nfine");
}

static void
fcgi09_no_descriptors_left_does_not_end_the_loop(void **state)
{
	struct peer *s = *state;
	int fds[8], used, i, answered = 0;
	struct sark_buf request, answer;

	/* Room for listener, reserve, epoll and one connection. */
	used = open("/dev/null", O_RDONLY);
	close(used);
	peer_start(s, &as, (unsigned int)used + 4);
	for (i = 0; i < 8; i++) {
		fds[i] = peer_dial(s);
		peer_tell(fds[i], "\1", 1);
	}
	for (i = 0; i < 8; i++)
		close(fds[i]);
	peer_request(s, &request, 0, "x");
	for (i = 0; i < 50 && answered == 0; i++) {
		int fd = peer_dial(s);

		sark_buf_init(&answer, s);
		if (write(fd, request.data, request.len) > 0 &&
		    peer_hear(fd, 0, &answer) > 0)
			answered++;
		close(fd);
		usleep(10000);
	}
	assert_int_equal(answered, 1);
}

static void
fcgi09_without_any_descriptor_connections_are_refused(void **state)
{
	struct peer *s = *state;
	int used, i, fd;
	char c;

	used = open("/dev/null", O_RDONLY);
	close(used);
	peer_start(s, &as, (unsigned int)used + 3);
	for (i = 0; i < 20; i++) {
		fd = peer_dial(s);
		assert_true(read(fd, &c, 1) <= 0);
		close(fd);
	}
}

static void
fcgi07_a_peer_that_leaves_is_survived(void **state)
{
	struct peer *s = *state;
	struct sark_buf request;
	int fd, i;

	peer_start(s, &as, 0);
	peer_request(s, &request, 0, "big");
	for (i = 0; i < 20; i++) {
		fd = peer_dial(s);
		peer_tell(fd, request.data,
		    i % 2 == 0 ? request.len : request.len / 2);
		close(fd);
	}
	assert_string_equal(peer_ask(s, "alive"), "Status: 200\r\n\r\nalive");
}

static void
broken_records_end_the_connection_only(void **state)
{
	struct peer *s = *state;
	int fd, i;
	char c;

	peer_start(s, &as, 0);
	for (i = 0; i < 10; i++) {
		fd = peer_dial(s);
		peer_tell(fd, "GET / HTTP/1.1\r\n\r\n", 18);
		assert_true(read(fd, &c, 1) <= 0);
		close(fd);
	}
	assert_string_equal(peer_ask(s, "alive"), "Status: 200\r\n\r\nalive");
}

static void
sigterm_finishes_what_has_begun(void **state)
{
	struct peer *s = *state;
	struct sark_buf request, answer;
	int kept, begun, status;
	char c;

	peer_start(s, &as, 0);
	peer_request(s, &request, 1, "kept");
	sark_buf_init(&answer, s);
	kept = peer_dial(s);
	peer_tell(kept, request.data, request.len);
	peer_hear(kept, 1, &answer);
	begun = peer_dial(s);
	peer_tell(begun, request.data, 20);
	peer_ask(s, "the worker has seen both");
	kill(s->pid, SIGTERM);
	assert_int_equal(read(kept, &c, 1), 0);
	peer_tell(begun, request.data + 20, request.len - 20);
	sark_buf_reset(&answer);
	peer_hear(begun, 0, &answer);
	assert_string_equal(
	    peer_stdout(s, &answer).data, "Status: 200\r\n\r\nkept");
	close(kept);
	close(begun);
	assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	s->pid = 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, peer_set_up, peer_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_request_is_answered_and_the_connection_closed),
		TEST(a_big_answer_comes_in_records),
		TEST(kept_connections_and_slow_senders_hold_nobody_up),
		TEST(requests_in_one_write_are_answered_in_turn),
		TEST(http14_slow_and_idle_connections_are_dropped),
		TEST(http13_a_body_too_long_is_answered_before_its_end),
		TEST(fcgi09_idle_connections_give_way),
		TEST(fcgi09_no_descriptors_left_does_not_end_the_loop),
		TEST(fcgi09_without_any_descriptor_connections_are_refused),
		TEST(fcgi07_a_peer_that_leaves_is_survived),
		TEST(broken_records_end_the_connection_only),
		TEST(sigterm_finishes_what_has_begun),
	};

	return cmocka_run_group_tests_name("http/listen", tests, NULL, NULL);
}
