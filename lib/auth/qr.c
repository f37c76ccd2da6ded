#include "auth/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "crypto/secret.h"

#define QUIET 4	   /* modules around, ISO/IEC 18004 section 6.3.8 */
#define DARK  0x01 /* of a module's byte; the other bits say what it is */

struct sark_qr {
	int width; /* modules of a side, without the quiet zone */
	const char *modules;
};

int
sark_qr_make(
    void *ctx, const char *text, struct sark_qr **qr_r, struct sark_err *err)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	struct sark_qr *qr;
	size_t size;

	if (code == NULL)
		return sark_err_set(
		    err, SARK_INTERNAL, "qr: %s", strerror(errno));
	size = (size_t)code->width * (size_t)code->width;
	qr = sark_new(ctx, struct sark_qr);
	qr->width = code->width;
	qr->modules = sark_secret_dup(qr, code->data, size);
	sark_secret_wipe(code->data, size);
	QRcode_free(code);
	*qr_r = qr;
	return 0;
}

/* Whether the module is dark; x and y begin in the quiet zone. */
static bool
dark(const struct sark_qr *qr, int x, int y)
{
	x -= QUIET;
	y -= QUIET;
	if (x < 0 || y < 0 || x >= qr->width || y >= qr->width)
		return false;
	return (qr->modules[y * qr->width + x] & DARK) != 0;
}

const char *
sark_qr_text(void *ctx, const struct sark_qr *qr)
{
	static const char *const halves[] = { " ", "\u2580", "\u2584",
		"\u2588" };
	int side = qr->width + 2 * QUIET, x, y;
	struct sark_buf out;

	sark_buf_init(&out, ctx);
	for (y = 0; y < side; y += 2) {
		for (x = 0; x < side; x++)
			sark_buf_str(&out,
			    halves[(dark(qr, x, y) ? 1 : 0) +
				(dark(qr, x, y + 1) ? 2 : 0)]);
		sark_buf_char(&out, '\n');
	}
	return out.data;
}

const char *
sark_qr_svg(void *ctx, const struct sark_qr *qr)
{
	int side = qr->width + 2 * QUIET, x, y, from;
	struct sark_buf out;

	sark_buf_init(&out, ctx);
	sark_buf_format(&out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" "
	    "viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
	    "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>"
	    "<path fill=\"#000\" d=\"",
	    side, side, side, side);
	for (y = 0; y < side; y++)
		for (x = 0; x < side; x++) {
			for (from = x; dark(qr, x, y);)
				x++;
			if (x > from)
				sark_buf_format(&out, "M%d %dh%dv1h-%dz", from,
				    y, x - from, x - from);
		}
	sark_buf_str(&out, "\"/></svg>");
	return out.data;
}
