#ifndef SARK_AUTH_WINDOW_H
#define SARK_AUTH_WINDOW_H

#include "base/app.h"
#include "base/attr.h"
#include "base/err.h"
#include "json/writer.h"
#include "store/bindings.h"

#define SARK_WINDOWS 16 /* of one binding */

/*
 * A window as it comes in: days, NULL for every day, as "monday"; from and to
 * as "09:00", to also as "24:00" and, when it is not behind from, of the next
 * day; zone an IANA name, "UTC" or "Europe/Berlin".  Which moments that are is
 * PostgreSQL's to say (sark.window_at): a time that the clock skips counts as
 * much later as the clock is put forward, one shown twice counts the second
 * time.
 */
struct sark_new_window {
	const char *const *days;
	const char *from;
	const char *to;
	const char *zone;
};

/* Monday first, ended by NULL. */
extern const char *const sark_day_names[];

/*
 * Reads window i of a binding; the zone is looked for in PostgreSQL.
 * Errors: INVALID with the field; those of pg.h.
 */
int sark_window_read(struct sark_app *app, const struct sark_new_window *in,
    size_t i, struct sark_window *window_r, struct sark_err *err)
    SARK_NONNULL(1, 2, 4, 5) SARK_CHECKED;
/* Minutes of the day of "HH:MM", up to "24:00"; -1 if it is none. */
int sark_window_minutes(const char *text) SARK_NONNULL(1);
void sark_window_to_json(struct sark_jw *jw, const struct sark_window *window)
    SARK_NONNULL(1, 2);

#endif
