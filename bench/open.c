/*
 * A load generator with an open loop: requests leave by the clock, whether
 * the earlier ones were answered or not, as those of many clients do.  A time
 * counts from when a request was due.
 *
 *	open --port N --rate PER_SECOND --seconds S [--retries N] [--idle N] FILE
 *
 * FILE has the bytes of one HTTP/1.1 request.  Prints one line of numbers:
 * answers 2xx (ok); 503 with Retry-After in the one error shape, overloaded
 * (shed) or of another code (failed); any other answer (other); the connection
 * closed instead (lost); no answer ten seconds after the end, or no connection
 * (unanswered); times in milliseconds.
 * --retries sends a shed request again so often, at once.  --idle opens so
 * many connections before and never uses them; prints how many stand.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define OPEN_MAX 8000
#define ANSWER	 16384
#define REQUEST	 65536
#define EVENTS	 256
#define GRACE_NS INT64_C(10000000000) /* for the last answers */
#define PER_MS	 1000000
#define SAMPLES	 1000000

struct conn {
	int fd;
	int retries;
	int64_t due_ns;
	size_t sent, len;
	struct conn *next; /* idle or unused */
	char in[ANSWER];
};

struct times {
	int64_t *ns;
	size_t n;
};

static struct {
	struct sockaddr_in to;
	char request[REQUEST];
	size_t len;
	int retries;
	int epoll;
	struct conn *idle, *unused;
	size_t made, under_way;
	size_t failed, other, lost, unanswered, again;
	struct times ok, shed;
} g;

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
count(struct times *times, const struct conn *conn)
{
	if (times->n < SAMPLES)
		times->ns[times->n] = now_ns() - conn->due_ns;
	times->n++;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static double
at(struct times *times, double part)
{
	size_t n = times->n < SAMPLES ? times->n : SAMPLES;

	if (n == 0)
		return 0;
	qsort(times->ns, n, sizeof(times->ns[0]), compare);
	return (double)times->ns[(size_t)(part * (double)(n - 1))] / PER_MS;
}

static int
dial(void)
{
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (struct sockaddr *)&g.to, sizeof(g.to)) == -1 &&
	    errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

static void
end(struct conn *conn, bool keep)
{
	g.under_way--;
	if (!keep) {
		close(conn->fd);
		conn->fd = -1;
		conn->next = g.unused;
		g.unused = conn;
		return;
	}
	conn->next = g.idle;
	g.idle = conn;
}

/* A connection: one that is idle, or a new one; NULL if there is none. */
static struct conn *
take(void)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP |
		    EPOLLET };
	struct conn *conn = g.idle;

	if (conn != NULL) {
		g.idle = conn->next;
		return conn;
	}
	conn = g.unused;
	if (conn != NULL)
		g.unused = conn->next;
	else if (g.made == OPEN_MAX)
		return NULL;
	else if (g.made++, (conn = calloc(1, sizeof(*conn))) == NULL)
		die("calloc");
	conn->fd = dial();
	event.data.ptr = conn;
	if (conn->fd == -1 ||
	    epoll_ctl(g.epoll, EPOLL_CTL_ADD, conn->fd, &event) == -1) {
		if (conn->fd != -1)
			close(conn->fd);
		conn->next = g.unused;
		g.unused = conn;
		return NULL;
	}
	return conn;
}

static void
push(struct conn *conn)
{
	ssize_t n;

	while (conn->sent < g.len) {
		n = send(conn->fd, g.request + conn->sent, g.len - conn->sent,
		    MSG_NOSIGNAL);
		if (n == -1)
			return; /* later, or its end is seen by reading */
		conn->sent += (size_t)n;
	}
}

static void
begin(struct conn *conn)
{
	conn->sent = conn->len = 0;
	g.under_way++;
	push(conn);
}

static void
request(int64_t due_ns)
{
	struct conn *conn = take();

	if (conn == NULL) {
		g.unanswered++;
		return;
	}
	conn->due_ns = due_ns;
	conn->retries = g.retries;
	begin(conn);
}

/* Whether this is what a client may expect of a server that cannot. */
static bool
refused_well(const char *in)
{
	return strncmp(in, "HTTP/1.1 503", 12) == 0 &&
	    strcasestr(in, "\r\nRetry-After: ") != NULL &&
	    strcasestr(in, "\r\nContent-Type: application/problem+json") !=
	    NULL &&
	    strstr(in, "\"code\":\"") != NULL &&
	    strstr(in, "\"request_id\":\"") != NULL;
}

static void
judge(struct conn *conn)
{
	bool keep = strcasestr(conn->in, "\r\nConnection: close") == NULL;

	if (strncmp(conn->in, "HTTP/1.1 2", 10) == 0) {
		count(&g.ok, conn);
	} else if (!refused_well(conn->in)) {
		if (g.other++ == 0)
			fprintf(stderr, "%s\n", conn->in);
	} else if (strstr(conn->in, "\"code\":\"overloaded\"") == NULL) {
		g.failed++;
	} else if (conn->retries > 0 && keep) {
		conn->retries--;
		g.again++;
		g.under_way--;
		begin(conn);
		return;
	} else {
		count(&g.shed, conn);
	}
	end(conn, keep);
}

/* Whether the answer is whole. */
static bool
whole(const struct conn *conn)
{
	const char *body = strstr(conn->in, "\r\n\r\n");
	const char *length = strcasestr(conn->in, "\r\nContent-Length: ");

	return body != NULL && length != NULL && length < body &&
	    conn->len - (size_t)(body + 4 - conn->in) >=
	    strtoul(length + 18, NULL, 10);
}

static void
pull(struct conn *conn)
{
	ssize_t n;

	for (;;) {
		n = recv(
		    conn->fd, conn->in + conn->len, ANSWER - 1 - conn->len, 0);
		if (n == -1 && errno == EAGAIN)
			return;
		if (n <= 0) {
			g.lost++;
			end(conn, false);
			return;
		}
		conn->len += (size_t)n;
		conn->in[conn->len] = '\0';
		if (whole(conn)) {
			judge(conn);
			return;
		}
	}
}

/* An idle connection whose end has come. */
static bool
drop_idle(struct conn *conn)
{
	struct conn **p;

	for (p = &g.idle; *p != NULL; p = &(*p)->next) {
		if (*p != conn)
			continue;
		*p = conn->next;
		g.under_way++;
		end(conn, false);
		return true;
	}
	return false;
}

static void
turn(int timeout_ms)
{
	struct epoll_event events[EVENTS];
	int i, n = epoll_wait(g.epoll, events, EVENTS, timeout_ms);
	struct conn *conn;
	bool ended;

	for (i = 0; i < n; i++) {
		conn = events[i].data.ptr;
		ended = (events[i].events &
			    (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0;
		if (conn->fd == -1 || (ended && drop_idle(conn)))
			continue;
		push(conn);
		if ((events[i].events & EPOLLIN) != 0 || ended)
			pull(conn);
	}
}

static void
run(double rate, double seconds)
{
	int64_t begin_ns = now_ns(), now, due = begin_ns;
	int64_t end_ns = begin_ns + (int64_t)(seconds * 1e9);
	size_t sent = 0;

	while ((now = now_ns()) < end_ns) {
		for (; due <= now && due < end_ns;
		     due = begin_ns + (int64_t)((double)sent * 1e9 / rate)) {
			request(due);
			sent++;
		}
		turn(due > now + PER_MS ? (int)((due - now) / PER_MS) : 0);
	}
	while (g.under_way > 0 && now_ns() < end_ns + GRACE_NS)
		turn(100);
	g.unanswered += g.under_way;
	printf("sent %zu ok %zu shed %zu failed %zu other %zu lost %zu "
	       "unanswered %zu "
	       "again %zu ok_p50 %.2f ok_p99 %.2f shed_p50 %.2f "
	       "shed_p99 %.2f shed_max %.2f\n",
	    sent, g.ok.n, g.shed.n, g.failed, g.other, g.lost, g.unanswered,
	    g.again, at(&g.ok, 0.5), at(&g.ok, 0.99), at(&g.shed, 0.5),
	    at(&g.shed, 0.99), at(&g.shed, 1));
}

/* Connections that say nothing; how many the server takes. */
static size_t
idle(size_t wanted)
{
	size_t n;
	int fd;

	for (n = 0; n < wanted; n++) {
		fd = dial();
		if (fd == -1)
			break;
	}
	return n;
}

static void
read_request(const char *path)
{
	FILE *file = fopen(path, "r");

	if (file == NULL)
		die(path);
	g.len = fread(g.request, 1, sizeof(g.request), file);
	fclose(file);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = { { "port", 1, NULL, 'p' },
		{ "rate", 1, NULL, 'r' }, { "seconds", 1, NULL, 's' },
		{ "retries", 1, NULL, 'a' }, { "idle", 1, NULL, 'i' }, { 0 } };
	struct rlimit files;
	double rate = 100, seconds = 1;
	size_t wanted = 0;
	int c;

	g.to.sin_family = AF_INET;
	g.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'p':
			g.to.sin_port =
			    htons((uint16_t)strtoul(optarg, NULL, 10));
			break;
		case 'r':
			rate = strtod(optarg, NULL);
			break;
		case 's':
			seconds = strtod(optarg, NULL);
			break;
		case 'a':
			g.retries = (int)strtol(optarg, NULL, 10);
			break;
		case 'i':
			wanted = strtoul(optarg, NULL, 10);
			break;
		default:
			return 64;
		}
	}
	if (optind != argc - 1)
		return 64;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	read_request(argv[optind]);
	g.epoll = epoll_create1(EPOLL_CLOEXEC);
	g.ok.ns = calloc(SAMPLES, sizeof(int64_t));
	g.shed.ns = calloc(SAMPLES, sizeof(int64_t));
	if (g.epoll == -1 || g.ok.ns == NULL || g.shed.ns == NULL)
		die("epoll");
	if (wanted > 0)
		printf("idle %zu ", idle(wanted));
	run(rate, seconds);
	return 0;
}
