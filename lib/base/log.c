#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

/* What a pipe takes in one piece: lines of several processes do not mix. */
#define LINE_MAX_BYTES	PIPE_BUF
#define VALUE_MAX_BYTES 1024
/* A character and its quote; a pair's quotes besides; and the line's end. */
#define VALUE_END 24
#define PAIR_END  32

static struct {
	const char *program;
	enum sark_log_level level;
	enum sark_log_format format;
	enum sark_log_target target;
	bool may_block; /* standard error has a reader */
	uint64_t lost;
} logger = { .program = "sark", .level = SARK_LOG_INFO };

static const char *const level_names[] = { "error", "warning", "info",
	"debug" };

/* A line under way; what does not fit is cut, the end always fits. */
struct line {
	char data[LINE_MAX_BYTES];
	size_t len;
};

/* Files take what they are given; pipes and sockets wait for their reader. */
static bool
has_reader(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	    (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

void
sark_log_open(const char *program, enum sark_log_level level,
    enum sark_log_format format, enum sark_log_target target)
{
	if (logger.target == SARK_LOG_SYSLOG && target != SARK_LOG_SYSLOG)
		closelog();
	logger.program = program;
	logger.level = level;
	logger.format = format;
	logger.target = target;
	logger.may_block = has_reader(STDERR_FILENO);
	if (target == SARK_LOG_SYSLOG)
		openlog(program, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

static void
put(struct line *line, const char *s, size_t n)
{
	if (n > sizeof(line->data) - 8 - line->len)
		return;
	memcpy(line->data + line->len, s, n);
	line->len += n;
}

static void
put_str(struct line *line, const char *s)
{
	put(line, s, strlen(s));
}

/* Whether there is room for one more character, and what ends the value. */
static bool
room_for_value(const struct line *line)
{
	return line->len + VALUE_END <= sizeof(line->data);
}

/* JSON escapes serve both formats: what is not printable ASCII is \u00XX. */
static void
put_escaped(struct line *line, const char *value)
{
	bool utf8 = sark_str_utf8(value, strlen(value));
	char escape[8];
	size_t i;

	for (i = 0; value[i] != '\0'; i++) {
		unsigned char c = (unsigned char)value[i];

		/* Cut before a character, never within one. */
		if ((i >= VALUE_MAX_BYTES || !room_for_value(line)) &&
		    !(utf8 && (c & 0xc0) == 0x80))
			break;
		if (c == '"' || c == '\\') {
			escape[0] = '\\';
			escape[1] = (char)c;
			put(line, escape, 2);
		} else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8)) {
			snprintf(escape, sizeof(escape), "\\u%04x", c);
			put(line, escape, 6);
		} else {
			put(line, value + i, 1);
		}
	}
}

static bool
bare(const char *value)
{
	return *value != '\0' &&
	    sark_str_of(value,
		"abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"._-:/@+,%");
}

static void
put_pair(struct line *line, const char *key, const char *value)
{
	bool json = logger.format == SARK_LOG_JSON;
	bool quote = json || !bare(value);

	if (line->len + strlen(key) + PAIR_END > sizeof(line->data))
		return;
	put_str(line,
	    json ? (line->len > 1 ? ",\"" : "\"") : (line->len > 0 ? " " : ""));
	put_str(line, key);
	put_str(line, json ? "\":" : "=");
	if (quote)
		put_str(line, "\"");
	put_escaped(line, value);
	if (quote)
		put_str(line, "\"");
}

/*
 * A log that cannot be written must not stop a request.  Without asking, a
 * reader that sleeps would; poll(2) says that there is room for a line.
 */
static void
write_line(const struct line *line)
{
	struct pollfd room = { .fd = STDERR_FILENO, .events = POLLOUT };
	ssize_t n;

	if (logger.may_block &&
	    (poll(&room, 1, 0) != 1 || (room.revents & POLLOUT) == 0)) {
		logger.lost++;
		return;
	}
	do {
		n = write(STDERR_FILENO, line->data, line->len);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		logger.lost++;
}

static void
emit(enum sark_log_level level, struct line *line)
{
	static const int priorities[] = { LOG_ERR, LOG_WARNING, LOG_INFO,
		LOG_DEBUG };

	if (logger.format == SARK_LOG_JSON)
		line->data[line->len++] = '}';
	if (logger.target == SARK_LOG_SYSLOG) {
		line->data[line->len] = '\0';
		syslog(priorities[level], "%s", line->data);
		return;
	}
	line->data[line->len++] = '\n';
	write_line(line);
}

uint64_t
sark_log_lost(void)
{
	return logger.lost;
}

void
sark_log(enum sark_log_level level, const char *event, ...)
{
	char time[SARK_TIME_TEXT], pid[16];
	const char *key, *value;
	struct line line;
	va_list ap;

	if (level > logger.level)
		return;
	line.len = 0;
	if (logger.format == SARK_LOG_JSON)
		put_str(&line, "{");
	sark_time_format(time, sark_clock_ms());
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	put_pair(&line, "time", time);
	put_pair(&line, "level", level_names[level]);
	put_pair(&line, "program", logger.program);
	put_pair(&line, "pid", pid);
	put_pair(&line, "event", event);
	va_start(ap, event);
	while ((key = va_arg(ap, const char *)) != NULL) {
		value = va_arg(ap, const char *);
		if (value != NULL && *value != '\0')
			put_pair(&line, key, value);
	}
	va_end(ap);
	emit(level, &line);
}

void
sark_log_err(
    enum sark_log_level level, const char *event, const struct sark_err *err)
{
	sark_log(level, event, "code", sark_code_name(err->code), "text",
	    err->text, NULL);
}
