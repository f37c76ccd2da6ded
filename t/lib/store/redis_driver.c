/*
 * Sends commands through store/redis.h as a test tells it: a pipeline a line
 * on standard input, commands split by "|", arguments by blanks, each in
 * hex; the answers in one line on standard output, strings in hex.
 *
 *	redis_driver SOCKET DATABASE TIMEOUT_MS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "store/redis.h"

#define CMDS_MAX 8
#define ARGS_MAX 8

static size_t
unhex(char *text)
{
	size_t n = strlen(text) / 2;
	unsigned int byte;

	for (size_t i = 0; i < n; i++) {
		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			abort();
		text[i] = (char)byte;
	}
	text[n] = '\0';
	return n;
}

/* Splits the line into commands; returns how many. */
static size_t
parse(void *mem, char *line, struct sark_redis_cmd cmds[CMDS_MAX])
{
	char *rest = line, *command, *arg;
	const char **argv;
	size_t *lengths, n = 0;

	line[strcspn(line, "\n")] = '\0';
	while ((command = strsep(&rest, "|")) != NULL && n < CMDS_MAX) {
		argv = sark_new_array(mem, const char *, ARGS_MAX);
		lengths = sark_new_array(mem, size_t, ARGS_MAX);
		cmds[n] = (struct sark_redis_cmd){ 0, argv, lengths };
		while ((arg = strsep(&command, " ")) != NULL &&
		    cmds[n].argc < ARGS_MAX) {
			lengths[cmds[n].argc] = unhex(arg);
			argv[cmds[n].argc++] = arg;
		}
		n++;
	}
	return n;
}

static void
print_string(const char *kind, const struct sark_reply *reply)
{
	printf("%s:", kind);
	for (size_t i = 0; i < reply->len; i++)
		printf("%02x", (unsigned char)reply->str[i]);
}

static void print_reply(const struct sark_reply *reply, int depth);

static void
print_array(const struct sark_reply *reply, int depth)
{
	printf("[");
	for (size_t i = 0; i < reply->count; i++) {
		if (i > 0)
			printf(",");
		if (depth < 12)
			print_reply(&reply->elements[i], depth + 1);
	}
	printf("]");
}

static void
print_reply(const struct sark_reply *reply, int depth)
{
	switch (reply->type) {
	case SARK_REPLY_NIL:
		printf("nil");
		break;
	case SARK_REPLY_STATUS:
		print_string("status", reply);
		break;
	case SARK_REPLY_STRING:
		print_string("string", reply);
		break;
	case SARK_REPLY_ERROR:
		print_string("error", reply);
		break;
	case SARK_REPLY_INT:
		printf("int:%lld", (long long)reply->integer);
		break;
	case SARK_REPLY_ARRAY:
		print_array(reply, depth);
		break;
	}
}

int
main(int argc, char **argv)
{
	void *mem = talloc_new(NULL), *one;
	struct sark_redis_cmd cmds[CMDS_MAX];
	const struct sark_reply *replies;
	struct sark_redis *redis;
	int64_t database, timeout_ms;
	struct sark_err err;
	char *line = NULL;
	size_t n, size = 0;

	if (argc != 4 || sark_num_int(argv[2], 0, 1000, &database) == -1 ||
	    sark_num_int(argv[3], 1, 60000, &timeout_ms) == -1)
		return 64;
	redis = sark_redis_new(mem, argv[1], database, timeout_ms);
	while (getline(&line, &size, stdin) != -1) {
		one = talloc_new(mem);
		sark_err_init(&err);
		n = parse(one, line, cmds);
		if (sark_redis_pipeline(redis, one, cmds, n, &replies, &err) ==
		    -1)
			printf("%s %s", sark_code_name(err.code), err.text);
		else
			for (size_t i = 0; i < n; i++) {
				printf("%s", i > 0 ? "|" : "");
				print_reply(&replies[i], 0);
			}
		printf("\n");
		fflush(stdout);
		talloc_free(one);
	}
	free(line);
	talloc_free(mem);
	return 0;
}
