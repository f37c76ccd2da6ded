#include "crypto/version.h"

#include "base/str.h"
#include "crypto/digest.h"

void
sark_version_of(char out[SARK_VERSION_TEXT], const void *data, size_t n)
{
	unsigned char digest[SARK_SHA256_BYTES];

	sark_sha256(digest, data, n);
	sark_str_hex(out, digest, (SARK_VERSION_TEXT - 1) / 2);
}

bool
sark_version_in(const char *const *versions, const void *data, size_t n)
{
	char version[SARK_VERSION_TEXT];

	if (versions == NULL)
		return true;
	sark_version_of(version, data, n);
	return sark_str_in(version, versions);
}
