#ifndef SARKCTL_LIST_H
#define SARKCTL_LIST_H

#include <argp.h>

#include "client.h"
#include "table.h"

#define LIST_WORDS 4

/* "VERB ARGUMENT ..." of a command that lists and shows. */
struct list_words {
	const char *words[LIST_WORDS];
	int count;
	const char *search;
	const char *limit;
	const char *cursor;
};

/* The options and words of such a command, for its own argp. */
extern const struct argp_option list_options[];
error_t list_parse(int key, char *arg, struct argp_state *state);
/* Whether the words are this verb with n arguments. */
bool list_is(const struct list_words *words, const char *verb, int n)
    SARK_NONNULL(1, 2);
/*
 * Prints the page of a list at path, whose items have these columns, and how
 * to get the next one.
 */
int list_print(struct client *client, const char *path,
    const struct column *columns, struct sark_err *err)
    SARK_NONNULL(1, 2, 3, 4) SARK_CHECKED;
/* The page that the words ask for, below an API path. */
int list_page(struct client *client, const char *path,
    const struct list_words *words, const struct column *columns,
    struct sark_err *err) SARK_NONNULL(1, 2, 3, 4, 5) SARK_CHECKED;

#endif
