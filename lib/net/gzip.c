#include "net/gzip.h"

#define ZLIB_CONST /* its input is const, then */

#include <limits.h>
#include <zlib.h>

#include "base/mem.h"

/* The largest window, and 16 for a gzip header instead of zlib's. */
#define WINDOW (15 + 16)
#define MEMORY 8

const void *
sark_gzip(void *ctx, const void *data, size_t len, size_t *len_r)
{
	z_stream stream = { .zalloc = Z_NULL };
	const unsigned char *in = data;
	unsigned char *out;
	size_t bound;
	int ret;

	/* What fails here is the want of memory alone. */
	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW,
		MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		sark_mem_exhausted();
	bound = deflateBound(&stream, len);
	out = sark_new_array(ctx, unsigned char, bound);
	stream.next_out = out;
	do {
		stream.avail_in = len > UINT_MAX ? UINT_MAX : (uInt)len;
		stream.next_in = in;
		in += stream.avail_in;
		len -= stream.avail_in;
		stream.avail_out = bound - stream.total_out > UINT_MAX
		    ? UINT_MAX
		    : (uInt)(bound - stream.total_out);
		ret = deflate(&stream, len > 0 ? Z_NO_FLUSH : Z_FINISH);
	} while (ret == Z_OK && len > 0);
	if (ret != Z_STREAM_END)
		sark_mem_exhausted();
	*len_r = stream.total_out;
	deflateEnd(&stream);
	return out;
}
