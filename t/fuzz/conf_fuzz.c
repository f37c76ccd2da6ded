/*
 * The text of a settings file.  What is refused names the file, and a line
 * of it; what is taken can be dumped and read back as the same settings.
 */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "conf/conf.h"

const char fuzz_name[] = "conf";

/* A file in memory, by a path that can be opened. */
struct file {
	int fd;
	char path[64];
};

static void
fill(struct file *file, const void *text, size_t len)
{
	if (file->fd == -1) {
		file->fd = memfd_create("sark.conf", MFD_CLOEXEC);
		snprintf(file->path, sizeof(file->path), "/proc/self/fd/%d",
		    file->fd);
	}
	fuzz_holds(ftruncate(file->fd, 0) == 0);
	fuzz_holds(pwrite(file->fd, text, len, 0) == (ssize_t)len);
}

static void
check_refusal(const struct file *file, const struct fuzz_input *in,
    const struct sark_err *err)
{
	size_t n = strlen(file->path), lines = 1, i;
	char *end;
	long line;

	fuzz_holds(err->code == SARK_CONFIG);
	fuzz_holds(strncmp(err->text, file->path, n) == 0);
	fuzz_holds(err->text[n] == ':');
	if (memchr(in->at, '\0', in->left) != NULL)
		return;
	for (i = 0; i < in->left; i++)
		lines += in->at[i] == '\n';
	line = strtol(err->text + n + 1, &end, 10);
	fuzz_holds(line >= 1 && (size_t)line <= lines);
	fuzz_holds(end[0] == ':' && end[1] == ' ' && end[2] != '\0');
}

static char *
dump(const struct sark_conf *conf, size_t *len_r)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len_r);

	fuzz_holds(out != NULL);
	sark_conf_dump(conf, out);
	fuzz_holds(fclose(out) == 0);
	return text;
}

static void
check_dump(const struct sark_conf *conf)
{
	static struct file copy = { .fd = -1 };
	struct sark_conf *again;
	struct sark_err err;
	char *first, *second;
	size_t n, m;

	first = dump(conf, &n);
	fill(&copy, first, n);
	sark_err_init(&err);
	fuzz_holds(sark_conf_read(NULL, copy.path, &again, &err) == 0);
	second = dump(again, &m);
	fuzz_holds(n == m && memcmp(first, second, n) == 0);
	free(first);
	free(second);
	talloc_free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct file file = { .fd = -1 };
	const struct fuzz_input in = { data, size };
	struct sark_conf *conf;
	struct sark_err err;

	fill(&file, data, size);
	sark_err_init(&err);
	if (sark_conf_read(NULL, file.path, &conf, &err) == -1) {
		check_refusal(&file, &in, &err);
		return 0;
	}
	fuzz_holds(err.code == SARK_OK);
	check_dump(conf);
	talloc_free(conf);
	return 0;
}
