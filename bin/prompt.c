#include "prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/password.h"
#include "crypto/secret.h"

/* One more than a password may have, so that a longer one is seen. */
#define LINE_BYTES (SARK_PASSWORD_MAX + 2)

/* Reads one line without its end; -1 with errno, or at the end of input. */
static int
read_line(int fd, char line[LINE_BYTES])
{
	size_t n = 0;
	ssize_t got;

	while (n < LINE_BYTES - 1) {
		got = read(fd, line + n, 1);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == 1 && line[n] == '\0')
			errno = EILSEQ; /* would cut the password short */
		if (got == -1 || (got == 1 && line[n] == '\0'))
			return -1;
		if (got == 0 || line[n] == '\n')
			break;
		n++;
	}
	line[n] = '\0';
	return 0;
}

static int
ask(int tty, const char *question, char line[LINE_BYTES])
{
	struct termios shown, hidden;
	int ret;

	if (sark_file_write_all(tty, question, strlen(question)) == -1 ||
	    tcgetattr(tty, &shown) == -1)
		return -1;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(tty, TCSAFLUSH, &hidden) == -1)
		return -1;
	ret = read_line(tty, line);
	if (tcsetattr(tty, TCSAFLUSH, &shown) == -1 ||
	    sark_file_write_all(tty, "\n", 1) == -1)
		return -1;
	return ret;
}

static int
from_terminal(char line[LINE_BYTES], struct sark_err *err)
{
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	char again[LINE_BYTES];
	int ret = -1;

	if (tty == -1)
		return sark_err_set(err, SARK_USAGE,
		    "no terminal to ask for the password: "
		    "use --password-file");
	if (ask(tty, "Password: ", line) == -1 ||
	    ask(tty, "Again: ", again) == -1)
		sark_err_set(err, SARK_USAGE, "terminal: %s", strerror(errno));
	else if (!sark_str_eq(line, again))
		sark_err_set(err, SARK_USAGE, "the two are different");
	else
		ret = 0;
	sark_secret_wipe(again, sizeof(again));
	close(tty);
	return ret;
}

static int
from_file(
    void *ctx, const char *path, char line[LINE_BYTES], struct sark_err *err)
{
	char *text;
	size_t len;

	if (sark_file_read_secret(ctx, path, LINE_BYTES, &text, &len, err) ==
	    -1)
		return -1;
	if (strlen(text) != len) {
		sark_secret_wipe(text, len);
		talloc_free(text);
		return sark_err_set(err, SARK_USAGE, "%s: holds a NUL", path);
	}
	text[strcspn(text, "\n")] = '\0';
	if (sark_str_copy(line, LINE_BYTES, text) == -1)
		line[LINE_BYTES - 1] = '\0';
	sark_secret_wipe(text, len);
	talloc_free(text);
	return 0;
}

int
prompt_password(
    void *ctx, const char *path, char **password_r, struct sark_err *err)
{
	char line[LINE_BYTES] = "";
	int ret = -1;

	if (path == NULL) {
		if (from_terminal(line, err) == -1)
			goto out;
	} else if (sark_str_eq(path, "-")) {
		if (read_line(STDIN_FILENO, line) == -1) {
			sark_err_set(err, SARK_USAGE, "standard input: %s",
			    strerror(errno));
			goto out;
		}
	} else if (from_file(ctx, path, line, err) == -1) {
		goto out;
	}
	*password_r = sark_secret_dup(ctx, line, strlen(line));
	ret = 0;
out:
	sark_secret_wipe(line, sizeof(line));
	return ret;
}
