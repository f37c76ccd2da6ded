#include "store/rotation.h"

#include "base/failpoint.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/audit_log.h"
#include "store/pg.h"

/* An interval of a number of seconds. */
#define SECONDS(param) param "::bigint * interval '1 second'"
/* How long it is until a time, ms; negative when it has passed. */
#define UNTIL(time) \
	"floor(extract(epoch FROM " time " - clock_timestamp()) * 1000)"

/* clang-format off */
static const struct sark_stmt find = { "rotation_state", 2,
	"SELECT s.session_id, s.user_id, s.token_id, s.secret_hash,"
	" s.previous_token_id, s.previous_hash, s.user_agent, s.amr,"
	" coalesce(floor(extract(epoch FROM s.mfa_time)), 0),"
	" floor(extract(epoch FROM s.created_at) * 1000),"
	" coalesce(greatest(-" UNTIL("s.rotated_at") ", 0), -1),"
	" " UNTIL("s.expires_at") ","
	" " UNTIL("s.created_at + " SECONDS("$2")) ","
	" s.revoked_at IS NOT NULL"
	" FROM sark.session s WHERE s.session_id = $1::uuid" };
/*
 * The event is there exactly if the rotation is.  A second one with the same
 * token waits for the row, then finds the token gone and touches nothing.
 */
static const struct sark_stmt rotate = { "rotation_make", 21,
	"WITH rotated AS (UPDATE sark.session AS s SET"
	" token_id = $4::uuid, secret_hash = $5,"
	" previous_token_id = CASE WHEN s.token_id = $4::uuid"
	"  THEN s.previous_token_id ELSE s.token_id END,"
	" previous_hash = CASE WHEN s.token_id = $4::uuid"
	"  THEN s.previous_hash ELSE s.secret_hash END,"
	" rotated_at = CASE WHEN s.token_id = $4::uuid"
	"  THEN s.rotated_at ELSE clock_timestamp() END,"
	" rotations = s.rotations + (s.token_id <> $4::uuid)::integer,"
	" client_ip = $6, user_agent = $7, last_used_at = clock_timestamp(),"
	" expires_at = least(clock_timestamp() + " SECONDS("$8") ","
	"  s.created_at + " SECONDS("$9") ")"
	" WHERE s.session_id = $1::uuid AND s.token_id = $2::uuid"
	" AND s.secret_hash = $3 AND s.revoked_at IS NULL"
	" AND s.expires_at > clock_timestamp()"
	" AND s.created_at + " SECONDS("$9") " > clock_timestamp()"
	" AND EXISTS (SELECT FROM sark.users u WHERE u.user_id = s.user_id"
	"  AND u.disabled_at IS NULL)"
	" RETURNING s.session_id),"
	" event AS (INSERT INTO sark.audit_event (id, time, type, severity,"
	" outcome, actor_id, actor, action, resource, client_ip, user_agent,"
	" request_id, trace_id, program, detail)"
	" SELECT $10::uuid, $11::timestamptz, $12, $13, $14, $15::uuid, $16,"
	" $17, $18, nullif($6, ''), nullif($7, ''), $19, $20,"
	" pg_catalog.replace(CURRENT_USER, '_', '-'), $21::jsonb FROM rotated)"
	" INSERT INTO sark.audit_pending (id, time)"
	" SELECT $10::uuid, $11::timestamptz FROM rotated" };
/* clang-format on */

static void
fill(struct sark_session_state *state, void *ctx, const struct sark_rows *rows)
{
	int c = 0;

	state->session_id = sark_rows_text(rows, 0, c++);
	state->user_id = sark_rows_text(rows, 0, c++);
	state->token_id = sark_rows_text(rows, 0, c++);
	state->secret_hash = sark_rows_text(rows, 0, c++);
	state->previous_id = sark_rows_text(rows, 0, c++);
	state->previous_hash = sark_rows_text(rows, 0, c++);
	state->user_agent = sark_rows_text(rows, 0, c++);
	state->methods = sark_rows_list(rows, ctx, 0, c++);
	state->mfa_time = sark_rows_int(rows, 0, c++);
	state->created_at = sark_rows_int(rows, 0, c++);
	state->rotated_ms = sark_rows_int(rows, 0, c++);
	state->left_ms = sark_rows_int(rows, 0, c++);
	state->lifetime_left_ms = sark_rows_int(rows, 0, c++);
	state->over = sark_rows_bool(rows, 0, c) || state->left_ms <= 0 ||
	    state->lifetime_left_ms <= 0;
}

int
sark_rotation_state(struct sark_pg *pg, void *ctx, const char *session_id,
    int64_t lifetime_s, struct sark_session_state **state_r,
    struct sark_err *err)
{
	struct sark_rows *rows;

	if (sark_pg_query(pg, &find, ctx, &rows, err, session_id,
		sark_format(ctx, "%lld", (long long)lifetime_s)) == -1)
		return -1;
	if (sark_rows_count(rows) == 0)
		return 0;
	*state_r = sark_new(ctx, struct sark_session_state);
	fill(*state_r, ctx, rows);
	return 1;
}

/* NULL for what is absent. */
static const char *
some(const char *text)
{
	return text != NULL && *text != '\0' ? text : NULL;
}

int
sark_rotation_make(struct sark_pg *pg, const struct sark_rotation *rotation,
    const struct sark_audit_row *event, struct sark_err *err)
{
	const struct sark_session_state *from = rotation->from;
	void *mem = sark_mem_check(talloc_new(pg));
	int64_t count;

	/* The statement is its own commit. */
	SARK_FAILPOINT(commit_before);
	count = sark_pg_exec(pg, &rotate, err, from->session_id, from->token_id,
	    from->secret_hash, rotation->token_id, rotation->secret_hash,
	    rotation->client_ip, rotation->user_agent,
	    sark_format(mem, "%lld", (long long)rotation->ttl_s),
	    sark_format(mem, "%lld", (long long)rotation->lifetime_s),
	    event->id, event->time, event->type, event->severity,
	    event->outcome, some(event->actor_id), some(event->actor),
	    some(event->action), some(event->resource), some(event->request_id),
	    some(event->trace_id), some(event->detail));
	talloc_free(mem);
	if (count > 0)
		SARK_FAILPOINT(commit_after);
	return count == -1 ? -1 : count > 0;
}
