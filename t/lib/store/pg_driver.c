/*
 * Runs the calls of store/pg.h as a test tells it: a call a line on standard
 * input, its parts split by tabs ("\N" is NULL), an answer a line on standard
 * output: "ok" and what came back, or the code and the text of the error.
 *
 *	pg_driver CONNINFO ROLE TIMEOUT_MS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/str.h"
#include "store/ledger.h"
#include "store/pg.h"
#include "store/schema.h"

#define PARTS_MAX 40

struct driver {
	void *mem;
	struct sark_pg *pg;
	struct sark_tx tx;
	char *parts[PARTS_MAX];
	int nparts;
	/* statements by name: a statement is known by its place in memory */
	struct sark_stmt *stmts[PARTS_MAX];
	int nstmts;
};

static void
split(struct driver *driver, char *line)
{
	char *rest = line, *part;

	line[strcspn(line, "\n")] = '\0';
	memset(driver->parts, 0, sizeof(driver->parts));
	driver->nparts = 0;
	while ((part = strsep(&rest, "\t")) != NULL &&
	    driver->nparts < PARTS_MAX - 1)
		driver->parts[driver->nparts++] =
		    sark_str_eq(part, "\\N") ? NULL : part;
}

static const struct sark_stmt *
statement(struct driver *driver)
{
	struct sark_stmt *stmt;

	for (int i = 0; i < driver->nstmts; i++)
		if (sark_str_eq(driver->stmts[i]->name, driver->parts[1]))
			return driver->stmts[i];
	if (driver->nstmts == PARTS_MAX)
		abort();
	stmt = sark_new(driver->mem, struct sark_stmt);
	stmt->name = sark_strdup(stmt, driver->parts[1]);
	stmt->sql = sark_strdup(stmt, driver->parts[2]);
	stmt->nparams = driver->nparts - 3;
	driver->stmts[driver->nstmts++] = stmt;
	return stmt;
}

static int
query(struct driver *driver, struct sark_err *err)
{
	void *mem = talloc_new(driver->mem);
	const struct sark_stmt *stmt = statement(driver);
	const char *params[PARTS_MAX];
	struct sark_rows *rows;
	int ret;

	memcpy(params, driver->parts + 3, sizeof(params) - 3 * sizeof(*params));
	ret = sark_pg_queryv(driver->pg, stmt, mem, params, &rows, err);
	if (ret == 0) {
		printf("ok\t%zu", sark_rows_count(rows));
		for (size_t i = 0; i < sark_rows_count(rows); i++)
			printf("\t%s",
			    sark_rows_null(rows, i, 0)
				? "\\N"
				: sark_rows_text(rows, i, 0));
		printf("\n");
	}
	talloc_free(mem);
	return ret;
}

static int
list(struct driver *driver, struct sark_err *err)
{
	void *mem = talloc_new(driver->mem);
	const struct sark_stmt *stmt = statement(driver);
	const char *param = sark_pg_array(mem,
	    (const char *const[]){ "a,b", "c\"d\\e", "", "NULL", "{}", NULL });
	struct sark_rows *rows;
	const char *const *item;
	int ret;

	ret = sark_pg_query(driver->pg, stmt, mem, &rows, err, param);
	if (ret == 0) {
		printf("ok");
		for (item = sark_rows_list(rows, mem, 0, 0); *item != NULL;
		     item++)
			printf("\t[%s]", *item);
		printf("\n");
	}
	talloc_free(mem);
	return ret;
}

static int
exec(struct driver *driver, struct sark_err *err)
{
	char **p = driver->parts + 3;
	int64_t count;

	count = sark_pg_exec(
	    driver->pg, statement(driver), err, p[0], p[1], p[2], p[3]);
	if (count == -1)
		return -1;
	printf("ok\t%lld\n", (long long)count);
	return 0;
}

static int
copy(struct driver *driver, struct sark_err *err)
{
	int64_t times, count;
	char *row = sark_format(driver->mem, "%s\n", driver->parts[2]);

	if (sark_num_int(driver->parts[3], 0, 100000000, &times) == -1)
		abort();
	if (sark_tx_copy_begin(&driver->tx, driver->parts[1], err) == -1)
		return -1;
	for (int64_t i = 0; i < times; i++)
		if (sark_tx_copy_data(&driver->tx, row, strlen(row), err) == -1)
			return -1;
	count = sark_tx_copy_end(&driver->tx, err);
	if (count == -1)
		return -1;
	printf("ok\t%lld\n", (long long)count);
	return 0;
}

static int
plain(int ret)
{
	if (ret == 0)
		printf("ok\n");
	return ret;
}

static int
call(struct driver *driver, struct sark_err *err)
{
	const char *verb = driver->parts[0];

	if (sark_str_eq(verb, "query"))
		return query(driver, err);
	if (sark_str_eq(verb, "exec"))
		return exec(driver, err);
	if (sark_str_eq(verb, "list"))
		return list(driver, err);
	if (sark_str_eq(verb, "copy"))
		return copy(driver, err);
	if (sark_str_eq(verb, "ping"))
		return plain(sark_pg_ping(driver->pg, err));
	if (sark_str_eq(verb, "schema"))
		return plain(sark_schema_check(driver->pg, err));
	if (sark_str_eq(verb, "lock"))
		return plain(sark_ledger_lock(driver->pg, 0, err));
	if (sark_str_eq(verb, "begin"))
		return plain(sark_tx_begin(&driver->tx, driver->pg, err));
	if (sark_str_eq(verb, "nest"))
		return plain(
		    sark_tx_begin(&(struct sark_tx){ 0 }, driver->pg, err));
	if (sark_str_eq(verb, "commit"))
		return plain(sark_tx_commit(&driver->tx, err));
	if (sark_str_eq(verb, "end")) {
		sark_tx_end(&driver->tx);
		return plain(0);
	}
	abort();
}

int
main(int argc, char **argv)
{
	struct driver driver = { .mem = talloc_new(NULL) };
	struct sark_err err;
	char *line = NULL;
	size_t size = 0;
	int64_t timeout_ms;

	if (argc != 4 || sark_num_int(argv[3], 1, 60000, &timeout_ms) == -1)
		return 64;
	driver.pg = sark_pg_new(driver.mem, argv[1],
	    argv[2][0] != '\0' ? argv[2] : NULL, timeout_ms);
	driver.tx.pg = driver.pg;
	while (getline(&line, &size, stdin) != -1) {
		split(&driver, line);
		sark_err_init(&err);
		if (call(&driver, &err) == -1)
			printf("%s\t%s\n", sark_code_name(err.code), err.text);
		fflush(stdout);
	}
	free(line);
	talloc_free(driver.mem);
	return 0;
}
