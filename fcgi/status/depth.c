#include "depth.h"

#include <dirent.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>

struct depth
depth_of_spool(const char *dir)
{
	struct depth depth = { 0, 0 };
	struct dirent *entry;
	struct stat st;
	DIR *folder;

	if ((folder = opendir(dir)) == NULL)
		return depth;
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    fstatat(dirfd(folder), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) == -1 ||
		    !S_ISREG(st.st_mode))
			continue;
		depth.files++;
		depth.bytes += st.st_size;
	}
	closedir(folder);
	return depth;
}
