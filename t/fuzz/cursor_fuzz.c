/*
 * Cursors of the lists.  The first byte chooses the list: a audit events, s
 * servers, t tools; then the rest is a cursor, and only the one that was
 * made for this caller and these filters is taken.  A, S and T sign the rest
 * first, as no client can: whatever a signed cursor says, the list is asked
 * for or the cursor is refused.  q: genuine, but the rest is another filter.
 *
 * There is no PostgreSQL: a cursor is taken if it is asked.
 */
#include "fuzz.h"

#include <string.h>

#include "audit/search.h"
#include "base/app.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/seal.h"
#include "registry/list.h"
#include "store/pg.h"

#define ID "01890a5d-ac96-774b-bcce-b302099a8057"
/* What an audit cursor says of the caller and the filters below. */
#define FILTERS "2e8d25616cf46508d3aeebbc4e1202a2"

const char fuzz_name[] = "cursor";

static const char *const nobody[] = { NULL };

static struct sark_app *
open_app(void)
{
	static struct sark_app app;
	struct sark_err err;

	if (app.seal != NULL)
		return &app;
	app.program = "fuzz";
	sark_err_init(&err);
	fuzz_holds(sark_seal_open_key(NULL,
		       fuzz_file("seal.key",
			   "000102030405060708090a0b0c0d0e0f"
			   "101112131415161718191a1b1c1d1e1f\n"),
		       &app.seal, &err) == 0);
	app.pg =
	    sark_pg_new(NULL, "host=/nowhere dbname=none user=none", NULL, 50);
	return &app;
}

static enum sark_code
audit_list(struct sark_app *app, const char *cursor, const char *q)
{
	const struct sark_caller caller = { .user_id = ID,
		.username = "fuzz",
		.roles = nobody,
		.teams = nobody,
		.managed_teams = nobody,
		.permissions = nobody };
	const struct sark_audit_filter filter = {
		.type = "policy_decision", .q = q, .cursor = cursor
	};
	struct sark_audit_page page;
	struct sark_err err;

	sark_err_init(&err);
	fuzz_holds(sark_audit_search(app, &caller, &filter, &page, &err) == -1);
	return err.code;
}

static enum sark_code
server_list(struct sark_app *app, const char *cursor)
{
	struct sark_server_filter filter = { .limit = 10 };
	struct sark_server_page page;
	struct sark_err err;

	sark_err_init(&err);
	fuzz_holds(sark_server_list(app, &filter, cursor, &page, &err) == -1);
	return err.code;
}

static enum sark_code
tool_list(struct sark_app *app, const char *cursor)
{
	struct sark_tool_filter filter = { .limit = 10 };
	struct sark_tool_page page;
	struct sark_err err;

	sark_err_init(&err);
	fuzz_holds(sark_tool_list(app, &filter, cursor, &page, &err) == -1);
	return err.code;
}

static enum sark_code
ask(struct sark_app *app, char list, const char *cursor, const char *q)
{
	if (list == 's')
		return server_list(app, cursor);
	return list == 't' ? tool_list(app, cursor)
			   : audit_list(app, cursor, q);
}

static const char *
sign(struct sark_app *app, char list, const char *text)
{
	return sark_seal_sign(app->seal, app->mem,
	    list == 's'	      ? "cursor:servers"
		: list == 't' ? "cursor:tools"
			      : "cursor",
	    text);
}

/* What the lists' answers would have held for the last item of a page. */
static const char *
genuine(struct sark_app *app, char list)
{
	if (list == 's')
		return sign(app, list, ID);
	if (list == 't')
		return sign(app, list, ID " tickets.get");
	return sign(app, list, FILTERS " " ID " 2026-01-02T03:04:05.678901Z");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sark_app *app = open_app();
	struct fuzz_input in = { data, size };
	char list = (char)fuzz_byte(&in);
	enum sark_code code;
	char *text;

	app->mem = talloc_new(NULL);
	text = fuzz_text(&in, app->mem);
	if (list == 'q') {
		code = ask(
		    app, 'a', genuine(app, 'a'), *text == '\0' ? NULL : text);
		fuzz_holds((code == SARK_UNAVAILABLE) == (*text == '\0'));
	} else if (list == 'A' || list == 'S' || list == 'T') {
		list = (char)(list - 'A' + 'a');
		code = ask(app, list, sign(app, list, text), NULL);
	} else {
		code = ask(app, list, text, NULL);
		fuzz_holds((code == SARK_UNAVAILABLE) ==
		    sark_str_eq(text, genuine(app, list)));
	}
	fuzz_holds(code == SARK_UNAVAILABLE || code == SARK_INVALID_CURSOR);
	talloc_free(app->mem);
	return 0;
}
