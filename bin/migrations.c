#include "migrations.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"

#define DIGITS	   4
#define FILE_MAX   ((size_t)4 << 20)
#define SUFFIX	   ".sql"
#define COMPATIBLE "-- compatible: "

/* NNNN-name.sql, in lower case; *version_r is NNNN. */
static bool
is_name(const char *file, int64_t *version_r)
{
	size_t len = strlen(file), stem = len - strlen(SUFFIX);

	*version_r = 0;
	if (len <= DIGITS + 1 + strlen(SUFFIX) || file[DIGITS] != '-' ||
	    !sark_str_eq(file + stem, SUFFIX))
		return false;
	for (size_t i = 0; i < stem; i++) {
		if (i < DIGITS && (file[i] < '0' || file[i] > '9'))
			return false;
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789-", file[i]) ==
		    NULL)
			return false;
		if (i < DIGITS)
			*version_r = *version_r * 10 + (file[i] - '0');
	}
	return true;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Its verify and revert scripts must be there too. */
static int
check_others(void *ctx, const char *dir, const char *file, struct sark_err *err)
{
	static const char *const folders[] = { "verify", "revert" };
	const char *path;

	for (size_t i = 0; i < SARK_COUNT(folders); i++) {
		path = sark_format(ctx, "%s/%s/%s", dir, folders[i], file);
		if (access(path, R_OK) == -1)
			return sark_err_set(
			    err, SARK_CONFIG, "%s: %s", path, strerror(errno));
	}
	return 0;
}

/* What a deploy file says of the programs that it suits. */
static int
read_compatible(struct migration *migration, const char *text, const char *path,
    struct sark_err *err)
{
	const char *line = strstr(text, COMPATIBLE);
	char digits[DIGITS + 1] = "";

	migration->oldest_program = 0;
	if (line == NULL)
		return 0;
	line += strlen(COMPATIBLE);
	memccpy(digits, line, '\0', DIGITS);
	if (strspn(line, "0123456789") != DIGITS || line[DIGITS] != '\n' ||
	    sark_num_int(digits + strspn(digits, "0"), 1,
		migration->version - 1, &migration->oldest_program) == -1)
		return sark_err_set(err, SARK_CONFIG,
		    "%s: compatible: not the number of one before it", path);
	return 0;
}

static int
take_file(
    void *ctx, struct migrations *all, const char *file, struct sark_err *err)
{
	struct migration *migration = &all->items[all->count];
	const char *path = sark_format(ctx, "%s/deploy/%s", all->dir, file);
	char *text;
	size_t len;

	if (!is_name(file, &migration->version))
		return sark_err_set(
		    err, SARK_CONFIG, "%s: not called NNNN-name.sql", path);
	if (migration->version != (int64_t)all->count + 1)
		return sark_err_set(err, SARK_CONFIG,
		    "%s: %04zu is what comes next", path, all->count + 1);
	if (check_others(ctx, all->dir, file, err) == -1 ||
	    sark_file_read(ctx, path, FILE_MAX, &text, &len, err) == -1 ||
	    read_compatible(migration, text, path, err) == -1)
		return -1;
	migration->name =
	    sark_strndup(ctx, file, strlen(file) - strlen(SUFFIX));
	sark_sha256_hex(migration->checksum, text, len);
	talloc_free(text);
	all->count++;
	return 0;
}

int
migrations_read(void *ctx, const char *dir, struct migrations *migrations_r,
    struct sark_err *err)
{
	const char *deploy = sark_format(ctx, "%s/deploy", dir);
	struct dirent **files;
	int n, ret = 0;

	*migrations_r = (struct migrations){ .dir = sark_strdup(ctx, dir) };
	n = scandir(deploy, &files, is_visible, by_name);
	if (n == -1)
		return sark_err_set(
		    err, SARK_CONFIG, "%s: %s", deploy, strerror(errno));
	migrations_r->items = sark_new_array(ctx, struct migration, n);
	for (int i = 0; i < n; i++) {
		if (ret == 0)
			ret =
			    take_file(ctx, migrations_r, files[i]->d_name, err);
		free(files[i]);
	}
	free(files);
	if (ret == 0 && n == 0)
		ret =
		    sark_err_set(err, SARK_CONFIG, "%s: no migrations", deploy);
	return ret;
}

int
migrations_agree(const struct migrations *migrations,
    const struct sark_ledger *ledger, struct sark_err *err)
{
	const struct sark_ledger_entry *entry;
	const struct migration *own;

	for (size_t i = 0; i < ledger->count; i++) {
		entry = &ledger->entries[i];
		if (i >= migrations->count &&
		    entry->oldest_program <= (int64_t)migrations->count)
			continue;
		if (i >= migrations->count)
			return sark_err_set(err, SARK_CONFIG,
			    "%s was applied and is unknown here: "
			    "these programs are older than the database",
			    entry->name);
		own = &migrations->items[i];
		if (entry->version > own->version)
			return sark_err_set(err, SARK_CONFIG,
			    "%s was left out when %s was applied", own->name,
			    entry->name);
		if (!sark_str_eq(entry->name, own->name))
			return sark_err_set(err, SARK_CONFIG,
			    "%s was applied and is unknown here: %s has its "
			    "number",
			    entry->name, own->name);
		if (!sark_str_eq(entry->checksum, own->checksum))
			return sark_err_set(err, SARK_CONFIG,
			    "%s was changed after it was applied: "
			    "%s/deploy/%s.sql",
			    own->name, migrations->dir, own->name);
	}
	return 0;
}
