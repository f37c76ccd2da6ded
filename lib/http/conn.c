#include "http/conn.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "crypto/secret.h"

#define CHUNK	  65528 /* the largest content without padding */
#define CHUNKS	  16	/* records of one sendmsg(2) */
#define THROW_MAX (16 * 1024 * 1024)

bool
sark_conn_idle(const struct sark_conn *conn)
{
	return conn->throwing || (conn->served && !conn->fcgi.active);
}

/* Waits until the peer takes more, at most until the deadline. */
static int
wait_writable(int fd, int64_t deadline_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int64_t left;
	int n;

	do {
		left = deadline_ms - sark_clock_mono_ns() / 1000000;
		if (left <= 0)
			return -1;
		n = poll(&p, 1, (int)left);
	} while (n == -1 && errno == EINTR);
	return n == 1 ? 0 : -1;
}

/* Sends all of iov, over short writes, until the timeout. */
static int
send_all(int fd, struct iovec *iov, size_t n, int64_t timeout_ms)
{
	int64_t deadline = 0;
	struct msghdr msg = { 0 };
	size_t sent;
	ssize_t got;

	while (n > 0) {
		msg.msg_iov = iov;
		msg.msg_iovlen = n;
		got = sendmsg(fd, &msg, MSG_NOSIGNAL);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1) {
			if (errno != EAGAIN)
				return -1;
			if (deadline == 0)
				deadline =
				    sark_clock_mono_ns() / 1000000 + timeout_ms;
			if (wait_writable(fd, deadline) == -1)
				return -1;
			continue;
		}
		for (sent = (size_t)got; n > 0 && sent >= iov->iov_len; n--)
			sent -= iov++->iov_len;
		if (n > 0) {
			iov->iov_base = (char *)iov->iov_base + sent;
			iov->iov_len -= sent;
		}
	}
	return 0;
}

static int
send_reply(struct sark_conn *conn, struct sark_conn_room *room)
{
	struct iovec iov = { conn->fcgi.reply, conn->fcgi.reply_len };

	return send_all(conn->fd, &iov, 1, room->listen->timeout_ms);
}

/* The answer in records: as few system calls as it takes, no copy. */
static int
send_answer(struct sark_conn *conn, struct sark_conn_room *room)
{
	unsigned char headers[CHUNKS][SARK_FCGI_HEADER];
	unsigned char end[SARK_FCGI_END];
	struct iovec iov[2 * CHUNKS + 1];
	char *data = room->out.data;
	size_t len, left = room->out.len, n = 0, chunk = 0;

	sark_fcgi_end(end, conn->fcgi.id);
	do {
		if (left > 0) {
			len = left < CHUNK ? left : CHUNK;
			sark_fcgi_stdout(headers[chunk], conn->fcgi.id, len);
			iov[n].iov_base = headers[chunk++];
			iov[n++].iov_len = SARK_FCGI_HEADER;
			iov[n].iov_base = data;
			iov[n++].iov_len = len;
			data += len;
			left -= len;
		}
		if (left == 0) {
			iov[n].iov_base = end;
			iov[n++].iov_len = sizeof(end);
		} else if (chunk < CHUNKS) {
			continue;
		}
		if (send_all(conn->fd, iov, n, room->listen->timeout_ms) == -1)
			return -1;
		n = 0;
		chunk = 0;
	} while (left > 0);
	return 0;
}

/*
 * A socket closed with input unread takes the answer away from the peer
 * (ECONNRESET): say that no more comes and throw away what is still sent.
 */
static enum sark_conn_next
throw_rest(struct sark_conn *conn)
{
	if (shutdown(conn->fd, SHUT_WR) == -1)
		return SARK_CONN_CLOSE;
	conn->throwing = true;
	conn->thrown = 0;
	return SARK_CONN_WAIT_ANEW;
}

bool
sark_conn_gone(const struct sark_conn *conn)
{
	struct pollfd p = { .fd = conn->fd };

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR)) != 0;
}

enum sark_conn_next
sark_conn_answer(struct sark_conn *conn, struct sark_conn_room *room,
    int64_t waited_ns, bool shed)
{
	const struct sark_listen *l = room->listen;
	bool cut;

	if (sark_fcgi_exchange(&conn->fcgi, &room->exchange) == -1)
		return SARK_CONN_CLOSE;
	room->exchange.waited_ns = waited_ns;
	cut = conn->fcgi.refused != SARK_OK;
	sark_buf_reset(&room->out);
	SARK_FAILPOINT(request_read);
	if (!shed || !l->shed(l->arg, &room->exchange, &room->out)) {
		l->handle(l->arg, &room->exchange, &room->out);
		room->handled++;
	}
	if (SARK_FAILPOINT_FAILS(reply_before) || send_answer(conn, room) == -1)
		return SARK_CONN_CLOSE;
	SARK_FAILPOINT(reply_after);
	sark_fcgi_done(&conn->fcgi);
	conn->served = true;
	if (cut)
		return throw_rest(conn);
	if (!conn->fcgi.keep || *l->stop)
		return SARK_CONN_CLOSE;
	return SARK_CONN_WAIT_ANEW;
}

/* How much of a body that grows large is read, before it is. */
static enum sark_conn_next
weigh(struct sark_conn *conn, struct sark_conn_room *room)
{
	const struct sark_listen *l = room->listen;

	if (sark_fcgi_preview(&conn->fcgi, &room->out, &room->exchange) == -1)
		return SARK_CONN_CLOSE;
	conn->fcgi.limit = l->body_limit(l->arg, &room->exchange);
	if (conn->fcgi.limit > l->body_max)
		conn->fcgi.limit = l->body_max;
	return SARK_CONN_WAIT;
}

static enum sark_conn_next
act_on(struct sark_conn *conn, struct sark_conn_room *room,
    enum sark_fcgi_event event, size_t left)
{
	switch (event) {
	case SARK_FCGI_REQUEST:
		/* Nobody keeps what is left: that one does not wait. */
		if (room->queueing && left == 0 &&
		    conn->fcgi.refused == SARK_OK)
			return SARK_CONN_READY;
		return sark_conn_answer(conn, room, 0, false);
	case SARK_FCGI_LARGE:
		return weigh(conn, room);
	case SARK_FCGI_REPLY:
		return send_reply(conn, room) == -1 ? SARK_CONN_CLOSE
						    : SARK_CONN_WAIT;
	case SARK_FCGI_REFUSED:
		if (send_reply(conn, room) == -1)
			return SARK_CONN_CLOSE;
		conn->served = true;
		return conn->fcgi.keep ? SARK_CONN_WAIT_ANEW : throw_rest(conn);
	default:
		return SARK_CONN_CLOSE;
	}
}

static enum sark_conn_next
take(struct sark_conn *conn, struct sark_conn_room *room, size_t len)
{
	enum sark_conn_next next = SARK_CONN_WAIT, step;
	const unsigned char *bytes = room->in;
	bool active = conn->fcgi.active;
	enum sark_fcgi_event event;
	size_t used;

	for (;;) {
		if (conn->throwing) {
			conn->thrown += len;
			return conn->thrown > THROW_MAX ? SARK_CONN_CLOSE
							: next;
		}
		event = sark_fcgi_feed(&conn->fcgi, bytes, len, &used);
		bytes += used;
		len -= used;
		if (event == SARK_FCGI_MORE)
			break;
		step = act_on(conn, room, event, len);
		if (step == SARK_CONN_CLOSE || step == SARK_CONN_READY)
			return step;
		if (step == SARK_CONN_WAIT_ANEW)
			next = step;
	}
	/* A request's time starts with its first record, never again. */
	if (!active && conn->fcgi.active && conn->served)
		next = SARK_CONN_WAIT_ANEW;
	return next;
}

enum sark_conn_next
sark_conn_serve(struct sark_conn *conn, struct sark_conn_room *room)
{
	enum sark_conn_next next = SARK_CONN_WAIT, step;
	ssize_t n;

	for (;;) {
		n = recv(conn->fd, room->in, sizeof(room->in), 0);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			return next;
		if (n <= 0)
			return SARK_CONN_CLOSE;
		step = take(conn, room, (size_t)n);
		/* A password does not stay until the next request. */
		sark_secret_wipe(room->in, (size_t)n);
		if (step != SARK_CONN_WAIT)
			next = step;
		/* A short read says that nothing more is there yet. */
		if (step == SARK_CONN_CLOSE || step == SARK_CONN_READY ||
		    (size_t)n < sizeof(room->in))
			return next;
	}
}
