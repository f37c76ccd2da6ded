#ifndef SARK_AUTH_QR_H
#define SARK_AUTH_QR_H

#include "base/attr.h"
#include "base/err.h"

/* A text as a QR code (ISO/IEC 18004), error correction level M. */
struct sark_qr;

/*
 * text is at most 2331 bytes.  *qr_r is on ctx, wiped when freed.
 * Errors: INTERNAL it is longer.
 */
int sark_qr_make(void *ctx, const char *text, struct sark_qr **qr_r,
    struct sark_err *err) SARK_NONNULL(2, 3, 4) SARK_CHECKED;
/*
 * Lines of block elements (U+2580, U+2584, U+2588), two rows of modules a
 * line, for dark signs on a light ground; with the quiet zone of four
 * modules.  On ctx.
 */
const char *sark_qr_text(void *ctx, const struct sark_qr *qr) SARK_NONNULL(2);
/*
 * An SVG 1.1 document, one unit a module, without anything from elsewhere:
 * black on white, with the quiet zone.  On ctx.
 */
const char *sark_qr_svg(void *ctx, const struct sark_qr *qr) SARK_NONNULL(2);

#endif
