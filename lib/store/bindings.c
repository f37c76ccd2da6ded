#include "store/bindings.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/pg.h"

#define DAYS 7

/* clang-format off */
#define MS(column) "coalesce(floor(extract(epoch FROM " column ") * 1000), 0)"
/* A window is four texts: days joined, opens, closes, zone. */
#define COLUMNS \
	"b.binding_id, b.role, b.user_id, u.username, b.group_name, b.key_id," \
	" b.scope_type, b.scope_id, " MS("b.expires_at") ", b.granted_by," \
	" b.granted_by_id, " MS("b.granted_at") "," \
	" ARRAY(SELECT t.text FROM sark.role_window w," \
	"  unnest(ARRAY[array_to_string(w.days, ''), w.opens::text," \
	"   w.closes::text, w.zone]) WITH ORDINALITY AS t (text, n)" \
	"  WHERE w.binding_id = b.binding_id ORDER BY w.position, t.n)"
#define FROM \
	" FROM sark.role_binding b LEFT JOIN sark.users u USING (user_id)"

static const struct sark_stmt insert = { "bindings_insert", 11,
	"INSERT INTO sark.role_binding (binding_id, role, user_id, group_name,"
	" key_id, scope_type, scope_id, expires_at, granted_by, granted_by_id,"
	" granted_at) VALUES ($1::uuid, $2, nullif($3, '')::uuid,"
	" nullif($4, ''), nullif($5, '')::uuid, nullif($6, ''),"
	" nullif($7, ''), to_timestamp(nullif($8::bigint, 0) / 1000.0), $9,"
	" nullif($10, '')::uuid, to_timestamp($11::bigint / 1000.0))" };
static const struct sark_stmt insert_window = { "bindings_insert_window", 6,
	"INSERT INTO sark.role_window (binding_id, position, days, opens,"
	" closes, zone) VALUES ($1::uuid, $2::integer, $3::integer[],"
	" $4::integer, $5::integer, $6)" };
static const struct sark_stmt drop = { "bindings_delete", 1,
	"DELETE FROM sark.role_binding WHERE binding_id = $1::uuid" };
static const struct sark_stmt get = { "bindings_get", 1,
	"SELECT " COLUMNS FROM " WHERE b.binding_id = $1::uuid" };
static const struct sark_stmt list = { "bindings_list", 6,
	"SELECT " COLUMNS FROM
	" WHERE ($1::text IS NULL OR b.role = $1)"
	" AND ($2::uuid IS NULL OR b.user_id = $2::uuid)"
	" AND ($3::text IS NULL OR b.group_name = $3)"
	" AND ($4::uuid IS NULL OR b.key_id = $4::uuid)"
	" AND ($5::uuid IS NULL OR b.binding_id < $5::uuid)"
	" ORDER BY b.binding_id DESC LIMIT $6::bigint" };
/* AT TIME ZONE takes abbreviations and POSIX strings, too: not these. */
static const struct sark_stmt zone_known = { "bindings_zone", 1,
	"SELECT FROM pg_timezone_names WHERE name = $1"
	" AND (name = 'UTC' OR name ~ '^[A-Z][A-Za-z_]*/') LIMIT 1" };
/* clang-format on */

static const char *
number(void *ctx, int64_t n)
{
	return sark_format(ctx, "%lld", (long long)n);
}

static const char *
days_array(void *ctx, unsigned int days)
{
	struct sark_buf buf;
	unsigned int day;

	sark_buf_init(&buf, ctx);
	for (day = 1; day <= DAYS; day++)
		if (days & 1u << day) {
			sark_buf_char(&buf, buf.len == 0 ? '{' : ',');
			sark_buf_char(&buf, (char)('0' + day));
		}
	sark_buf_char(&buf, '}');
	return buf.data;
}

int
sark_bindings_insert(struct sark_tx *tx, void *ctx,
    const struct sark_binding *b, struct sark_err *err)
{
	const struct sark_window *w;
	size_t i;

	if (sark_pg_exec(tx->pg, &insert, err, b->id, b->role, b->user_id,
		b->group, b->key_id, b->scope_type, b->scope_id,
		number(ctx, b->expires_at), b->granted_by, b->granted_by_id,
		number(ctx, b->granted_at)) == -1)
		return -1;
	for (i = 0; i < b->nwindows; i++) {
		w = &b->windows[i];
		if (sark_pg_exec(tx->pg, &insert_window, err, b->id,
			number(ctx, (int64_t)i), days_array(ctx, w->days),
			number(ctx, w->opens), number(ctx, w->closes),
			w->zone) == -1)
			return -1;
	}
	return 0;
}

int
sark_bindings_delete(struct sark_tx *tx, const char *id, struct sark_err *err)
{
	int64_t count = sark_pg_exec(tx->pg, &drop, err, id);

	if (count == 0)
		return sark_err_set(err, SARK_NOT_FOUND, "no such binding");
	return count == -1 ? -1 : 0;
}

static int
small_number(const char *text)
{
	int n = 0;

	for (; *text >= '0' && *text <= '9' && n < 10000; text++)
		n = n * 10 + (*text - '0');
	return n;
}

static void
fill_windows(struct sark_binding *b, void *ctx, const char *const *texts)
{
	struct sark_window *w;
	const char *p;
	size_t n = 0;

	while (texts[n] != NULL)
		n++;
	b->nwindows = n / 4;
	b->windows = sark_new_array(ctx, struct sark_window, b->nwindows + 1);
	for (w = b->windows; *texts != NULL; w++, texts += 4) {
		for (p = texts[0]; *p >= '1' && *p <= '7'; p++)
			w->days |= 1u << (*p - '0');
		w->opens = small_number(texts[1]);
		w->closes = small_number(texts[2]);
		w->zone = texts[3];
	}
}

static void
fill(
    struct sark_binding *b, void *ctx, const struct sark_rows *rows, size_t row)
{
	sark_str_copy(b->id, sizeof(b->id), sark_rows_text(rows, row, 0));
	b->role = sark_rows_text(rows, row, 1);
	b->user_id = sark_rows_text(rows, row, 2);
	b->username = sark_rows_text(rows, row, 3);
	b->group = sark_rows_text(rows, row, 4);
	b->key_id = sark_rows_text(rows, row, 5);
	b->scope_type = sark_rows_text(rows, row, 6);
	b->scope_id = sark_rows_text(rows, row, 7);
	b->expires_at = sark_rows_int(rows, row, 8);
	b->granted_by = sark_rows_text(rows, row, 9);
	b->granted_by_id = sark_rows_text(rows, row, 10);
	b->granted_at = sark_rows_int(rows, row, 11);
	fill_windows(b, ctx, sark_rows_list(rows, ctx, row, 12));
}

int
sark_bindings_get(struct sark_pg *pg, void *ctx, const char *id,
    struct sark_binding **binding_r, struct sark_err *err)
{
	struct sark_rows *rows;

	if (sark_pg_query(pg, &get, ctx, &rows, err, id) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	*binding_r = sark_new(ctx, struct sark_binding);
	fill(*binding_r, ctx, rows, 0);
	return 1;
}

int
sark_bindings_list(struct sark_pg *pg, void *ctx,
    const struct sark_binding_filter *filter, struct sark_bindings *bindings_r,
    struct sark_err *err)
{
	struct sark_rows *rows;
	size_t i;

	if (sark_pg_query(pg, &list, ctx, &rows, err, filter->role,
		filter->user_id, filter->group, filter->key_id,
		filter->before_id, number(ctx, filter->limit)) == -1)
		return -1;
	bindings_r->count = sark_rows_count(rows);
	bindings_r->items =
	    sark_new_array(ctx, struct sark_binding, bindings_r->count + 1);
	for (i = 0; i < bindings_r->count; i++)
		fill(&bindings_r->items[i], ctx, rows, i);
	return 0;
}

int
sark_bindings_zone(struct sark_pg *pg, const char *zone, struct sark_err *err)
{
	struct sark_rows *rows;
	int found;

	if (sark_pg_query(pg, &zone_known, NULL, &rows, err, zone) == -1)
		return -1;
	found = sark_rows_count(rows) > 0;
	talloc_free(rows);
	return found;
}
