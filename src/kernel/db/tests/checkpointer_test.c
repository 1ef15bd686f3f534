/* The log of SQLite under a load of commits: what is in it comes into the file, and it begins again at its start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/db/checkpointer.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PAGES_A_COMMIT = 100, COMMITS = 1000, PAGE = 4096, LOG_PAGES_MAX = 66000 };

struct store {
	char dir[40], path[60], log[80];
	sqlite3 *writer;
};

static void run(sqlite3 *db, const char *sql)
{
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static long size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (long)st.st_size : 0;
}

static void store_open(struct store *s)
{
	(void)snprintf(s->dir, sizeof s->dir, "/tmp/etax-checkpoint-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	(void)snprintf(s->path, sizeof s->path, "%s/core.db", s->dir);
	(void)snprintf(s->log, sizeof s->log, "%s-wal", s->path);
	assert_int_equal(sqlite3_open(s->path, &s->writer), SQLITE_OK);
	run(s->writer, "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; CREATE TABLE t (x BLOB)");
}

static void store_close(struct store *s)
{
	sqlite3_close(s->writer);
	(void)unlink(s->path);
	assert_int_equal(rmdir(s->dir), 0); /* nothing else is left: the log went with the last connection */
}

static void commit(struct store *s)
{
	char sql[80];
	(void)snprintf(sql, sizeof sql, "INSERT INTO t VALUES (randomblob(%d))", PAGES_A_COMMIT * PAGE);
	run(s->writer, sql);
}

static void the_log_does_not_grow_on_and_on(void **state)
{
	(void)state;
	struct store s;
	store_open(&s);
	struct checkpointer *k = checkpointer_start(s.path, s.writer);
	assert_non_null(k);
	for (int i = 0; i < COMMITS; i++)
		commit(&s);
	assert_true(size_of(s.log) < (long)LOG_PAGES_MAX * PAGE);
	assert_true(size_of(s.path) > (long)(COMMITS / 2) * PAGES_A_COMMIT * PAGE);
	checkpointer_stop(k);
	store_close(&s);
}

/* Long before the writer would do it: by the thread. */
static void the_thread_brings_it_in(void **state)
{
	(void)state;
	struct store s;
	store_open(&s);
	struct checkpointer *k = checkpointer_start(s.path, s.writer);
	assert_non_null(k);
	for (int i = 0; i < 30; i++) /* 3,000 pages: it is called at 2,000 */
		commit(&s);
	for (int i = 0; i < 500 && size_of(s.path) < 1000L * PAGE; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	assert_true(size_of(s.path) >= 1000L * PAGE);
	checkpointer_stop(k);
	checkpointer_stop(NULL);
	store_close(&s);
}

/* Somebody reads an old state all the while: nothing of it is lost, and the log begins again when he is gone. */
static void an_old_reader_holds_it_up(void **state)
{
	(void)state;
	struct store s;
	sqlite3 *reader;
	store_open(&s);
	struct checkpointer *k = checkpointer_start(s.path, s.writer);
	assert_non_null(k);
	assert_int_equal(sqlite3_open(s.path, &reader), SQLITE_OK);
	commit(&s);
	run(reader, "BEGIN; SELECT count(*) FROM t");
	for (int i = 0; i < 200; i++)
		commit(&s);
	long held = size_of(s.log);
	assert_true(held > 190L * PAGES_A_COMMIT * PAGE);
	run(reader, "COMMIT");
	for (int i = 0; i < 100; i++)
		commit(&s);
	assert_true(size_of(s.log) < held + 30L * PAGES_A_COMMIT * PAGE);
	sqlite3_close(reader);
	checkpointer_stop(k);
	store_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_log_does_not_grow_on_and_on),
		cmocka_unit_test(the_thread_brings_it_in), cmocka_unit_test(an_old_reader_holds_it_up) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
