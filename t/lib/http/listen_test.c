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
#include "http/listen.h"
#include "wire.h"

#define TIMEOUT_MS  400
#define CONNECTIONS 4
#define BIG	    1000000

struct setup {
	char dir[32];
	char path[64];
	pid_t pid;
};

static volatile sig_atomic_t stop;

static const char *const params[] = { "REQUEST_URI", "/x", NULL };

static void
on_term(int signo)
{
	(void)signo;
	stop = 1;
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

static void
serve(int fd, rlim_t files)
{
	struct sark_listen listen = { .fd = fd,
		.connections_max = CONNECTIONS,
		.body_max = BIG,
		.timeout_ms = TIMEOUT_MS,
		.stop = &stop,
		.handle = handle };
	struct rlimit limit = { files, files };
	struct sigaction action = { .sa_handler = on_term };
	struct sark_err err;

	sark_err_init(&err);
	sigaction(SIGTERM, &action, NULL);
	if (files > 0 && setrlimit(RLIMIT_NOFILE, &limit) == -1)
		_exit(2);
	_exit(sark_listen_run(&listen, &err) == 0 ? 0 : 1);
}

/* A worker on a socket of its own; files limits its descriptors, 0 not. */
static void
start(struct setup *s, rlim_t files)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(s->path, sizeof(s->path), "%s/socket", s->dir);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", s->path);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 128), 0);
	stop = 0;
	s->pid = fork();
	assert_true(s->pid >= 0);
	if (s->pid == 0)
		serve(fd, files);
	close(fd);
}

static int
set_up(void **state)
{
	struct setup *s = sark_new(NULL, struct setup);

	signal(SIGPIPE, SIG_IGN);
	snprintf(s->dir, sizeof(s->dir), "/tmp/sark-http-XXXXXX");
	*state = s;
	return mkdtemp(s->dir) == NULL ? -1 : 0;
}

/* Ends the worker; it must have ended well. */
static int
tear_down(void **state)
{
	struct setup *s = *state;
	int status = 0, bad = 0;

	if (s->pid > 0) {
		kill(s->pid, SIGTERM);
		bad = waitpid(s->pid, &status, 0) != s->pid ||
		    !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	}
	unlink(s->path);
	rmdir(s->dir);
	talloc_free(s);
	return bad;
}

static int
dial(const struct setup *s)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", s->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void
tell(int fd, const void *data, size_t len)
{
	assert_int_equal(write(fd, data, len), len);
}

/* Reads until the end or, with records > 0, that many END_REQUESTs. */
static size_t
hear(int fd, int ends, struct sark_buf *out)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	unsigned char bytes[65536];
	size_t at = 0, len;
	ssize_t n;

	while (poll(&p, 1, 5000) == 1) {
		n = read(fd, bytes, sizeof(bytes));
		if (n <= 0)
			return out->len;
		sark_buf_add(out, bytes, (size_t)n);
		while (out->len - at >= 8) {
			const unsigned char *h =
			    (const unsigned char *)out->data + at;

			len = 8 + ((size_t)h[4] << 8) + h[5] + h[6];
			if (out->len - at < len)
				break;
			at += len;
			if (h[1] == WIRE_END && --ends == 0)
				return out->len;
		}
	}
	fail_msg("no answer within five seconds");
	return 0;
}

/* The STDOUT of an answer, without the records around it. */
static struct sark_buf
stdout_of(const struct setup *s, const struct sark_buf *answer)
{
	const unsigned char *p = (const unsigned char *)answer->data;
	struct sark_buf out;
	size_t at = 0, len;

	sark_buf_init(&out, s);
	for (; at + 8 <= answer->len; at += 8 + len + p[at + 6]) {
		len = ((size_t)p[at + 4] << 8) + p[at + 5];
		if (p[at + 1] == WIRE_STDOUT)
			sark_buf_add(&out, p + at + 8, len);
	}
	return out;
}

static void
request_of(struct setup *s, struct sark_buf *out, unsigned char flags,
    const char *body)
{
	sark_buf_init(out, s);
	wire_request(out, flags, params, body);
}

/* One request on a new connection; its answer's text. */
static const char *
ask(struct setup *s, const char *body)
{
	struct sark_buf request, answer;
	int fd = dial(s);

	request_of(s, &request, 0, body);
	sark_buf_init(&answer, s);
	tell(fd, request.data, request.len);
	hear(fd, 0, &answer);
	close(fd);
	return stdout_of(s, &answer).data;
}

static void
a_request_is_answered_and_the_connection_closed(void **state)
{
	struct setup *s = *state;
	int i;

	start(s, 0);
	for (i = 0; i < 50; i++)
		assert_string_equal(
		    ask(s, "hello"), "Status: 200\r\n\r\nhello");
}

static void
a_big_answer_comes_in_records(void **state)
{
	struct setup *s = *state;
	struct sark_buf request, answer, text;
	int fd;

	start(s, 0);
	fd = dial(s);
	request_of(s, &request, 0, "big");
	sark_buf_init(&answer, s);
	tell(fd, request.data, request.len);
	usleep(50000); /* the socket fills up: a short write */
	hear(fd, 0, &answer);
	close(fd);
	text = stdout_of(s, &answer);
	assert_int_equal(text.len, BIG + 15);
	assert_int_equal(text.data[BIG + 14], 'B');
	assert_int_equal(answer.data[answer.len - 15], WIRE_END);
}

static void
kept_connections_and_slow_senders_hold_nobody_up(void **state)
{
	struct setup *s = *state;
	struct sark_buf request, answer;
	int kept, slow;
	size_t i;

	start(s, 0);
	kept = dial(s);
	slow = dial(s);
	request_of(s, &request, 1, "again");
	for (i = 0; i < request.len; i++) {
		tell(slow, request.data + i, 1);
		if (i % 16 != 0)
			continue;
		sark_buf_init(&answer, s);
		tell(kept, request.data, request.len);
		hear(kept, 1, &answer);
		assert_string_equal(
		    stdout_of(s, &answer).data, "Status: 200\r\n\r\nagain");
		assert_string_equal(ask(s, "new"), "Status: 200\r\n\r\nnew");
	}
	sark_buf_init(&answer, s);
	hear(slow, 1, &answer);
	assert_string_equal(
	    stdout_of(s, &answer).data, "Status: 200\r\n\r\nagain");
	close(kept);
	close(slow);
}

static void
requests_in_one_write_are_answered_in_turn(void **state)
{
	struct setup *s = *state;
	struct sark_buf request, answer;
	int fd;

	start(s, 0);
	fd = dial(s);
	request_of(s, &request, 1, "one");
	wire_request(&request, 1, params, "two");
	wire_begin(&request, 1, 1, 1);
	wire_add(&request, WIRE_ABORT, 1, "", 0);
	wire_request(&request, 0, params, "three");
	sark_buf_init(&answer, s);
	tell(fd, request.data, request.len);
	hear(fd, 0, &answer);
	close(fd);
	assert_string_equal(stdout_of(s, &answer).data,
	    "Status: 200\r\n\r\noneStatus: 200\r\n\r\ntwo"
	    "Status: 200\r\n\r\nthree");
}

static void
http14_slow_and_idle_connections_are_dropped(void **state)
{
	struct setup *s = *state;
	int64_t begun = sark_clock_mono_ns();
	struct sark_buf request;
	size_t i;
	int fd;
	char c;

	start(s, 0);
	fd = dial(s);
	request_of(s, &request, 0, "slow");
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
	struct setup *s = *state;
	struct sark_buf request, answer;
	char *body = sark_new_array(s, char, BIG + 70000);
	int fd, i;

	start(s, 0);
	fd = dial(s);
	memset(body, 'b', BIG + 69999);
	request_of(s, &request, 0, body);
	tell(fd, request.data, request.len - 8);
	sark_buf_init(&answer, s);
	/* All that still comes is thrown away, the answer is not lost. */
	for (i = 0; i < 10; i++)
		tell(fd, body, 60000);
	hear(fd, 1, &answer);
	close(fd);
	assert_string_equal(stdout_of(s, &answer).data, "Status: 413\r\n\r\n");
}

static void
fcgi09_idle_connections_give_way(void **state)
{
	struct setup *s = *state;
	int i;

	start(s, 0);
	/* Left open: the worker must make room by itself. */
	for (i = 0; i < 3 * CONNECTIONS; i++)
		tell(dial(s), "\1", 1);
	assert_string_equal(ask(s, "fine"), "Status: 200\r\n\r\nfine");
}

static void
fcgi09_no_descriptors_left_does_not_end_the_loop(void **state)
{
	struct setup *s = *state;
	int fds[8], used, i, answered = 0;
	struct sark_buf request, answer;

	/* Room for listener, reserve, epoll and one connection. */
	used = open("/dev/null", O_RDONLY);
	close(used);
	start(s, (rlim_t)used + 4);
	for (i = 0; i < 8; i++) {
		fds[i] = dial(s);
		tell(fds[i], "\1", 1);
	}
	for (i = 0; i < 8; i++)
		close(fds[i]);
	request_of(s, &request, 0, "x");
	for (i = 0; i < 50 && answered == 0; i++) {
		int fd = dial(s);

		sark_buf_init(&answer, s);
		if (write(fd, request.data, request.len) > 0 &&
		    hear(fd, 0, &answer) > 0)
			answered++;
		close(fd);
		usleep(10000);
	}
	assert_int_equal(answered, 1);
}

static void
fcgi09_without_any_descriptor_connections_are_refused(void **state)
{
	struct setup *s = *state;
	int used, i, fd;
	char c;

	used = open("/dev/null", O_RDONLY);
	close(used);
	start(s, (rlim_t)used + 3);
	for (i = 0; i < 20; i++) {
		fd = dial(s);
		assert_true(read(fd, &c, 1) <= 0);
		close(fd);
	}
}

static void
fcgi07_a_peer_that_leaves_is_survived(void **state)
{
	struct setup *s = *state;
	struct sark_buf request;
	int fd, i;

	start(s, 0);
	request_of(s, &request, 0, "big");
	for (i = 0; i < 20; i++) {
		fd = dial(s);
		tell(fd, request.data,
		    i % 2 == 0 ? request.len : request.len / 2);
		close(fd);
	}
	assert_string_equal(ask(s, "alive"), "Status: 200\r\n\r\nalive");
}

static void
broken_records_end_the_connection_only(void **state)
{
	struct setup *s = *state;
	int fd, i;
	char c;

	start(s, 0);
	for (i = 0; i < 10; i++) {
		fd = dial(s);
		tell(fd, "GET / HTTP/1.1\r\n\r\n", 18);
		assert_true(read(fd, &c, 1) <= 0);
		close(fd);
	}
	assert_string_equal(ask(s, "alive"), "Status: 200\r\n\r\nalive");
}

static void
sigterm_finishes_what_has_begun(void **state)
{
	struct setup *s = *state;
	struct sark_buf request, answer;
	int kept, begun, status;
	char c;

	start(s, 0);
	request_of(s, &request, 1, "kept");
	sark_buf_init(&answer, s);
	kept = dial(s);
	tell(kept, request.data, request.len);
	hear(kept, 1, &answer);
	begun = dial(s);
	tell(begun, request.data, 20);
	ask(s, "the worker has seen both");
	kill(s->pid, SIGTERM);
	assert_int_equal(read(kept, &c, 1), 0);
	tell(begun, request.data + 20, request.len - 20);
	sark_buf_reset(&answer);
	hear(begun, 0, &answer);
	assert_string_equal(
	    stdout_of(s, &answer).data, "Status: 200\r\n\r\nkept");
	close(kept);
	close(begun);
	assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	s->pid = 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

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
