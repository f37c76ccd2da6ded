#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

int
sark_file_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
read_all(int fd, char *data, size_t len, size_t *got_r)
{
	size_t got = 0;
	ssize_t n;

	while (got < len) {
		n = read(fd, data + got, len - got);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	*got_r = got;
	return 0;
}

static int
check(const struct stat *st, const char *path, size_t max, bool secret,
    struct sark_err *err)
{
	if (!S_ISREG(st->st_mode))
		return sark_err_set(
		    err, SARK_CONFIG, "%s: not a regular file", path);
	if (secret && (st->st_mode & S_IRWXO) != 0)
		return sark_err_set(err, SARK_CONFIG,
		    "%s: others may use this secret, mode is %04o", path,
		    (unsigned int)st->st_mode & 07777);
	if ((uint64_t)st->st_size > max)
		return sark_err_set(
		    err, SARK_CONFIG, "%s: larger than %zu bytes", path, max);
	return 0;
}

struct content {
	char *data;
	size_t len;
};

static int
read_file(const void *ctx, const char *path, size_t max, bool secret,
    struct content *content, struct sark_err *err)
{
	struct stat st;
	int fd, ret = -1;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1 || fstat(fd, &st) == -1) {
		sark_err_set(err, SARK_CONFIG, "%s: %s", path, strerror(errno));
		goto out;
	}
	if (check(&st, path, max, secret, err) == -1)
		goto out;
	content->data =
	    sark_mem_check(talloc_zero_size(ctx, (size_t)st.st_size + 1));
	if (read_all(fd, content->data, (size_t)st.st_size, &content->len) ==
	    -1) {
		sark_err_set(err, SARK_CONFIG, "%s: %s", path, strerror(errno));
		goto out;
	}
	ret = 0;
out:
	if (fd != -1)
		close(fd);
	return ret;
}

int
sark_file_read(const void *ctx, const char *path, size_t max, char **data_r,
    size_t *len_r, struct sark_err *err)
{
	struct content content = { NULL, 0 };

	if (read_file(ctx, path, max, false, &content, err) == -1)
		return -1;
	*data_r = content.data;
	*len_r = content.len;
	return 0;
}

int
sark_file_read_secret(const void *ctx, const char *path, size_t max,
    char **data_r, size_t *len_r, struct sark_err *err)
{
	struct content content = { NULL, 0 };

	if (read_file(ctx, path, max, true, &content, err) == -1)
		return -1;
	*data_r = content.data;
	*len_r = content.len;
	return 0;
}

static int
sync_folder_of(const char *path)
{
	char copy[4096];
	int fd, ret;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	ret = fsync(fd);
	close(fd);
	return ret;
}

int
sark_file_replace(const char *path, const void *data, size_t len, mode_t mode,
    struct sark_err *err)
{
	char temporary[4096];
	int fd, n;

	n = snprintf(
	    temporary, sizeof(temporary), "%s.%d.new", path, (int)getpid());
	if (n < 0 || (size_t)n >= sizeof(temporary))
		return sark_err_set(
		    err, SARK_CONFIG, "%s: path too long", path);
	unlink(temporary);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		goto failed;
	if (fchmod(fd, mode) == -1 ||
	    sark_file_write_all(fd, data, len) == -1 || fsync(fd) == -1) {
		close(fd);
		goto failed;
	}
	if (close(fd) == -1 || rename(temporary, path) == -1 ||
	    sync_folder_of(path) == -1)
		goto failed;
	return 0;
failed:
	sark_err_set(err, SARK_INTERNAL, "%s: %s", path, strerror(errno));
	unlink(temporary);
	return -1;
}
