/* The file: connections with the tokenizer registered. SQLite is seen here and in index.c, search.c only. */
#ifndef SEARCH_INDEX_H
#define SEARCH_INDEX_H
#include "base/error.h"
#include <sqlite3.h>

/* path NULL: in memory. A file that cannot be used or is of another version is removed and begun anew. */
MUST_USE err_t index_open(sqlite3 **out, const char *path, bool writes);
#endif
