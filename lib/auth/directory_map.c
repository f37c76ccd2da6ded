#include <stdlib.h>
#include <string.h>

#include "auth/directory_priv.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/ldap_name.h"

#define FILE_MAX       (1024 * 1024)
#define ROWS_MAX       10000
#define NAME_MAX_BYTES 200
#define BLANKS	       " \t\r"

/* What a row of the map gives. */
enum gift { ROLE, TEAM, MANAGER };

/* Who is in the group has it. */
struct row {
	enum gift gift;
	const char *name;
	const char *group; /* in one spelling; NULL: everybody */
};

struct sark_directory_map {
	size_t count;
	struct row *rows;
};

/* Cuts the next word off the line; "" at its end. */
static char *
next_word(char **line)
{
	char *word = *line + strspn(*line, BLANKS);

	*line = word + strcspn(word, BLANKS);
	if (**line != '\0')
		*(*line)++ = '\0';
	return word;
}

/* The rest of the line without the blanks around it. */
static char *
rest_of(char *line)
{
	char *rest = line + strspn(line, BLANKS);
	size_t n = strlen(rest);

	while (n > 0 && strchr(BLANKS, rest[n - 1]) != NULL)
		rest[--n] = '\0';
	return rest;
}

/* What is wrong with the line, NULL if it makes a row. */
static const char *
read_row(void *ctx, char *line, struct row *row_r)
{
	static const char *const gifts[] = { "role", "team", "manager", NULL };
	const char *kind = next_word(&line), *name = next_word(&line);
	const char *group = rest_of(line);
	int i = 0;

	while (gifts[i] != NULL && !sark_str_eq(gifts[i], kind))
		i++;
	if (gifts[i] == NULL)
		return "begins with none of role, team, manager";
	if (*name == '\0' || strlen(name) > NAME_MAX_BYTES ||
	    !sark_str_utf8(name, strlen(name)))
		return "gives no name that could be one";
	row_r->gift = (enum gift)i;
	row_r->name = sark_strdup(ctx, name);
	if (sark_str_eq(group, "*"))
		return NULL;
	row_r->group = sark_ldap_dn_normal(ctx, group);
	return row_r->group != NULL ? NULL : "ends with no DN of a group";
}

static int
read_rows(struct sark_directory_map *map, const char *path, char *text,
    struct sark_err *err)
{
	const char *wrong;
	char *line, *next;
	size_t number = 0;

	for (line = text; line != NULL; line = next) {
		number++;
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		line = rest_of(line);
		if (*line == '\0' || *line == '#')
			continue;
		wrong = map->count == ROWS_MAX
		    ? "is one row too many"
		    : read_row(map, line, &map->rows[map->count++]);
		if (wrong != NULL)
			return sark_err_set(err, SARK_CONFIG, "%s:%zu: %s",
			    path, number, wrong);
	}
	return 0;
}

int
sark_directory_map_read(void *ctx, const char *path,
    const struct sark_directory_map **map_r, struct sark_err *err)
{
	struct sark_directory_map *map =
	    sark_new(ctx, struct sark_directory_map);
	char *text;
	size_t len;
	int ret;

	*map_r = map;
	if (*path == '\0')
		return 0;
	if (sark_file_read(map, path, FILE_MAX, &text, &len, err) == -1)
		return -1;
	if (strlen(text) != len)
		return sark_err_set(
		    err, SARK_CONFIG, "%s: holds a NUL byte", path);
	map->rows = sark_new_array(map, struct row, ROWS_MAX);
	ret = read_rows(map, path, text, err);
	talloc_free(text);
	return ret;
}

/* Whether a sorted list has it. */
static bool
has(const char *const *list, const char *text)
{
	for (; *list != NULL && strcmp(*list, text) < 0; list++)
		;
	return *list != NULL && sark_str_eq(*list, text);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *const *
gifts_of(const struct sark_directory_map *map, void *ctx, enum gift gift,
    const char *const *groups)
{
	const char **list = sark_new_array(ctx, const char *, map->count + 1);
	const struct row *row;
	size_t i, n = 0;

	for (i = 0; i < map->count; i++) {
		row = &map->rows[i];
		if (row->gift == gift &&
		    (row->group == NULL || has(groups, row->group)) &&
		    !sark_str_in(row->name, list))
			list[n++] = row->name;
	}
	qsort(list, n, sizeof(*list), by_text);
	return list;
}

void
sark_directory_map_apply(
    const struct sark_directory_map *map, void *ctx, struct sark_person *person)
{
	person->roles = gifts_of(map, ctx, ROLE, person->groups);
	person->teams = gifts_of(map, ctx, TEAM, person->groups);
	person->managed_teams = gifts_of(map, ctx, MANAGER, person->groups);
}
