#include "audit/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "audit/segment.h"
#include "base/buf.h"
#include "base/failpoint.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/uuid.h"

/* Room that a file system must have to be called ready. */
#define READY_BYTES ((uint64_t)1024 * 1024)

struct sark_spool {
	char *dir;
	char *program;
	int64_t segment_bytes;
	bool sync;
	pid_t owner;  /* the process whose segment fd is */
	int fd;	      /* -1: none */
	int64_t size; /* of the segment: whole records only */
	struct sark_buf line;
};

static int
unavailable(struct sark_err *err, const char *what, int number)
{
	return sark_err_set(err, SARK_AUDIT_UNAVAILABLE, "audit spool: %s: %s",
	    what, strerror(number));
}

static void
leave_segment(struct sark_spool *spool)
{
	if (spool->fd != -1)
		close(spool->fd);
	spool->fd = -1;
	spool->size = 0;
}

static int
spool_free(struct sark_spool *spool)
{
	leave_segment(spool);
	return 0;
}

int
sark_spool_open(void *ctx, const char *dir, const char *program,
    int64_t segment_bytes, bool sync, struct sark_spool **spool_r,
    struct sark_err *err)
{
	struct sark_spool *spool;
	struct stat st;

	if (stat(dir, &st) == -1)
		return sark_err_set(
		    err, SARK_CONFIG, "spool_dir %s: %s", dir, strerror(errno));
	if (!S_ISDIR(st.st_mode) || access(dir, R_OK | W_OK | X_OK) == -1)
		return sark_err_set(err, SARK_CONFIG,
		    "spool_dir %s: no folder that we may write", dir);
	/* Anyone could forge or take away records. */
	if ((st.st_mode & S_IWOTH) != 0)
		return sark_err_set(
		    err, SARK_CONFIG, "spool_dir %s: others may write", dir);
	spool = sark_new(ctx, struct sark_spool);
	spool->dir = sark_strdup(spool, dir);
	spool->program = sark_strdup(spool, program);
	spool->segment_bytes = segment_bytes;
	spool->sync = sync;
	spool->fd = -1;
	sark_buf_init(&spool->line, spool);
	talloc_set_destructor(spool, spool_free);
	*spool_r = spool;
	return 0;
}

/* Makes a new name in the folder survive a power cut. */
static int
sync_dir(const char *dir)
{
	int fd, ret;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	ret = fsync(fd);
	close(fd);
	return ret;
}

/* Locks the new segment and writes its header; -1 with errno. */
static int
begin_segment(struct sark_spool *spool, int fd)
{
	struct sark_buf header;
	int ret = -1;

	sark_buf_init(&header, spool);
	sark_segment_header(&header, spool->program);
	/* The loader may be another user of our group: no umask here. */
	if (fchmod(fd, 0640) == 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	    sark_file_write_all(fd, header.data, header.len) == 0 &&
	    (!spool->sync || fdatasync(fd) == 0))
		ret = 0;
	spool->size = (int64_t)header.len;
	talloc_free(header.data);
	return ret;
}

/*
 * The segment gets its name only when it is locked and has its header: the
 * loader takes an unlocked one for finished and would remove it.
 */
static int
enter_segment(struct sark_spool *spool, struct sark_err *err)
{
	char id[SARK_UUID_TEXT], *path, *temporary;
	int fd, saved, ret = -1;

	sark_uuid_make(id);
	path = sark_format(
	    spool, "%s/%s.%s.spool", spool->dir, id, spool->program);
	temporary = sark_format(spool, "%s/.%s.tmp", spool->dir, id);
	fd = open(temporary, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC,
	    0640);
	if (fd == -1) {
		unavailable(err, temporary, errno);
		goto out;
	}
	if (begin_segment(spool, fd) == -1 || rename(temporary, path) == -1 ||
	    (spool->sync && sync_dir(spool->dir) == -1)) {
		saved = errno;
		unlink(temporary);
		close(fd);
		unavailable(err, path, saved);
		goto out;
	}
	spool->fd = fd;
	ret = 0;
out:
	talloc_free(path);
	talloc_free(temporary);
	return ret;
}

/* Whether records appended now would be found: nobody removed the file. */
static bool
still_there(const struct sark_spool *spool)
{
	struct stat st;

	return fstat(spool->fd, &st) == 0 && st.st_nlink > 0 &&
	    st.st_size == spool->size;
}

/* A segment of this process with room for n more bytes. */
static int
ready_segment(struct sark_spool *spool, size_t n, struct sark_err *err)
{
	pid_t self = getpid();

	/* After a fork the segment, and its lock, stay the parent's. */
	if (spool->owner != self)
		leave_segment(spool);
	spool->owner = self;
	if (spool->fd != -1 &&
	    (spool->size + (int64_t)n > spool->segment_bytes ||
		!still_there(spool)))
		leave_segment(spool);
	return spool->fd != -1 ? 0 : enter_segment(spool, err);
}

/*
 * Takes back what a failed append may have left, best effort, and leaves the
 * segment: nothing may follow a torn line, and on a full disk the loader can
 * free only what has no writer any more.
 */
static void
undo(struct sark_spool *spool)
{
	if (ftruncate(spool->fd, spool->size) == -1)
		sark_log(SARK_LOG_WARNING, "spool_not_cut_back", "reason",
		    strerror(errno), NULL);
	leave_segment(spool);
}

static int
write_line(struct sark_spool *spool, struct sark_err *err)
{
	const struct sark_buf *line = &spool->line;

	if (SARK_FAILPOINT_FAILS(spool_lose))
		return 0;
	if (SARK_FAILPOINT_FAILS(spool_before))
		return unavailable(err, "append", EIO);
	if (sark_file_write_all(spool->fd, line->data, line->len) == -1) {
		unavailable(err, "append", errno);
		undo(spool);
		return -1;
	}
	if (spool->sync && fdatasync(spool->fd) == -1) {
		unavailable(err, "fdatasync", errno);
		/* What the disk holds after a failed sync nobody knows. */
		undo(spool);
		return -1;
	}
	spool->size += (int64_t)line->len;
	SARK_FAILPOINT(spool_after);
	return 0;
}

int
sark_spool_append(struct sark_spool *spool, const char *record, size_t len,
    struct sark_err *err)
{
	sark_buf_reset(&spool->line);
	if (sark_segment_frame(&spool->line, record, len) == -1)
		return sark_err_set(err, SARK_AUDIT_UNAVAILABLE,
		    "audit spool: a record of %zu bytes cannot be framed", len);
	if (ready_segment(spool, spool->line.len, err) == -1)
		return -1;
	return write_line(spool, err);
}

int
sark_spool_check(const struct sark_spool *spool, struct sark_err *err)
{
	struct statvfs fs;

	if (access(spool->dir, W_OK | X_OK) == -1 ||
	    statvfs(spool->dir, &fs) == -1)
		return unavailable(err, spool->dir, errno);
	if ((fs.f_flag & ST_RDONLY) != 0)
		return unavailable(err, spool->dir, EROFS);
	if ((uint64_t)fs.f_bavail * fs.f_frsize < READY_BYTES ||
	    (fs.f_files > 0 && fs.f_favail == 0))
		return unavailable(err, spool->dir, ENOSPC);
	return 0;
}
