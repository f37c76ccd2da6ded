#include <stdlib.h>
#include <string.h>

#include "auth/directory_priv.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/ldap_name.h"

/* Groups whose parents are asked for by one search. */
#define AT_ONCE 50

/* The groups on their way: found[0..n), of which those from next on are new. */
struct gathering {
	struct sark_directory *directory;
	struct sark_ldap *ldap;
	void *ctx;
	size_t n;
	const char **normal; /* to compare, and to give */
	const char **dns;    /* as the server writes them */
	bool too_many;
};

static void
add_group(struct gathering *g, const char *dn)
{
	char *normal = sark_ldap_dn_normal(g->ctx, dn);
	size_t i;

	if (normal == NULL)
		return; /* no DN: no row of the map can be about it */
	for (i = 0; i < g->n; i++)
		if (sark_str_eq(g->normal[i], normal))
			return;
	if (g->n == g->directory->groups_max) {
		g->too_many = true;
		return;
	}
	g->normal[g->n] = normal;
	g->dns[g->n++] = sark_strdup(g->ctx, dn);
}

static int
search(struct gathering *g, const char *filter, struct sark_err *err)
{
	static const char *const no_attributes[] = { "1.1", NULL };
	const struct sark_ldap_search question = {
		.base = g->directory->group_base,
		.subtree = true,
		.filter = filter,
		.attributes = no_attributes,
		.limit = g->directory->groups_max + 1,
	};
	void *mem = sark_mem_check(talloc_new(g->ctx));
	struct sark_ldap_found found;
	size_t i;
	int ret;

	ret = sark_ldap_search(g->ldap, mem, &question, &found, err);
	for (i = 0; ret == 0 && i < found.count; i++)
		add_group(g, found.entries[i].dn);
	if (ret == 0 && found.more)
		g->too_many = true;
	talloc_free(mem);
	return ret;
}

static void
add_member(struct sark_buf *filter, const char *dn)
{
	char *value = sark_ldap_filter_value(filter->ctx, dn);

	sark_buf_format(filter, "(member=%s)(uniqueMember=%s)", value, value);
}

/* The groups that the entry is a member of. */
static int
direct(struct gathering *g, const struct sark_ldap_entry *entry,
    struct sark_err *err)
{
	const char *const *value = sark_ldap_values(entry, "memberOf");
	struct sark_buf filter;

	if (g->directory->groups_of_member) {
		for (; *value != NULL; value++)
			add_group(g, *value);
		return 0;
	}
	sark_buf_init(&filter, g->ctx);
	sark_buf_format(&filter, "(&%s(|", g->directory->group_filter);
	add_member(&filter, entry->dn);
	for (value = sark_ldap_values(entry, "uid"); *value != NULL; value++)
		sark_buf_format(&filter, "(memberUid=%s)",
		    sark_ldap_filter_value(g->ctx, *value));
	sark_buf_str(&filter, "))");
	return search(g, filter.data, err);
}

/* The groups that the groups [from, to) are members of. */
static int
parents(struct gathering *g, size_t from, size_t to, struct sark_err *err)
{
	struct sark_buf filter;
	size_t i;

	sark_buf_init(&filter, g->ctx);
	sark_buf_format(&filter, "(&%s(|", g->directory->group_filter);
	for (i = from; i < to; i++)
		add_member(&filter, g->dns[i]);
	sark_buf_str(&filter, "))");
	return search(g, filter.data, err);
}

/*
 * Level by level; each group is asked about once, so that groups that hold
 * each other end the walk.
 */
static int
climb(struct gathering *g, struct sark_err *err)
{
	size_t level, from = 0, to, end;

	for (level = 0; level < g->directory->group_depth; level++) {
		end = g->n;
		for (; from < end && !g->too_many; from = to) {
			to = end - from > AT_ONCE ? from + AT_ONCE : end;
			if (parents(g, from, to, err) == -1)
				return -1;
		}
		if (g->too_many || g->n == end)
			break;
	}
	return 0;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
sark_directory_groups(struct sark_directory *directory, struct sark_ldap *ldap,
    void *ctx, const struct sark_ldap_entry *entry,
    const char *const **groups_r, struct sark_err *err)
{
	struct gathering g = {
		.directory = directory,
		.ldap = ldap,
		.ctx = ctx,
		.normal = sark_new_array(
		    ctx, const char *, directory->groups_max + 1),
		.dns = sark_new_array(
		    ctx, const char *, directory->groups_max + 1),
	};

	if (direct(&g, entry, err) == -1 || climb(&g, err) == -1)
		return -1;
	if (g.too_many)
		return 0;
	qsort(g.normal, g.n, sizeof(*g.normal), by_text);
	*groups_r = g.normal;
	return 1;
}
