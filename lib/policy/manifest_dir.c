#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "policy/manifest.h"

/*
 * The object runs with the rights of the program: it is as trusted as the
 * program itself, and so must be everything on the way to it.
 */

/* What others could change; NULL: nothing. */
static const char *
danger(const struct stat *st)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "belongs neither to root nor to this user";
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "can be written by group or others";
	return NULL;
}

int
sark_manifest_dir_open(
    struct sark_manifest_dir *dir, const char *path, struct sark_err *err)
{
	const char *why;
	struct stat st;

	dir->path = path;
	dir->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir->fd == -1 || fstat(dir->fd, &st) == -1) {
		sark_err_set(err, SARK_CONFIG, "%s: %s", path, strerror(errno));
		sark_manifest_dir_close(dir);
		return -1;
	}
	why = danger(&st);
	if (why == NULL)
		return 0;
	sark_manifest_dir_close(dir);
	return sark_err_set(err, SARK_CONFIG, "%s: %s", path, why);
}

void
sark_manifest_dir_close(struct sark_manifest_dir *dir)
{
	if (dir->fd != -1)
		close(dir->fd);
	dir->fd = -1;
}

/* Opens, judges; the descriptor, or -1 with *why_r. */
static int
open_judged(const struct sark_manifest_dir *dir,
    const struct sark_manifest_file *file, size_t *size_r, const char **why_r)
{
	struct stat st;
	int fd;

	fd = openat(dir->fd, file->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1)
		*why_r = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		*why_r = "not a regular file";
	else if (st.st_size < 0 || (size_t)st.st_size > file->max)
		*why_r = "too large";
	else
		*why_r = danger(&st);
	if (*why_r == NULL) {
		*size_r = (size_t)st.st_size;
		return fd;
	}
	if (fd != -1)
		close(fd);
	return -1;
}

static const char *
read_whole(int fd, char *data, size_t len)
{
	size_t have = 0;
	ssize_t n;

	while (have < len) {
		n = pread(fd, data + have, len - have, (off_t)have);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return strerror(errno);
		if (n == 0)
			return "became shorter while it was read";
		have += (size_t)n;
	}
	return NULL;
}

int
sark_manifest_read(void *ctx, const struct sark_manifest_dir *dir,
    const struct sark_manifest_file *file, char **data_r, size_t *len_r,
    int *fd_r, struct sark_err *err)
{
	char hex[SARK_SHA256_TEXT];
	const char *why = NULL;
	char *data = NULL;
	size_t len = 0;
	int fd;

	fd = open_judged(dir, file, &len, &why);
	if (why == NULL) {
		data = sark_new_array(ctx, char, len + 1);
		why = read_whole(fd, data, len);
	}
	if (why == NULL && file->hash != NULL) {
		sark_sha256_hex(hex, data, len);
		if (!sark_str_eq(hex, file->hash))
			why = "is not the file that the manifest means";
	}
	if (why != NULL || fd_r == NULL) {
		if (fd != -1)
			close(fd);
		fd = -1;
	}
	if (why != NULL) {
		talloc_free(data);
		return sark_err_set(
		    err, SARK_CONFIG, "%s/%s: %s", dir->path, file->name, why);
	}
	if (fd_r != NULL)
		*fd_r = fd;
	*data_r = data;
	*len_r = len;
	return 0;
}
