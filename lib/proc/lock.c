#include "proc/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

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
