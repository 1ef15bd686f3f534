#include "kernel/plane/generation.h"
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Address space, not disk: 256 GiB, less where the process may not have it (ulimit -v, valgrind). */
enum { READERS_MAX = 1024, MAP_BITS = 38, MAP_BITS_MIN = 32 };

static const char *const tables[PLANE_KINDS] = { "invoice", "certificate", "receipt", "taxpayer", "group", "note",
	"lane", "paper" };

void generation_path(const char *dir, int64_t number, const char *ending, char out[4096])
{
	(void)snprintf(out, 4096, "%s/%lld%s", dir, (long long)number, ending);
}

/* Keys of one length, compared as bytes are: the order of the file is LMDB's own. */
static int compare_keys(const MDB_val *a, const MDB_val *b)
{
	uint64_t x, y;
	uint16_t x_low, y_low;
	memcpy(&x, a->mv_data, sizeof x);
	memcpy(&y, b->mv_data, sizeof y);
	if (x != y) return be64toh(x) < be64toh(y) ? -1 : 1;
	memcpy(&x_low, (const char *)a->mv_data + sizeof x, sizeof x_low);
	memcpy(&y_low, (const char *)b->mv_data + sizeof y, sizeof y_low);
	return (int)be16toh(x_low) - (int)be16toh(y_low);
}

static int open_kind(struct generation *g, MDB_txn *txn, int kind, unsigned create)
{
	_Static_assert(sizeof(struct plane_key) == 10, "compare_keys");
	int rc = mdb_dbi_open(txn, tables[kind], create, &g->kinds[kind]);
	return rc ? rc : mdb_set_compare(txn, g->kinds[kind], compare_keys);
}

static int open_tables(struct generation *g, bool readonly)
{
	MDB_txn *txn;
	unsigned create = readonly ? 0 : MDB_CREATE;
	int rc = mdb_txn_begin(g->env, NULL, readonly ? MDB_RDONLY : 0, &txn);
	if (rc) return rc;
	for (int i = 0; i < PLANE_KINDS && !rc; i++)
		rc = open_kind(g, txn, i, create);
	if (!rc) rc = mdb_dbi_open(txn, "meta", create, &g->meta);
	if (!rc) return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return rc;
}

struct generation *generation_open(const char *dir, int64_t number, bool readonly, bool building)
{
	char path[4096];
	struct generation *g = calloc(1, sizeof *g);
	if (!g) abort();
	g->number = number;
	generation_path(dir, number, ".mdb", path);
	/* A lost last transaction is fed again from the outbox; the tree itself stays whole. A build is synced at its
	 * end. */
	unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD | (building ? MDB_NOSYNC : MDB_NOMETASYNC) |
	                 (readonly ? MDB_RDONLY : 0);
	for (int bits = MAP_BITS; bits >= MAP_BITS_MIN; bits -= 2) {
		if (mdb_env_create(&g->env) != 0) break;
		int rc = mdb_env_set_mapsize(g->env, (size_t)1 << bits);
		if (!rc) rc = mdb_env_set_maxreaders(g->env, READERS_MAX);
		if (!rc) rc = mdb_env_set_maxdbs(g->env, PLANE_KINDS + 1);
		if (!rc) rc = mdb_env_open(g->env, path, flags, 0600);
		if (!rc && open_tables(g, readonly) == 0) return g;
		mdb_env_close(g->env);
		g->env = NULL;
		if (rc != ENOMEM && rc != EINVAL) break;
	}
	generation_close(g);
	return NULL;
}

void generation_close(struct generation *g)
{
	if (g->env) mdb_env_close(g->env);
	free(g);
}

int generation_put_position(struct generation *g, MDB_txn *txn, int64_t position)
{
	MDB_val key = { 8, "position" }, value = { sizeof position, &position };
	return mdb_put(txn, g->meta, &key, &value, 0);
}

int64_t generation_position(struct generation *g, MDB_txn *txn)
{
	MDB_val key = { 8, "position" }, value;
	int64_t position = 0;
	if (mdb_get(txn, g->meta, &key, &value) == 0 && value.mv_size == sizeof position)
		memcpy(&position, value.mv_data, sizeof position);
	return position;
}
