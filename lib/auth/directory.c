#include "auth/directory.h"

#include <stdarg.h>
#include <stdio.h>

#include "auth/directory_priv.h"
#include "auth/username.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/uuid.h"
#include "net/ldap_name.h"

#define NS_PER_MS      INT64_C(1000000)
#define ATTRIBUTES_MAX 20

/* One question on its way. */
struct question {
	struct sark_directory *directory;
	void *ctx;
	const struct sark_ldap_server *server;
	int64_t until_ns; /* for this server */
	const char *username;
	const char *password; /* NULL: who he is will do */
	struct sark_ldap *service;
	struct sark_person *person;
	const char *why; /* not he */
};

void
sark_directory_say(const struct sark_directory *directory, const char *what,
    const char *format, ...)
{
	char how[512];
	va_list ap;

	if (directory->step == NULL)
		return;
	va_start(ap, format);
	vsnprintf(how, sizeof(how), format, ap);
	va_end(ap);
	directory->step(directory->step_arg, what, how);
}

/* ---- the service account */

static int
bind_service(struct question *q, struct sark_err *err)
{
	struct sark_directory *d = q->directory;
	struct sark_ldap_bound bound;
	struct sark_err kept;
	int ret;

	if (*d->bind_dn == '\0')
		return 0;
	sark_err_init(&kept);
	/*
	 * The sandbox refuses a file that was replaced until the worker is
	 * replaced as well.
	 */
	if (sark_directory_read_password(d, &kept) == -1)
		sark_err_init(&kept);
	ret = sark_ldap_bind(q->service, d->bind_dn, d->password, &bound, err);
	if (ret == 0 && bound.code != 0)
		ret = sark_err_set(err, SARK_UNAVAILABLE,
		    "%s: refuses %s: result %d %s", q->server->url, d->bind_dn,
		    bound.code, bound.message);
	if (ret == 0)
		sark_directory_say(d, "service account", "%s", d->bind_dn);
	return ret;
}

static int
open_service(struct question *q, struct sark_err *err)
{
	struct sark_directory *d = q->directory;

	if (d->kept != NULL) {
		q->service = d->kept;
		sark_ldap_until(q->service, q->until_ns);
		return 0;
	}
	if (sark_ldap_open(d->keep ? (void *)d : q->ctx, q->server, q->until_ns,
		&q->service, err) == -1)
		return -1;
	sark_directory_say(d, "server", "%s", q->server->url);
	if (bind_service(q, err) == -1) {
		talloc_free(q->service);
		return -1;
	}
	if (d->keep)
		d->kept = q->service;
	return 0;
}

static void
close_service(struct question *q, bool good)
{
	struct sark_directory *d = q->directory;

	if (d->kept != NULL && good)
		return;
	talloc_free(q->service);
	d->kept = NULL;
}

/* ---- the entry */

static const char *
user_filter(struct question *q)
{
	char *name = sark_ldap_filter_value(q->ctx, q->username);
	const char *const *attribute = q->directory->login_attributes;
	struct sark_buf filter;

	sark_buf_init(&filter, q->ctx);
	sark_buf_format(&filter, "(&%s(|", q->directory->user_filter);
	for (; *attribute != NULL; attribute++)
		sark_buf_format(&filter, "(%s=%s)", *attribute, name);
	sark_buf_str(&filter, "))");
	return filter.data;
}

static void
add_names(const char **list, size_t *n, const char *const *names)
{
	for (; *names != NULL && *n < ATTRIBUTES_MAX; names++)
		list[(*n)++] = *names;
}

/* 1, or 0: no such user, or several. */
static int
find_entry(
    struct question *q, struct sark_ldap_entry **entry_r, struct sark_err *err)
{
	const struct sark_directory *d = q->directory;
	const char *const wanted[] = { d->username_attribute,
		d->email_attribute, d->name_attribute, d->id_attribute, "uid",
		"memberOf", NULL };
	const char *attributes[ATTRIBUTES_MAX + 1] = { NULL };
	const struct sark_ldap_search search = {
		.base = d->user_base,
		.subtree = true,
		.filter = user_filter(q),
		.attributes = attributes,
		.limit = 2, /* to see that there are several */
	};
	struct sark_ldap_found found;
	size_t n = 0;

	add_names(attributes, &n, wanted);
	add_names(attributes, &n, sark_directory_flags);
	sark_directory_say(
	    d, "search", "%s under %s", search.filter, search.base);
	if (sark_ldap_search(q->service, q->ctx, &search, &found, err) == -1)
		return -1;
	if (found.count == 1 && !found.more) {
		*entry_r = found.entries;
		return 1;
	}
	q->why = found.count == 0 ? "unknown_user" : "ambiguous_user";
	return 0;
}

/* 1, or 0: nothing that could be a user's name. */
static int
take_entry(struct question *q, const struct sark_ldap_entry *entry)
{
	const struct sark_directory *d = q->directory;
	struct sark_person *person = sark_new(q->ctx, struct sark_person);

	person->dn = entry->dn;
	person->id = sark_ldap_value(entry, d->id_attribute);
	person->username = sark_ldap_value(entry, d->username_attribute);
	person->email = sark_ldap_value(entry, d->email_attribute);
	person->name = sark_ldap_value(entry, d->name_attribute);
	person->barred = sark_directory_barred(entry);
	q->person = person;
	sark_directory_say(d, "entry", "%s", person->dn);
	if (sark_username_normal(q->ctx, person->username) != NULL)
		return 1;
	q->why = "no_username";
	return 0;
}

/* ---- the password */

/*
 * On a connection of its own, which nothing else is asked on: a search there
 * would be one with the rights of the user.  1, or 0: not his.
 */
static int
bind_user(struct question *q, const char *dn, struct sark_err *err)
{
	struct sark_ldap_bound bound;
	struct sark_ldap *ldap;
	int ret;

	if (sark_ldap_open(q->ctx, q->server, q->until_ns, &ldap, err) == -1)
		return -1;
	ret = sark_ldap_bind(ldap, dn, q->password, &bound, err);
	if (ret == 0 && sark_directory_verdict(&bound, &q->why) == -1)
		ret = sark_err_set(err, SARK_UNAVAILABLE,
		    "%s: bind of %s: result %d %s", q->server->url, dn,
		    bound.code, bound.message);
	talloc_free(ldap);
	return ret == -1 ? -1 : q->why == NULL;
}

/* As long as for who is there, so that time does not tell who is. */
static int
bind_nobody(struct question *q, struct sark_err *err)
{
	const char *why = q->why;
	char id[SARK_UUID_TEXT];
	int ret;

	sark_uuid_make(id);
	ret = bind_user(q,
	    sark_format(q->ctx, "cn=%s,%s", id, q->directory->user_base), err);
	q->why = why;
	return ret == -1 ? -1 : 0;
}

static int
check_password(struct question *q, struct sark_err *err)
{
	int ret = bind_user(q, q->person->dn, err);

	if (ret == 1 && q->person->barred != NULL) {
		q->why = q->person->barred;
		ret = 0;
	}
	if (ret != -1)
		sark_directory_say(q->directory, "password", "%s",
		    q->why != NULL ? q->why : "right");
	return ret;
}

/* ---- all of it */

static int
take_groups(struct question *q, const struct sark_ldap_entry *entry,
    struct sark_err *err)
{
	int got = sark_directory_groups(
	    q->directory, q->service, q->ctx, entry, &q->person->groups, err);

	if (got == 0)
		q->why = "too_many_groups";
	if (got == 1)
		sark_directory_map_apply(q->directory->map, q->ctx, q->person);
	return got;
}

static int
ask_service(struct question *q, struct sark_err *err)
{
	struct sark_ldap_entry *entry;
	int got = find_entry(q, &entry, err);

	if (got == 1)
		got = take_entry(q, entry);
	if (got == 0 && q->password != NULL)
		return bind_nobody(q, err);
	if (got == 1 && q->password != NULL)
		got = check_password(q, err);
	return got == 1 ? take_groups(q, entry, err) : got;
}

static int
ask_server(struct question *q, struct sark_err *err)
{
	int got;

	q->why = NULL;
	if (open_service(q, err) == -1)
		return -1;
	got = ask_service(q, err);
	close_service(q, got != -1);
	return got;
}

/* Server after server; each has its share of the time that is left. */
static int
ask(struct question *q, struct sark_err *err)
{
	struct sark_directory *d = q->directory;
	int64_t now = sark_clock_mono_ns();
	int64_t until = now + d->timeout_ms * NS_PER_MS;
	size_t i, at;
	int got = -1;

	if (d->until_ns != NULL && *d->until_ns != 0 && *d->until_ns < until)
		until = *d->until_ns;
	for (i = 0; i < d->nservers && got == -1; i++) {
		sark_err_init(err);
		at = (d->first + i) % d->nservers;
		now = sark_clock_mono_ns();
		q->server = &d->servers[at];
		q->until_ns = now + (until - now) / (int64_t)(d->nservers - i);
		got = ask_server(q, err);
		if (got == -1)
			sark_directory_say(d, "failed", "%s", err->text);
		else
			d->first = at;
	}
	return got;
}

static int
answer(struct question *q, struct sark_person **person_r, const char **why_r,
    struct sark_err *err)
{
	int got;

	/* No name is longer; no server need be asked. */
	if (sark_username_normal(q->ctx, q->username) == NULL) {
		*why_r = "unknown_user";
		return 0;
	}
	got = ask(q, err);
	if (got == 1)
		*person_r = q->person;
	else
		*why_r = q->why;
	return got;
}

int
sark_directory_find(struct sark_directory *directory, void *ctx,
    const char *username, struct sark_person **person_r, const char **why_r,
    struct sark_err *err)
{
	struct question q = {
		.directory = directory, .ctx = ctx, .username = username
	};

	return answer(&q, person_r, why_r, err);
}

int
sark_directory_login(struct sark_directory *directory, void *ctx,
    const char *username, const char *password, struct sark_person **person_r,
    const char **why_r, struct sark_err *err)
{
	struct question q = { .directory = directory,
		.ctx = ctx,
		.username = username,
		.password = password };

	/* Many servers take it for a guest (RFC 4513 section 5.1.2). */
	if (*password == '\0') {
		*why_r = "wrong_password";
		return 0;
	}
	return answer(&q, person_r, why_r, err);
}
