#include "store/report.h"

#include "store/pg.h"

/* CONFLICT and BAD_REQUEST are read by clients: no names of ours in them. */
static int
refused(const struct sark_pg *pg, const char *what, struct sark_err *err)
{
	enum sark_code code = sark_sqlstate_code(pg->sqlstate);

	if (code == SARK_CONFLICT)
		return sark_err_set(err, code, "there is one already");
	if (code == SARK_BAD_REQUEST)
		return sark_err_set(err, code, "a text cannot be stored");
	return sark_err_set(
	    err, code, "postgresql: %s: %s (%s)", what, pg->text, pg->sqlstate);
}

int
sark_pg_report(const struct sark_pg *pg, enum sark_wire end, const char *what,
    bool commits, struct sark_err *err)
{
	switch (end) {
	case SARK_WIRE_DONE:
		return 0;
	case SARK_WIRE_REFUSED:
		return refused(pg, what, err);
	case SARK_WIRE_AWAY:
	case SARK_WIRE_UNSENT:
		return sark_err_set(
		    err, SARK_UNAVAILABLE, "postgresql: %s", pg->text);
	case SARK_WIRE_LOST:
		return sark_err_set(err,
		    commits ? SARK_UNCERTAIN : SARK_UNAVAILABLE,
		    "postgresql: %s: %s", what, pg->text);
	case SARK_WIRE_LATE:
		return sark_err_set(err,
		    commits ? SARK_UNCERTAIN : SARK_TIMEOUT,
		    "postgresql: %s: no answer in %lld ms", what,
		    (long long)pg->timeout_ms);
	case SARK_WIRE_OVERDUE:
		return sark_err_set(err, SARK_TIMEOUT,
		    "postgresql: %s: the request's time is over", what);
	case SARK_WIRE_MISUSED:
		return sark_err_set(
		    err, pg->code, "postgresql: %s: %s", what, pg->text);
	}
	return sark_err_set(err, SARK_INTERNAL, "postgresql: %s", what);
}

const char *
sark_wire_word(const struct sark_pg *pg, enum sark_wire end)
{
	switch (end) {
	case SARK_WIRE_DONE:
		return "";
	case SARK_WIRE_REFUSED:
		return pg->sqlstate[0] != '\0' ? pg->sqlstate : "refused";
	case SARK_WIRE_AWAY:
		return "unavailable";
	case SARK_WIRE_UNSENT:
	case SARK_WIRE_LOST:
		return "lost";
	case SARK_WIRE_LATE:
	case SARK_WIRE_OVERDUE:
		return "timeout";
	case SARK_WIRE_MISUSED:
		break;
	}
	return sark_code_name(pg->code);
}
