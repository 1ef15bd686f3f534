/* Makes data for the benches through the program's own rooms, without HTTP; each command prints one line of JSON.
 *
 * plane DIR N: verification plane with N invoices, sorted.
 *
 * firms DIR FIRMS EACH FILE BODIES FROM [URL]: FIRMS taxpayers, numbered behind FROM, with EACH invoices. FILE gets
 * "USCC bearer cookie" a line. BODIES: inputs of POST /invoices, one a line, taken by turns; twelve '@' in one become a
 * number.
 *
 * sample DIR N [URL]: N invoices picked evenly, "number total date" a line.
 *
 * acts DIR SECONDS GROUP BODIES [URL]: invoices issued GROUP to a commit, which is what the store gives without HTTP.
 *
 * rows DIR SECONDS GROUP BODIES [URL]: bare rows of 1,200 bytes, GROUP to a commit: the limit of the engine.
 *
 * sync DIR: latency of a durable write of 4 KiB on this disk.
 *
 * evict FILE…: drops the files from this machine's page cache. */
#include "base/ids.h"
#include "kernel/db/db.h"
#include "kernel/db/store.h"
#include "kernel/input/input.h"
#include "kernel/operation/service.h"
#include "kernel/outbox/runner.h"
#include "kernel/plane/plane.h"
#include "main/compose.h"
#include "main/memory.h"
#include "services/foundation/identity/session.h"
#include "services/foundation/registry/registry.h"
#if __has_include("services/invoice/verify/fact.h")
#include "services/invoice/verify/fact.h"
#endif
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { REGISTER_STEP = 50, ROW = 1200, LATE = 4 };

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void fail(const char *what)
{
	(void)fprintf(stderr, "fill: %s\n", what);
	exit(1);
}

/* --- the plane --- */

/* As bench/verify.lua computes them again. */
static int64_t total_of(int64_t n)
{
	return n * 7919 % 10000000 + 100;
}

static size_t pack(int64_t n, unsigned char out[64])
{
	struct date day = { 2026, 11, 3 };
#ifdef VERIFY_FACT_H
	struct fact f = { .state = FACT_VALID, .total = FEN(total_of(n)), .date = day };
	fact_pack(&f, out);
	return FACT_SIZE;
#else
	uint64_t fen = (uint64_t)total_of(n);
	uint32_t days = (uint32_t)date_days(day);
	out[0] = 1;
	for (int i = 0; i < 8; i++)
		out[1 + i] = (unsigned char)(fen >> (56 - 8 * i));
	for (int i = 0; i < 4; i++)
		out[9 + i] = (unsigned char)(days >> (24 - 8 * i));
	return 13;
#endif
}

static int make_plane(const char *dir, int64_t n)
{
	struct plane *p;
	struct plane_rebuild *r;
	double from = now();
	if ((mkdir(dir, 0700) != 0 && access(dir, W_OK) != 0) || plane_open(&p, dir, false) != OK) fail("plane");
	if (plane_rebuild_begin(p, &r) != OK) fail("plane build");
	for (int64_t i = 1; i <= n; i++) {
		char digits[32];
		unsigned char bytes[64];
		struct plane_key key;
		size_t size = pack(i, bytes);
		(void)snprintf(digits, sizeof digits, "26332%015lld", (long long)i);
		if (!plane_key_digits(str_c(digits), &key) ||
		        plane_rebuild_append(r, PLANE_INVOICE, &key, (struct str){ (const char *)bytes, size }) != OK)
			fail("plane append");
	}
	if (plane_rebuild_commit(r, 0) != OK) fail("plane commit");
	plane_close(p);
	(void)printf("{\"entries\":%lld,\"seconds\":%.2f}\n", (long long)n, now() - from);
	return 0;
}

/* --- firms and their invoices --- */

struct firm {
	char uscc[19];
	int64_t id;
	char bearer[80], cookie[80];
};
struct fill {
	struct app app;
	struct arena *arena;
	struct ctx c;
	const struct operation *issue, *batch;
	struct firm *firms;
	int64_t n_firms, first; /* first: firms that are there already */
	int64_t from, to;       /* of this step */
	int64_t firm, reference;
	struct str row;
	struct str *bodies;
	size_t n_bodies;
};

/* table: a script before the consumers start, since scripts run on the writer's connection; NULL: none. */
static void open_all(struct fill *f, const char *dir, const char *url, const char *table)
{
	struct options o = { .data = dir, .db = url, .sandbox = true };
	const char *why = "";
	f->arena = arena_new();
	if (compose_open(&f->app, &o) != OK) fail("cannot open the data");
	if (table && db_script(&f->app, false, str_c(table), &why) != OK) fail(why);
	if (outbox_start(&f->app) != OK) fail("cannot start the consumers");
	ctx_init(&f->c, &f->app, f->arena);
	f->c.db = db_open(&f->app, f->arena);
	for (size_t s = 0; s < n_services; s++)
		for (size_t i = 0; i < services[s]->n_operations; i++) {
			const struct operation *op = &services[s]->operations[i];
			if (strcmp(op->id, "invoice.issue") == 0) f->issue = op;
			if (strcmp(op->id, "invoice.batch") == 0) f->batch = op;
		}
	if (!f->c.db || !f->issue || !f->batch) fail("no connection");
}

static void close_all(struct fill *f)
{
	double from;
	/* The consumers of a million events need longer than any reader waits, which is five seconds. */
	do {
		from = now();
		if (outbox_wait(&f->c) != OK) fail("projections");
	} while (now() - from > LATE);
	db_close(f->c.db);
	outbox_stop(&f->app);
	compose_close(&f->app);
	arena_free(f->arena);
}

/* A fresh arena and a fresh instant for the next step; what the projections must have seen goes on. */
static void next_step(struct fill *f)
{
	struct db *db = f->c.db;
	int64_t wait = f->c.outbox_wait;
	arena_reset(f->arena);
	ctx_init(&f->c, &f->app, f->arena);
	f->c.db = db;
	f->c.outbox_wait = wait;
}

/* 9133 0100 MB nnnnnn c C: organisation's check character (GB 11714) and the code's own (GB 32100). */
static void make_uscc(int64_t n, char out[19])
{
	static const int weights[] = { 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;
	(void)snprintf(out, 19, "91330100MB%06u", (unsigned)(n % 1000000));
	for (int i = 0; i < 8; i++) {
		char ch = out[8 + i];
		sum += weights[i] * (ch <= '9' ? ch - '0' : ch - 'A' + 10);
	}
	int check = 11 - sum % 11;
	out[16] = (char)(check == 10 ? 'X' : check == 11 ? '0' : '0' + check);
	out[17] = ids_uscc_check((struct str){ out, 17 });
	out[18] = 0;
	if (ids_uscc(str_c(out)) != IDS_OK) fail("a code that is not valid");
}

static struct str person_id(struct arena *a, int64_t n)
{
	struct str body = str_printf(a, "330106%04d%02d%02d%03d", (int)(1950 + n / 336000 % 50),
	        (int)(1 + n / 28000 % 12), (int)(1 + n / 1000 % 28), (int)(n % 1000));
	return str_printf(a, "%.*s%c", STR_FMT(body), ids_resident_check(body));
}

static err_t open_session(struct ctx *c, int64_t person, const struct firm *firm, const char *kind, char out[80])
{
	struct session_opened opened;
	struct session_new new = { .person_id = person,
		.subject_id = firm->id,
		.kind = kind,
		.scopes = S("*"),
		.expires_at = c->now + INT64_C(400) * 86400 * 1000000 };
	TRY(session_open(c, &new, &opened));
	(void)snprintf(out, 80, "%.*s", STR_FMT(opened.token));
	return OK;
}

static err_t register_some(struct ctx *c, void *arg)
{
	struct fill *f = arg;
	for (int64_t k = f->from; k < f->to; k++) {
		struct firm *firm = &f->firms[k];
		struct party person;
		int64_t i = f->first + k;
		bool found;
		make_uscc(i + 1, firm->uscc);
		struct registry_event e = { .uscc = str_c(firm->uscc),
			.name = str_printf(c->arena, "测算用第%06lld号有限公司", (long long)i + 1),
			.address = S("浙江省杭州市西湖区文三路 1 号"),
			.scope = S("机械制造"),
			.phone = S("0571-88880000"),
			.representative_name = S("测甲"),
			.representative_id = person_id(c->arena, i + 1),
			.established_on = { 2020, 6, 1 },
			.taxpayer_kind = S("general"),
			.vat_period = S("month") };
		TRY(registry_register(c, &e, &firm->id));
		TRY(identity_party_by_tax_id(c, e.representative_id, &person, &found));
		if (!found) return E_NOT_FOUND;
		TRY(open_session(c, person.id, firm, "bearer", firm->bearer));
		TRY(open_session(c, person.id, firm, "cookie", firm->cookie));
	}
	return OK;
}

static void act_for(struct ctx *c, const struct firm *firm)
{
	c->caller = (struct caller){ .person_id = 1,
		.subject_id = firm->id,
		.person_name = S("测甲"),
		.subject_name = S("测算用公司"),
		.subject_tax_id = str_c(firm->uscc),
		.scopes = S("*"),
		.role = S("legal_representative") };
}

/* Bodies by turns, each with a number of its own where it has twelve '@'. */
static void read_bodies(struct fill *f, const char *path)
{
	FILE *in = fopen(path, "rb");
	long size;
	if (!in || fseek(in, 0, SEEK_END) != 0 || (size = ftell(in)) <= 0 || fseek(in, 0, SEEK_SET) != 0) fail(path);
	char *text = malloc((size_t)size);
	f->bodies = calloc((size_t)size, sizeof *f->bodies);
	if (!text || !f->bodies || fread(text, 1, (size_t)size, in) != (size_t)size) fail(path);
	(void)fclose(in);
	struct str rest = { text, (size_t)size }, line;
	while (rest.n && str_split(&rest, '\n', &line))
		if (line.n) f->bodies[f->n_bodies++] = line;
	if (!f->n_bodies) fail(path);
}

static void put_body(struct buf *b, struct fill *f)
{
	static const char mark[] = "@@@@@@@@@@@@";
	int64_t n = ++f->reference;
	struct str rest = f->bodies[(size_t)n % f->n_bodies];
	char digits[24]; /* twelve are used, however far the type goes */
	(void)snprintf(digits, sizeof digits, "%012lld", (long long)n);
	for (ptrdiff_t at; (at = str_find(rest, mark)) >= 0;) {
		buf_add(b, rest.p, (size_t)at);
		buf_add(b, digits, sizeof mark - 1);
		rest = str_sub(rest, (size_t)at + sizeof mark - 1, rest.n);
	}
	buf_str(b, rest);
}

static struct str next_body(struct ctx *c, struct fill *f)
{
	struct buf b;
	buf_init(&b, c->arena, 1024);
	put_body(&b, f);
	return buf_done(&b);
}

static err_t run_operation(struct ctx *c, const struct operation *op, const struct value *tree, struct reply *reply)
{
	void *in = arena_alloc(c->arena, op->in_size);
	c->op = op;
	TRY(input_read(c, op->in, tree, in));
	if (op->prepare) TRY(op->prepare(c, in, reply));
	return op->run(c, in, reply);
}

static err_t issue_one_of(struct ctx *c, struct fill *f)
{
	struct value *tree;
	struct json_fault where;
	struct reply reply = { 0 };
	TRY(json_parse(c->arena, next_body(c, f), &tree, &where));
	return run_operation(c, f->issue, tree, &reply);
}

static err_t issue_some(struct ctx *c, void *arg)
{
	struct fill *f = arg;
	act_for(c, &f->firms[f->firm]);
	for (int64_t i = f->from; i < f->to; i++)
		TRY(issue_one_of(c, f));
	return OK;
}

static void step(struct fill *f, db_closure *fn, int64_t from, int64_t to)
{
	next_step(f);
	f->from = from;
	f->to = to;
	err_t e = db_write(&f->c, fn, f);
	if (e == OK) return;
	(void)fprintf(stderr, "fill: %s, %zu faults\n", f->c.problem.def ? f->c.problem.def->message : "failed",
	        f->c.problem.n);
	exit(1);
}

static void register_firms(struct fill *f, int64_t n)
{
	f->firms = calloc((size_t)n + 1, sizeof *f->firms);
	if (!f->firms) abort();
	f->n_firms = n;
	for (int64_t i = 0; i < n; i += REGISTER_STEP)
		step(f, register_some, i, i + REGISTER_STEP < n ? i + REGISTER_STEP : n);
}

/* As one batch of JSON lines: statements of many rows, which is what makes it fast on PostgreSQL too. */
static void issue_batch_of(struct fill *f, int64_t each)
{
	struct reply reply = { 0 };
	struct buf lines;
	next_step(f);
	struct ctx *c = &f->c;
	act_for(c, &f->firms[f->firm]);
	c->idempotency_key = str_printf(c->arena, "fill-%lld", (long long)f->firm);
	buf_init(&lines, c->arena, (size_t)each * 640);
	for (int64_t i = 0; i < each; i++) {
		put_body(&lines, f);
		buf_char(&lines, '\n');
	}
	struct value *tree = value_object(c->arena);
	value_put_str(c->arena, tree, "lines", buf_done(&lines));
	if (run_operation(c, f->batch, tree, &reply) != OK) fail("a batch was refused");
	if (str_find(reply.bytes, "errors") >= 0) fail("an invoice of a batch was refused");
}

static int make_firms(char **argv, const char *url)
{
	static struct fill f;
	const char *path = argv[5];
	int64_t firms = atoll(argv[3]), each = atoll(argv[4]);
	f.first = atoll(argv[7]);
	read_bodies(&f, argv[6]);
	open_all(&f, argv[2], url, NULL);
	register_firms(&f, firms);
	double from = now();
	for (f.firm = 0; f.firm < firms && each > 0; f.firm++)
		issue_batch_of(&f, each);
	double seconds = now() - from;
	FILE *out = fopen(path, "w");
	for (int64_t i = 0; out && i < firms; i++)
		(void)fprintf(out, "%s %s %s\n", f.firms[i].uscc, f.firms[i].bearer, f.firms[i].cookie);
	if (!out || fclose(out) != 0) fail("tokens");
	close_all(&f);
	(void)printf("{\"firms\":%lld,\"invoices\":%lld,\"seconds\":%.2f,\"with_projections\":%.2f}\n",
	        (long long)firms, (long long)(firms * each), seconds, now() - from);
	return 0;
}

/* --- a sample of what is there --- */

static const uint8_t span_out[] = { DB_TEXT, DB_TEXT }, at_in[] = { DB_TEXT }, at_out[] = { DB_TEXT, DB_INT, DB_INT };
static int span_slot, at_slot;
static const struct db_statement get_span = { .name = "bench.span",
	.sql = "SELECT min(number), max(number) FROM invoice",
	.out = span_out,
	.n_out = 2,
	.slot = &span_slot };
static const struct db_statement get_at = { .name = "bench.at",
	.sql = "SELECT number, total_fen, issued_at FROM invoice WHERE number >= $1 ORDER BY number LIMIT 1",
	.in = at_in,
	.n_in = 1,
	.out = at_out,
	.n_out = 3,
	.slot = &at_slot };

static int print_sample(const char *dir, int64_t wanted, const char *url)
{
	static struct fill f;
	struct db_value *span, *row;
	size_t n;
	int64_t first, last;
	open_all(&f, dir, url, NULL);
	if (db_run(&f.c, &get_span, NULL, &span, &n, 1, NULL) != OK || n != 1 || span[0].s.n != 20) fail("no invoices");
	struct str head = str_sub(span[0].s, 0, 5);
	if (!str_to_int(str_sub(span[0].s, 5, 15), &first) || !str_to_int(str_sub(span[1].s, 5, 15), &last))
		fail("numbers");
	for (int64_t i = 0; i < wanted; i++) {
		struct db_value in = { .s = str_printf(f.c.arena, "%.*s%015lld", STR_FMT(head),
			                       (long long)(first + (last - first) * i / wanted)) };
		if (db_run(&f.c, &get_at, &in, &row, &n, 1, NULL) != OK || n != 1) fail("no invoice at a number");
		struct date d = date_of_instant(row[2].i);
		(void)printf("%.*s %s %04d-%02d-%02d\n", STR_FMT(row[0].s), money_format(f.c.arena, FEN(row[1].i)).p,
		        d.year, d.month, d.day);
	}
	close_all(&f);
	return 0;
}

/* --- limits --- */

static const uint8_t row_in[] = { DB_INT, DB_TEXT };
static int row_slot;
static const struct db_statement put_row = { .name = "bench.row",
	.sql = "INSERT INTO bench_row (id, body) VALUES ($1, $2)",
	.in = row_in,
	.n_in = 2,
	.writes = 1,
	.slot = &row_slot };

static err_t rows_some(struct ctx *c, void *arg)
{
	struct fill *f = arg;
	for (int64_t i = f->from; i < f->to; i++) {
		struct db_value in[2] = { { .i = ++f->reference }, { .s = f->row } };
		TRY(db_run(c, &put_row, in, NULL, NULL, 0, NULL));
	}
	return OK;
}

static int limit(char **argv, const char *url, bool acts)
{
	static struct fill f;
	const char *dir = argv[2];
	double seconds = atof(argv[3]);
	int64_t group = atoll(argv[4]);
	static const char table[] = "CREATE TABLE bench_row (id BIGINT NOT NULL PRIMARY KEY, body TEXT NOT NULL)";
	char text[ROW + 1];
	memset(text, 'x', ROW);
	text[ROW] = 0;
	f.row = str_c(text);
	read_bodies(&f, argv[5]);
	open_all(&f, dir, url, acts ? NULL : table);
	if (acts) register_firms(&f, 64);
	int64_t done = 0;
	double from = now(), spent = 0;
	for (; spent < seconds; spent = now() - from, done += group) {
		f.firm = done / group % 64;
		step(&f, acts ? issue_some : rows_some, 0, group);
	}
	(void)printf("{\"done\":%lld,\"group\":%lld,\"seconds\":%.2f,\"per_second\":%.0f}\n", (long long)done,
	        (long long)group, spent, (double)done / spent);
	close_all(&f);
	return 0;
}

/* --- the disk --- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static int measure_sync(const char *dir)
{
	enum { TIMES = 300 };
	static double us[TIMES];
	static char page[4096];
	char path[4096];
	(void)snprintf(path, sizeof path, "%s/sync-probe", dir);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) fail("probe");
	for (int i = 0; i < TIMES; i++) {
		double from = now();
		if (pwrite(fd, page, sizeof page, (off_t)i * 4096) != sizeof page || fdatasync(fd) != 0) fail("probe");
		us[i] = (now() - from) * 1e6;
	}
	(void)close(fd);
	(void)unlink(path);
	qsort(us, TIMES, sizeof *us, by_size);
	(void)printf("{\"p50_us\":%.0f,\"p99_us\":%.0f}\n", us[TIMES / 2], us[TIMES * 99 / 100]);
	return 0;
}

static int evict(int n, char **paths)
{
	for (int i = 0; i < n; i++) {
		int fd = open(paths[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fdatasync(fd) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0) fail(paths[i]);
		(void)close(fd);
	}
	(void)printf("{\"files\":%d}\n", n);
	return 0;
}

int main(int argc, char **argv)
{
	memory_keep();
	const char *command = argc > 1 ? argv[1] : "", *dir = argc > 2 ? argv[2] : "";
	const char *url = argc > 6 ? argv[6] : NULL;
	if (strcmp(command, "plane") == 0 && argc == 4) return make_plane(dir, atoll(argv[3]));
	if (strcmp(command, "firms") == 0 && argc >= 8) return make_firms(argv, argc > 8 ? argv[8] : NULL);
	if (strcmp(command, "sample") == 0 && argc >= 4)
		return print_sample(dir, atoll(argv[3]), argc > 4 ? argv[4] : NULL);
	if (strcmp(command, "acts") == 0 && argc >= 6) return limit(argv, url, true);
	if (strcmp(command, "rows") == 0 && argc >= 6) return limit(argv, url, false);
	if (strcmp(command, "sync") == 0 && argc == 3) return measure_sync(dir);
	if (strcmp(command, "evict") == 0 && argc >= 3) return evict(argc - 2, argv + 2);
	(void)fputs(
	        "fill_bench plane|firms|sample|acts|rows|sync|evict …: see the head of bench/fill_bench.c\n", stderr);
	return 2;
}
