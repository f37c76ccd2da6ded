#include "proc/watch.h"

#include <stddef.h>
#include <sys/stat.h>

#include "base/mem.h"

struct place {
	const char *path;
	bool content;
	struct stat seen; /* st_ino 0: nothing */
};

struct sark_watch {
	struct place *places;
	size_t count;
};

struct sark_watch *
sark_watch_new(void *ctx)
{
	return sark_new(ctx, struct sark_watch);
}

void
sark_watch_add(struct sark_watch *watch, const char *path, bool content)
{
	struct place *place;

	watch->places = sark_mem_check(talloc_realloc(watch, watch->places,
	    struct place, (unsigned int)watch->count + 1));
	place = &watch->places[watch->count++];
	*place = (struct place){
		.path = sark_strdup(watch, path),
		.content = content,
	};
	if (stat(path, &place->seen) == -1)
		place->seen.st_ino = 0;
}

static bool
same(const struct place *place, const struct stat *now)
{
	const struct stat *seen = &place->seen;

	if (seen->st_ino != now->st_ino || seen->st_dev != now->st_dev)
		return false;
	return !place->content ||
	    (seen->st_size == now->st_size &&
		seen->st_mtim.tv_sec == now->st_mtim.tv_sec &&
		seen->st_mtim.tv_nsec == now->st_mtim.tv_nsec);
}

bool
sark_watch_changed(struct sark_watch *watch)
{
	bool changed = false;
	struct stat now;
	size_t i;

	for (i = 0; i < watch->count; i++) {
		if (stat(watch->places[i].path, &now) == -1 ||
		    same(&watch->places[i], &now))
			continue;
		watch->places[i].seen = now;
		changed = true;
	}
	return changed;
}
