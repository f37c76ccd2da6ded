#include "audit/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"

#define SUFFIX ".spool"
/* A file of damaged lines that grew beyond this is not searched any more. */
#define BAD_FILE_MAX ((size_t)64 * 1024 * 1024)
/* Seconds after which an unlocked file under way is a dead writer's. */
#define LEFT_BEHIND_S 60

/* UUID "." program ".spool" */
static bool
is_segment(const char *name)
{
	char id[SARK_UUID_TEXT];
	size_t n = strlen(name), tail = strlen(SUFFIX);

	if (n <= SARK_UUID_TEXT + tail || name[SARK_UUID_TEXT - 1] != '.' ||
	    !sark_str_eq(name + n - tail, SUFFIX))
		return false;
	sark_str_copy(id, sizeof(id), name);
	return sark_uuid_valid(id);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
sark_folder_list(
    void *ctx, const char *dir, const char ***names_r, struct sark_err *err)
{
	const char **names = sark_new_array(ctx, const char *, 1);
	struct dirent *entry;
	size_t n = 0;
	DIR *folder;

	folder = opendir(dir);
	if (folder == NULL)
		return sark_err_set(
		    err, SARK_CONFIG, "spool_dir %s: %s", dir, strerror(errno));
	while ((entry = readdir(folder)) != NULL) {
		if (!is_segment(entry->d_name))
			continue;
		names = sark_mem_check(talloc_realloc(
		    ctx, names, const char *, (unsigned int)n + 2));
		names[n++] = sark_strdup(names, entry->d_name);
		names[n] = NULL;
	}
	closedir(folder);
	qsort(names, n, sizeof(*names), by_name);
	*names_r = names;
	return 0;
}

/* Whether a file under way has no writer and had the time to get one. */
static bool
left_behind(int dirfd, const char *name)
{
	struct stat st;
	bool left;
	int fd;

	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return false;
	left = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_mtime < time(NULL) - LEFT_BEHIND_S &&
	    flock(fd, LOCK_EX | LOCK_NB) == 0;
	close(fd);
	return left;
}

void
sark_folder_sweep(const char *dir)
{
	struct dirent *entry;
	size_t n;
	DIR *folder;

	folder = opendir(dir);
	if (folder == NULL)
		return;
	while ((entry = readdir(folder)) != NULL) {
		n = strlen(entry->d_name);
		if (entry->d_name[0] == '.' && n == SARK_UUID_TEXT + 4 &&
		    sark_str_eq(entry->d_name + n - 4, ".tmp") &&
		    left_behind(dirfd(folder), entry->d_name))
			unlinkat(dirfd(folder), entry->d_name, 0);
	}
	closedir(folder);
}

int
sark_folder_open(const char *dir, const char *name,
    struct sark_reading *reading_r, struct sark_err *err)
{
	char *path = sark_format(NULL, "%s/%s", dir, name);
	struct stat st;
	int fd, ret = -1;

	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT) {
		ret = 0;
		goto out;
	}
	/*
	 * The lock before the size: once it is ours nobody appends.  Only a
	 * writer takes it for longer, so whoever is refused it is not late.
	 */
	reading_r->finished = fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0;
	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		sark_err_set(err, SARK_CONFIG, "%s: %s", path,
		    fd == -1 ? strerror(errno) : "no file");
		goto out;
	}
	reading_r->fd = fd;
	reading_r->size = st.st_size;
	fd = -1;
	ret = 1;
out:
	if (fd != -1)
		close(fd);
	talloc_free(path);
	return ret;
}

void
sark_folder_close(struct sark_reading *reading)
{
	close(reading->fd);
	reading->fd = -1;
}

int
sark_folder_remove(const char *dir, const char *name, struct sark_err *err)
{
	char *path = sark_format(NULL, "%s/%s", dir, name);
	int ret = 0;

	if (unlink(path) == -1 && errno != ENOENT)
		ret = sark_err_set(
		    err, SARK_CONFIG, "%s: %s", path, strerror(errno));
	talloc_free(path);
	return ret;
}

/* Whether the file at fd holds text; an unreadable one holds nothing. */
static bool
holds(int fd, const char *text, size_t len)
{
	struct stat st;
	char *all;
	ssize_t n;
	bool found = false;

	if (fstat(fd, &st) == -1 || st.st_size == 0 ||
	    (size_t)st.st_size > BAD_FILE_MAX)
		return false;
	all = sark_new_array(NULL, char, (size_t)st.st_size + 1);
	n = pread(fd, all, (size_t)st.st_size, 0);
	if (n > 0) {
		const char *at = all, *end = all + n;

		while (!found && (size_t)(end - at) >= len) {
			found = memcmp(at, text, len) == 0;
			at = memchr(at, '\n', (size_t)(end - at));
			at = at == NULL ? end : at + 1;
		}
	}
	talloc_free(all);
	return found;
}

int
sark_folder_keep(
    const char *dir, const struct sark_damage *damage, struct sark_err *err)
{
	struct sark_buf text;
	char *path;
	int fd, ret = -1;

	path = sark_format(NULL, "%s/%s.bad", dir, damage->segment);
	sark_buf_init(&text, path);
	sark_buf_format(&text, "# offset %" PRId64 " bytes %zu: %s\n",
	    damage->offset, damage->size, damage->reason);
	fd = open(
	    path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0640);
	/* A run that was killed before its commit has kept it already. */
	if (fd != -1 && holds(fd, text.data, text.len)) {
		ret = 0;
		goto out;
	}
	sark_buf_add(&text, damage->line, damage->size);
	if (text.data[text.len - 1] != '\n')
		sark_buf_char(&text, '\n');
	if (fd == -1 || sark_file_write_all(fd, text.data, text.len) == -1 ||
	    fdatasync(fd) == -1)
		sark_err_set(err, SARK_AUDIT_UNAVAILABLE, "%s: %s", path,
		    strerror(errno));
	else
		ret = 0;
out:
	if (fd != -1)
		close(fd);
	talloc_free(path);
	return ret;
}
