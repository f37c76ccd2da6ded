#ifndef SARK_BASE_ATTR_H
#define SARK_BASE_ATTR_H

/* The result must be looked at. */
#define SARK_CHECKED __attribute__((warn_unused_result))
/* printf(3)-like: format is argument f, the values start at argument a. */
#define SARK_FORMAT(f, a) __attribute__((format(printf, f, a)))
/* These pointer arguments may not be NULL. */
#define SARK_NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))
/* Ends in a NULL argument. */
#define SARK_SENTINEL __attribute__((sentinel))
#define SARK_UNUSED   __attribute__((unused))

#define SARK_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
