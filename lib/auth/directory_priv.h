#ifndef SARK_AUTH_DIRECTORY_PRIV_H
#define SARK_AUTH_DIRECTORY_PRIV_H

/* What the files of the directory share, and nobody else. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/directory.h"
#include "net/ldap.h"

#define SARK_DIRECTORY_SERVERS 8

struct sark_directory_map;

/* The settings, those of the preset where they are empty. */
struct sark_directory {
	struct sark_ldap_server servers[SARK_DIRECTORY_SERVERS];
	size_t nservers;
	size_t first; /* the server that answered last */
	int64_t timeout_ms;
	const int64_t *until_ns;
	const char *bind_dn;
	const char *password_file;
	char *password; /* as read last; wiped when freed */
	const char *user_base;
	const char *user_filter;
	const char *const *login_attributes;
	const char *username_attribute;
	const char *email_attribute;
	const char *name_attribute;
	const char *id_attribute;
	bool groups_of_member; /* memberOf of the user, else by search */
	const char *group_base;
	const char *group_filter;
	size_t group_depth;
	size_t groups_max;
	const struct sark_directory_map *map;
	bool keep;
	struct sark_ldap *kept;
	sark_directory_step *step;
	void *step_arg;
};

/*
 * Reads the password of the service account anew.  Errors: CONFIG the file
 * cannot be read, or others can; what was read last stays.
 */
int sark_directory_read_password(struct sark_directory *directory,
    struct sark_err *err) SARK_NONNULL(1, 2) SARK_CHECKED;

void sark_directory_say(const struct sark_directory *directory,
    const char *what, const char *format, ...) SARK_NONNULL(1, 2, 3)
    SARK_FORMAT(3, 4);

/* Why the entry may not come in, NULL if it may. */
const char *sark_directory_barred(const struct sark_ldap_entry *entry)
    SARK_NONNULL(1);
/* The attributes that it looks at, ended by NULL. */
extern const char *const sark_directory_flags[];
/*
 * What the answer to the bind of a user means.  0: he is in, or *why_r says
 * why not.  -1: the server cannot say.
 */
int sark_directory_verdict(const struct sark_ldap_bound *bound,
    const char **why_r) SARK_NONNULL(1, 2) SARK_CHECKED;

/*
 * The groups of the entry, also through groups, on ctx.  1, 0 he has too
 * many, -1.
 */
int sark_directory_groups(struct sark_directory *directory,
    struct sark_ldap *ldap, void *ctx, const struct sark_ldap_entry *entry,
    const char *const **groups_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 4, 5, 6) SARK_CHECKED;

/* Reads the map; "" is an empty one.  Errors: CONFIG with file:line. */
int sark_directory_map_read(void *ctx, const char *path,
    const struct sark_directory_map **map_r, struct sark_err *err)
    SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/* Fills in what the person's groups give him, on ctx. */
void sark_directory_map_apply(const struct sark_directory_map *map, void *ctx,
    struct sark_person *person) SARK_NONNULL(1, 3);

#endif
