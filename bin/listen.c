#include "config.h"

#include "listen.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

/* As many as the kernel grants; see net.core.somaxconn. */
#define BACKLOG 4096

int
listen_group(const char *name, gid_t *gid_r, struct sark_err *err)
{
	const struct group *group;

	*gid_r = (gid_t)-1;
	if (*name == '\0')
		return 0;
	if ((group = getgrnam(name)) == NULL)
		return sark_err_set(
		    err, SARK_CONFIG, "there is no group '%s'", name);
	*gid_r = group->gr_gid;
	return 0;
}

int
listen_folder(const char *path, const char *user, struct sark_err *err)
{
	const struct passwd *pw = NULL;
	mode_t mask;
	int made;

	if (geteuid() == 0 && *user != '\0' && (pw = getpwnam(user)) == NULL)
		return sark_err_set(
		    err, SARK_CONFIG, "user: no such user '%s'", user);
	mask = umask(022);
	made = mkdir(path, 0755);
	umask(mask);
	if (made == -1 && errno == EEXIST)
		return 0;
	if (made == -1 ||
	    (pw != NULL && lchown(path, pw->pw_uid, pw->pw_gid) == -1))
		return sark_err_set(
		    err, SARK_CONFIG, "%s: %s", path, strerror(errno));
	return 0;
}

/* A socket whose process is gone would be in the way of the new one. */
static int
remove_old(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	return unlink(path);
}

int
listen_unix(const char *path, gid_t gid, int *fd_r, struct sark_err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd = -1, bound;

	if (sark_str_copy(address.sun_path, sizeof(address.sun_path), path) ==
	    -1)
		return sark_err_set(err, SARK_CONFIG,
		    "%s: longer than the path of a socket may be", path);
	if (remove_old(path) == -1)
		goto fail;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		goto fail;
	/* By the mask, so that there is no moment with another mode. */
	mask = umask(0117);
	bound = bind(fd, (const struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (bound == -1 || listen(fd, BACKLOG) == -1 ||
	    (gid != (gid_t)-1 && lchown(path, (uid_t)-1, gid) == -1))
		goto fail;
	*fd_r = fd;
	return 0;
fail:
	sark_err_set(err, SARK_CONFIG, "%s: %s", path, strerror(errno));
	if (fd != -1)
		close(fd);
	return -1;
}
