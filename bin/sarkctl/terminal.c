#include "terminal.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/secret.h"

int
terminal_ask(
    const char *prompt, bool secret, char *line, int size, struct sark_err *err)
{
	struct termios before, silent;
	FILE *tty = fopen("/dev/tty", "r+e");
	bool got, hidden = false;

	if (tty == NULL)
		return sark_err_set(err, SARK_USAGE,
		    "no terminal to ask on: use --user and --password-file");
	setvbuf(tty, NULL, _IONBF, 0);
	fputs(prompt, tty);
	if (secret && tcgetattr(fileno(tty), &before) == 0) {
		silent = before;
		silent.c_lflag &= (tcflag_t)~ECHO;
		hidden = tcsetattr(fileno(tty), TCSAFLUSH, &silent) == 0;
	}
	fseek(tty, 0, SEEK_CUR);
	got = fgets(line, size, tty) != NULL;
	if (hidden) {
		tcsetattr(fileno(tty), TCSAFLUSH, &before);
		fputc('\n', tty);
	}
	fclose(tty);
	if (!got)
		return sark_err_set(err, SARK_USAGE, "nothing was entered");
	line[strcspn(line, "\n")] = '\0';
	return 0;
}

static int
read_stdin(char *line, size_t size, struct sark_err *err)
{
	if (fgets(line, (int)size, stdin) == NULL)
		return sark_err_set(
		    err, SARK_USAGE, "standard input holds no line more");
	if (strlen(line) == size - 1)
		return sark_err_set(err, SARK_USAGE, "the line is too long");
	line[strcspn(line, "\n")] = '\0';
	return 0;
}

/* What a secret may come from, and what to ask for it with. */
struct source {
	const char *file;
	const char *prompt;
};

static int
read_secret(void *ctx, const struct source *from, char *secret, size_t size,
    struct sark_err *err)
{
	char *text;
	size_t len;
	int cut;

	if (from->file == NULL)
		return terminal_ask(from->prompt, true, secret, (int)size, err);
	if (sark_str_eq(from->file, "-"))
		return read_stdin(secret, size, err);
	if (sark_file_read_secret(
		ctx, from->file, size - 2, &text, &len, err) == -1)
		return -1;
	text[strcspn(text, "\n")] = '\0';
	cut = sark_str_copy(secret, size, text);
	sark_secret_wipe(text, len);
	return cut == 0 ? 0
			: sark_err_set(err, SARK_USAGE,
			      "%s: the line is too long", from->file);
}

int
terminal_password(void *ctx, const char *file, char *password, size_t size,
    struct sark_err *err)
{
	const struct source from = { file, "Password: " };

	return read_secret(ctx, &from, password, size, err);
}

int
terminal_code(
    void *ctx, const char *file, char *code, size_t size, struct sark_err *err)
{
	const struct source from = { file, "Code, or a recovery code: " };

	return read_secret(ctx, &from, code, size, err);
}
