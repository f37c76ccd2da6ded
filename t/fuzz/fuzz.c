#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

#define FILES 8

static struct {
	char dir[64];
	char paths[FILES][128];
	size_t count;
	pid_t owner;
} made;

void
fuzz_broken(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

uint8_t
fuzz_byte(struct fuzz_input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->at++;
}

uint16_t
fuzz_word(struct fuzz_input *in)
{
	unsigned int high = fuzz_byte(in);

	return (uint16_t)(high << 8 | fuzz_byte(in));
}

char *
fuzz_text(struct fuzz_input *in, void *ctx)
{
	char *text = sark_memdup(ctx, in->at, in->left);

	in->left = 0;
	return text;
}

static void
remove_all(void)
{
	size_t i;

	if (made.owner != getpid())
		return;
	/* A folder was made before what is in it. */
	for (i = made.count; i > 0; i--)
		(void)remove(made.paths[i - 1]);
	rmdir(made.dir);
}

const char *
fuzz_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	if (made.owner != 0)
		return made.dir;
	snprintf(made.dir, sizeof(made.dir), "%s/sark-fuzz-XXXXXX",
	    tmp != NULL && strlen(tmp) < 40 ? tmp : "/tmp");
	fuzz_holds(mkdtemp(made.dir) != NULL);
	made.owner = getpid();
	atexit(remove_all);
	return made.dir;
}

void
fuzz_folder(const char *name)
{
	char *path;

	fuzz_holds(made.count < FILES);
	path = made.paths[made.count];
	snprintf(path, sizeof(made.paths[0]), "%s/%s", fuzz_dir(), name);
	made.count++;
	fuzz_holds(mkdir(path, 0700) == 0);
}

const char *
fuzz_file(const char *name, const char *text)
{
	char *path;
	struct sark_err err;

	fuzz_holds(made.count < FILES);
	path = made.paths[made.count++];
	snprintf(path, sizeof(made.paths[0]), "%s/%s", fuzz_dir(), name);
	sark_err_init(&err);
	fuzz_holds(
	    sark_file_replace(path, text, strlen(text), 0600, &err) == 0);
	return path;
}
