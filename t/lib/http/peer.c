#include "peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "wire.h"

static volatile sig_atomic_t stop;

static const char *const params[] = { "REQUEST_URI", "/x", NULL };

static void
on_term(int signo)
{
	(void)signo;
	stop = 1;
}

static void
serve(const struct sark_listen *as, int fd, rlim_t files)
{
	struct sark_listen listen = *as;
	struct rlimit limit = { files, files };
	struct sigaction action = { .sa_handler = on_term };
	struct sark_err err;

	listen.fd = fd;
	listen.stop = &stop;
	sark_err_init(&err);
	sigaction(SIGTERM, &action, NULL);
	if (files > 0 && setrlimit(RLIMIT_NOFILE, &limit) == -1)
		_exit(2);
	_exit(sark_listen_run(&listen, &err) == 0 ? 0 : 1);
}

void
peer_start(struct peer *s, const struct sark_listen *as, unsigned int files)
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
		serve(as, fd, files);
	close(fd);
}

int
peer_set_up(void **state)
{
	struct peer *s = sark_new(NULL, struct peer);

	signal(SIGPIPE, SIG_IGN);
	snprintf(s->dir, sizeof(s->dir), "/tmp/sark-http-XXXXXX");
	*state = s;
	return mkdtemp(s->dir) == NULL ? -1 : 0;
}

int
peer_tear_down(void **state)
{
	struct peer *s = *state;
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

int
peer_dial(const struct peer *s)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", s->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

void
peer_tell(int fd, const void *data, size_t len)
{
	assert_int_equal(write(fd, data, len), len);
}

size_t
peer_hear(int fd, int ends, struct sark_buf *out)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	unsigned char bytes[65536];
	size_t at = 0, len;
	ssize_t n;

	while (poll(&p, 1, 30000) == 1) {
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
	fail_msg("no answer within thirty seconds");
	return 0;
}

struct sark_buf
peer_stdout(const struct peer *s, const struct sark_buf *answer)
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

void
peer_request(
    struct peer *s, struct sark_buf *out, unsigned char flags, const char *body)
{
	sark_buf_init(out, s);
	wire_request(out, flags, params, body);
}

const char *
peer_ask(struct peer *s, const char *body)
{
	struct sark_buf request, answer;
	int fd = peer_dial(s);

	peer_request(s, &request, 0, body);
	sark_buf_init(&answer, s);
	peer_tell(fd, request.data, request.len);
	peer_hear(fd, 0, &answer);
	close(fd);
	return peer_stdout(s, &answer).data;
}
