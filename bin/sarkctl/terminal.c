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
	size_t got = fread(line, 1, size - 1, stdin);

	line[got] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (got == size - 1)
		return sark_err_set(
		    err, SARK_USAGE, "the password is too long");
	return 0;
}

int
terminal_password(void *ctx, const char *file, char *password, size_t size,
    struct sark_err *err)
{
	char *text;
	size_t len;

	if (file == NULL)
		return terminal_ask(
		    "Password: ", true, password, (int)size, err);
	if (sark_str_eq(file, "-"))
		return read_stdin(password, size, err);
	if (sark_file_read_secret(ctx, file, size - 2, &text, &len, err) == -1)
		return -1;
	text[strcspn(text, "\n")] = '\0';
	sark_str_copy(password, size, text);
	sark_secret_wipe(text, len);
	return 0;
}
