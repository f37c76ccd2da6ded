#include "base/num.h"

#include <stdbool.h>

int
sark_num_int(const char *s, int64_t min, int64_t max, int64_t *value_r)
{
	bool negative = *s == '-';
	int64_t value = 0;

	if (negative)
		s++;
	if (*s < '0' || *s > '9' || (*s == '0' && s[1] != '\0') ||
	    (*s == '0' && negative))
		return -1;
	for (; *s >= '0' && *s <= '9'; s++) {
		int64_t digit = negative ? '0' - *s : *s - '0';

		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return -1;
	}
	if (*s != '\0' || value < min || value > max)
		return -1;
	*value_r = value;
	return 0;
}
