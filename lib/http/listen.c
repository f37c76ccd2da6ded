#include "config.h"

#include "http/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/conn.h"
#include "http/queue.h"

#define TICK_MS	 1000
#define EVENTS	 64
#define LAST	 128 /* when told to end */
#define ACCEPTS	 16  /* in a row, before the others' turn */
#define SWEEP	 256 /* the same when busy, without handling any */
#define PROBE	 16  /* turns after which a queue is looked for again */
#define OUT_KEPT (256 * 1024)
#define BUSY_NS	 (10 * 1000000) /* without a pause */
#define PAUSE_NS (20 * 1000)	/* longer than a call that does not wait */
#define FRESH_NS (1000 * 1000)	/* what was seen then is still so */

struct loop {
	const struct sark_listen *listen;
	struct sark_conn_room *room;
	int epoll;
	int reserve; /* given up when none is left */
	size_t open;
	unsigned int calm; /* turns since more than one connection waited */
	int64_t pause_ns;  /* when nobody waited for us last, monotonic */
	int64_t turn_ns;   /* when this turn began */
	int events;	   /* at its beginning */
	struct sark_queue queue;
	bool draining;
	int64_t drain_ms; /* the end of draining */
	int64_t tick_ms;
	struct sark_conn *first, *last; /* waiting, by deadline */
	struct sark_conn *unused;
};

static int64_t
now_ms(void)
{
	return sark_clock_mono_ns() / 1000000;
}

/* Whether requests have to wait, and so have to be counted. */
static bool
busy(const struct loop *loop)
{
	return loop->queue.len > 0 ||
	    sark_clock_mono_ns() - loop->pause_ns >= BUSY_NS;
}

static void
unlink_conn(struct loop *loop, struct sark_conn *conn)
{
	if (conn->prev != NULL)
		conn->prev->next = conn->next;
	else if (loop->first == conn)
		loop->first = conn->next;
	if (conn->next != NULL)
		conn->next->prev = conn->prev;
	else if (loop->last == conn)
		loop->last = conn->prev;
	conn->prev = conn->next = NULL;
}

/* Every deadline is the same time ahead: the last set is the last to come. */
static void
link_conn(struct loop *loop, struct sark_conn *conn)
{
	conn->deadline_ms = now_ms() + loop->listen->timeout_ms;
	conn->prev = loop->last;
	conn->next = NULL;
	if (loop->last != NULL)
		loop->last->next = conn;
	else
		loop->first = conn;
	loop->last = conn;
}

static void
close_conn(struct loop *loop, struct sark_conn *conn)
{
	unlink_conn(loop, conn);
	close(conn->fd);
	conn->fd = -1;
	sark_fcgi_reset(&conn->fcgi);
	conn->next = loop->unused;
	loop->unused = conn;
	loop->open--;
}

static struct sark_conn *
open_conn(struct loop *loop, int fd)
{
	const struct sark_listen *l = loop->listen;
	struct sark_conn *conn = loop->unused;

	if (conn != NULL) {
		loop->unused = conn->next;
	} else {
		conn = sark_new(loop->room, struct sark_conn);
		sark_fcgi_init(
		    &conn->fcgi, conn, l->body_max, l->connections_max);
		conn->fcgi.ask_at = l->body_ask;
	}
	conn->fd = fd;
	conn->polled = conn->served = conn->throwing = conn->queued = false;
	conn->prev = conn->next = NULL;
	loop->open++;
	return conn;
}

/* What becomes of a connection. */
static void
go_on(struct loop *loop, struct sark_conn *conn, enum sark_conn_next next)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP };

	if (loop->room->out.size > OUT_KEPT) {
		talloc_free(loop->room->out.data);
		sark_buf_init(&loop->room->out, loop->room);
	}
	event.data.ptr = conn;
	if (next != SARK_CONN_CLOSE && !conn->polled) {
		if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, conn->fd, &event) ==
		    -1)
			next = SARK_CONN_CLOSE;
		conn->polled = true;
		link_conn(loop, conn);
	} else if (next == SARK_CONN_WAIT_ANEW) {
		unlink_conn(loop, conn);
		link_conn(loop, conn);
	}
	if (next == SARK_CONN_CLOSE)
		close_conn(loop, conn);
}

/* Reads; a request that is whole is handled now or later, or shed. */
static void
serve(struct loop *loop, struct sark_conn *conn)
{
	enum sark_conn_next next;

	loop->room->queueing = busy(loop);
	next = sark_conn_serve(conn, loop->room);
	if (next == SARK_CONN_READY) {
		unlink_conn(loop, conn);
		if (sark_queue_takes(&loop->queue)) {
			sark_queue_push(
			    &loop->queue, conn, sark_clock_mono_ns());
			return;
		}
		next = sark_conn_answer(conn, loop->room, 0, true);
	}
	go_on(loop, conn, next);
}

/* The queue, until it is time to see who else has come. */
static void
work_off(struct loop *loop)
{
	int64_t begin = sark_clock_mono_ns(), now = begin, then;
	struct sark_conn *conn;
	bool late;

	while (now - begin < BUSY_NS &&
	    (conn = sark_queue_pop(&loop->queue)) != NULL) {
		if (now - conn->ready_ns >= BUSY_NS && sark_conn_gone(conn)) {
			close_conn(loop, conn);
			continue;
		}
		late = sark_queue_late(&loop->queue, conn, now);
		go_on(loop, conn,
		    sark_conn_answer(
			conn, loop->room, now - conn->ready_ns, late));
		then = sark_clock_mono_ns();
		if (!late)
			sark_queue_served(&loop->queue, then - now);
		now = then;
	}
}

/*
 * Out of descriptors: the connection closest to its deadline gives way; if
 * there is none, the reserve takes one connection off the queue, whose peer
 * then knows that it is refused, instead of waking us for ever.
 */
static void
relieve(struct loop *loop)
{
	int fd;

	if (loop->first != NULL) {
		close_conn(loop, loop->first);
		return;
	}
	if (loop->reserve != -1)
		close(loop->reserve);
	fd = accept4(loop->listen->fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd != -1)
		close(fd);
	loop->reserve = fcntl(loop->epoll, F_DUPFD_CLOEXEC, 0);
}

/* No new connection; but were we long enough for others to become ready? */
static void
found_none(struct loop *loop)
{
	int64_t now = sark_clock_mono_ns();

	if (loop->events == 1 && now - loop->turn_ns < FRESH_NS)
		loop->pause_ns = now;
}

/*
 * A connection off the queue: 1, 0 if there is none for us, -1 if the socket
 * is no good.  Without descriptors accept fails before it looks at the queue,
 * so another connection gives way only where one is known to be waiting.
 */
static int
take_connection(struct loop *loop, bool waiting)
{
	int fd =
	    accept4(loop->listen->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd == -1) {
		if (errno == EMFILE || errno == ENFILE) {
			if (waiting)
				relieve(loop);
			return 0;
		}
		found_none(loop);
		return errno == EBADF || errno == EINVAL || errno == ENOTSOCK ||
			errno == EOPNOTSUPP
		    ? -1
		    : 0;
	}
	if (loop->listen->peers != NULL &&
	    !sark_peer_may(loop->listen->peers, fd)) {
		close(fd);
		return 1;
	}
	if (loop->open >= loop->listen->connections_max && loop->first != NULL)
		close_conn(loop, loop->first);
	/* Web servers send all at once: mostly this read has it all. */
	serve(loop, open_conn(loop, fd));
	return 1;
}

/*
 * Under load the next connection waits already: taking it saves a round
 * through epoll, but where none waits the attempt is a call for nothing, so
 * it is made only when the last ones found one, or now and then.
 */
static int
take_connections(struct loop *loop)
{
	int i, got = 1;

	for (i = 0; i < (busy(loop) ? SWEEP : ACCEPTS); i++) {
		if (*loop->listen->stop)
			break;
		if (i == 1 && loop->calm > 0 && loop->calm++ % PROBE != 0 &&
		    !busy(loop))
			return 0;
		got = take_connection(loop, i == 0);
		if (got != 1)
			break;
	}
	loop->calm = i > 1 ? 0 : 1;
	return got == -1 ? -1 : 0;
}

static void
begin_drain(struct loop *loop)
{
	struct sark_conn *conn, *next;
	int i = 0;

	loop->draining = true;
	loop->drain_ms = now_ms() + loop->listen->timeout_ms;
	/* A failure only means that the descriptor is watched no longer. */
	(void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->listen->fd, NULL);
	for (conn = loop->first; conn != NULL; conn = next) {
		next = conn->next;
		if (sark_conn_idle(conn))
			close_conn(loop, conn);
	}
	/* Whom we were woken for, nobody else was: that one would wait. */
	while (i++ < LAST && take_connection(loop, false) == 1)
		continue;
}

/* Closes what is overdue, ticks, and says how long to wait. */
static int
keep_time(struct loop *loop)
{
	int64_t now = now_ms(), until;

	while (loop->first != NULL && loop->first->deadline_ms <= now)
		close_conn(loop, loop->first);
	if (now >= loop->tick_ms) {
		loop->tick_ms = now + TICK_MS;
		if (loop->listen->tick != NULL)
			loop->listen->tick(loop->listen->arg);
	}
	until = loop->tick_ms;
	if (loop->first != NULL && loop->first->deadline_ms < until)
		until = loop->first->deadline_ms;
	return (int)(until > now ? until - now : 0);
}

static int
turn(struct loop *loop)
{
	struct epoll_event events[EVENTS];
	int timeout = keep_time(loop);
	struct sark_conn *conn;
	int64_t before;
	unsigned int handled;
	int i, n;

	if (loop->queue.len > 0)
		timeout = 0;
	before = sark_clock_mono_ns();
	n = epoll_wait(loop->epoll, events, EVENTS, timeout);
	loop->turn_ns = sark_clock_mono_ns();
	loop->events = n;
	if (timeout > 0 && loop->turn_ns - before >= PAUSE_NS)
		loop->pause_ns = loop->turn_ns;
	if (n == -1)
		return errno == EINTR ? 0 : -1;
	handled = loop->room->handled;
	for (i = 0; i < n; i++) {
		conn = events[i].data.ptr;
		if (conn == NULL) {
			if (take_connections(loop) == -1)
				return -1;
		} else if (conn->fd != -1 && !conn->queued) {
			/* A slot taken anew meanwhile just finds no bytes. */
			serve(loop, conn);
		}
	}
	handled = loop->room->handled - handled;
	if (handled > 0 && loop->queue.len == 0)
		sark_queue_served(&loop->queue,
		    (sark_clock_mono_ns() - loop->turn_ns) / handled);
	work_off(loop);
	return 0;
}

static int
prepare(struct loop *loop)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int fd = loop->listen->fd, flags = fcntl(fd, F_GETFL);

	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->reserve = fcntl(loop->epoll, F_DUPFD_CLOEXEC, 0);
	if (flags == -1 || loop->epoll == -1 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return -1;
	/* EPOLLEXCLUSIVE: one connection wakes one worker, not all. */
	return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event);
}

int
sark_listen_run(const struct sark_listen *listen, struct sark_err *err)
{
	struct loop loop = { .listen = listen, .epoll = -1, .reserve = -1 };
	struct sark_conn *conn;
	int ret = -1;

	loop.room = sark_new(NULL, struct sark_conn_room);
	loop.room->listen = listen;
	loop.queue.max = listen->queue_max < listen->connections_max
	    ? listen->queue_max
	    : listen->connections_max;
	loop.queue.timeout_ns = listen->queue_timeout_ms * 1000000;
	loop.pause_ns = sark_clock_mono_ns();
	sark_buf_init(&loop.room->out, loop.room);
	if (prepare(&loop) == -1)
		goto out;
	loop.tick_ms = now_ms() + TICK_MS;
	while (!loop.draining || (loop.open > 0 && now_ms() < loop.drain_ms)) {
		if (turn(&loop) == -1)
			goto out;
		if (*listen->stop && !loop.draining)
			begin_drain(&loop);
	}
	ret = 0;
out:
	if (ret == -1)
		sark_err_set(err, SARK_INTERNAL, "descriptor %d: %s",
		    listen->fd, strerror(errno));
	while ((conn = sark_queue_pop(&loop.queue)) != NULL)
		close_conn(&loop, conn);
	while (loop.first != NULL)
		close_conn(&loop, loop.first);
	if (loop.epoll != -1)
		close(loop.epoll);
	if (loop.reserve != -1)
		close(loop.reserve);
	talloc_free(loop.room);
	return ret;
}
