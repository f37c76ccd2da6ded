#include "auth/ldap_sync.h"

#include "auth/directory.h"
#include "auth/ldap_user.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/conf.h"
#include "store/directory.h"
#include "store/pg.h"

struct work {
	struct sark_app *app;
	const struct sark_caller *caller;
	struct sark_ldap_sync *sync;
	const struct sark_directory_user *users;
	size_t count;
	size_t allowed; /* to be disabled */
};

/* What the directory says of one of them. */
struct item {
	const struct sark_directory_user *user;
	struct sark_ldap_change change;
	const char *why; /* gone */
};

static int
look(struct work *work, struct item *item, struct sark_err *err)
{
	struct sark_app *app = work->app;
	struct sark_person *person;
	const char *why = NULL;
	int got;

	got = sark_directory_find(
	    app->ldap, app->mem, item->user->username, &person, &why, err);
	if (got == 1 && person->barred != NULL) {
		why = person->barred;
		got = 0;
	}
	if (got == 1)
		got = sark_ldap_user_compare(
		    app, person, &item->change, &why, err);
	if (got == 1 &&
	    !sark_str_eq(item->change.now.user_id, item->user->user_id)) {
		why = "other_person";
		got = 0;
	}
	if (got == 0)
		item->why = why;
	return got == -1 ? -1 : 0;
}

static void
tell(const struct sark_ldap_sync *sync, const struct item *item)
{
	const struct sark_directory_user *now = &item->change.now;
	struct sark_ldap_step step = {
		.username = item->user->username,
		.why = item->why,
	};

	if (item->why == NULL) {
		step.roles = now->roles;
		step.teams = now->teams;
		step.managed_teams = now->managed_teams;
	}
	if (sync->tell != NULL)
		sync->tell(sync->arg, &step);
}

/* A user of each pass; on app->mem, which goes with him. */
typedef int visit(struct work *work, struct item *item, struct sark_err *err);

static int
count(struct work *work, struct item *item, struct sark_err *err)
{
	struct sark_ldap_sync *sync = work->sync;

	(void)err;
	sync->users++;
	if (item->why != NULL)
		sync->disabled += !item->user->disabled;
	else
		sync->changed += item->change.differs;
	if (sync->dry_run &&
	    (item->why != NULL ? !item->user->disabled : item->change.differs))
		tell(sync, item);
	return 0;
}

static int
too_many(const struct work *work, struct sark_err *err)
{
	return sark_err_set(err, SARK_CONFLICT,
	    "of %zu users more than %zu are gone from the directory, which is "
	    "more than ldap_sync_percent: see --dry-run and --force",
	    work->sync->users, work->allowed);
}

static int
change(struct work *work, struct item *item, struct sark_err *err)
{
	struct sark_ldap_sync *sync = work->sync;

	if (item->why == NULL) {
		if (!item->change.differs)
			return 0;
		tell(sync, item);
		sync->changed++;
		return sark_ldap_user_keep(
		    work->app, work->caller, &item->change, err);
	}
	if (item->user->disabled)
		return 0;
	/* The directory may have lost a branch since it was counted. */
	if (!sync->force && sync->disabled == work->allowed)
		return too_many(work, err);
	tell(sync, item);
	sync->disabled++;
	return sark_ldap_user_gone(
	    work->app, work->caller, item->user, item->why, err);
}

static int
each(struct work *work, visit *take, struct sark_err *err)
{
	struct sark_app *app = work->app;
	void *mem = app->mem;
	int ret = 0;
	size_t i;

	for (i = 0; ret == 0 && i < work->count && *work->sync->stop == 0;
	     i++) {
		struct item item = { .user = &work->users[i] };

		/* An administrator's word stands. */
		if (item.user->disabled && !item.user->gone)
			continue;
		app->mem = sark_mem_check(talloc_new(mem));
		ret = look(work, &item, err);
		if (ret == 0)
			ret = take(work, &item, err);
		talloc_free(app->mem);
		app->mem = mem;
	}
	return ret;
}

/* An empty branch, or a wrong filter, is no reason to disable everybody. */
static void
allow(struct work *work)
{
	size_t i, enabled = 0;

	for (i = 0; i < work->count; i++)
		enabled += !work->users[i].disabled;
	work->allowed =
	    enabled * (size_t)work->app->conf->ldap_sync_percent / 100;
}

int
sark_ldap_sync_run(struct sark_app *app, const struct sark_caller *caller,
    struct sark_ldap_sync *sync, struct sark_err *err)
{
	struct work work = { .app = app, .caller = caller, .sync = sync };
	struct sark_directory_user *users;

	if (app->ldap == NULL)
		return sark_err_set(
		    err, SARK_PROVIDER_DISABLED, "ldap_servers is empty");
	if (sark_directory_users_all(
		app->pg, app->mem, &users, &work.count, err) == -1)
		return -1;
	work.users = users;
	allow(&work);
	if (each(&work, count, err) == -1)
		return -1;
	if (sync->dry_run)
		return 0;
	if (!sync->force && sync->disabled > work.allowed)
		return too_many(&work, err);
	sync->changed = sync->disabled = 0;
	return each(&work, change, err);
}
