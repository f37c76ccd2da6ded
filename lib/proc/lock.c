#include "proc/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/num.h"

struct sark_lock {
	int fd;
};

static int
release(struct sark_lock *lock)
{
	close(lock->fd);
	return 0;
}

int
sark_lock_take(void *ctx, const char *dir, const char *name,
    struct sark_lock **lock_r, struct sark_err *err)
{
	struct sark_lock *lock = sark_new(ctx, struct sark_lock);
	char *path = sark_format(lock, "%s/%s.lock", dir, name);
	char *pid = sark_format(lock, "%d\n", (int)getpid());

	lock->fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (lock->fd == -1) {
		sark_err_set(err, SARK_CONFIG, "%s: %s", path, strerror(errno));
		talloc_free(lock);
		return -1;
	}
	talloc_set_destructor(lock, release);
	if (flock(lock->fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno == EWOULDBLOCK)
			sark_err_set(err, SARK_LOCKED,
			    "%s: another run holds the lock", path);
		else
			sark_err_set(
			    err, SARK_CONFIG, "%s: %s", path, strerror(errno));
		talloc_free(lock);
		return -1;
	}
	if (ftruncate(lock->fd, 0) == -1 ||
	    sark_file_write_all(lock->fd, pid, strlen(pid)) == -1) {
		sark_err_set(err, SARK_CONFIG, "%s: %s", path, strerror(errno));
		talloc_free(lock);
		return -1;
	}
	*lock_r = lock;
	return 0;
}

/* The number that the holder has written into an open file. */
static int
read_pid(int fd, pid_t *pid_r)
{
	char text[24];
	ssize_t n = read(fd, text, sizeof(text) - 1);
	int64_t pid;

	if (n < 1 || text[n - 1] != '\n')
		return -1;
	text[n - 1] = '\0';
	if (sark_num_int(text, 1, INT32_MAX, &pid) == -1)
		return -1;
	*pid_r = (pid_t)pid;
	return 0;
}

int
sark_lock_holder(void *ctx, const char *dir, const char *name, pid_t *pid_r,
    struct sark_err *err)
{
	char *path = sark_format(ctx, "%s/%s.lock", dir, name);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC),
	    ret = -1;

	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1) {
		sark_err_set(err, SARK_CONFIG, "%s: %s", path, strerror(errno));
		goto out;
	}
	if (flock(fd, LOCK_SH | LOCK_NB) == 0)
		ret = 0;
	else if (errno != EWOULDBLOCK)
		sark_err_set(err, SARK_CONFIG, "%s: %s", path, strerror(errno));
	else if (read_pid(fd, pid_r) == -1)
		sark_err_set(err, SARK_CONFIG, "%s: no process number", path);
	else
		ret = 1;
out:
	if (fd != -1)
		close(fd);
	talloc_free(path);
	return ret;
}

int
sark_lock_fd(const struct sark_lock *lock)
{
	return lock->fd;
}

struct sark_lock *
sark_lock_take_on(void *ctx, int fd)
{
	struct sark_lock *lock = sark_new(ctx, struct sark_lock);

	lock->fd = fd;
	talloc_set_destructor(lock, release);
	return lock;
}
