/* Checking files (XML, OFD, PDF, JSON) of invoices (A10.1, A10.2). Inner header. */
#ifndef VERIFY_FILES_H
#define VERIFY_FILES_H
#include "kernel/operation/service.h"

enum { VERIFY_FILES_MAX = 20, VERIFY_FILE_MAX = 16 << 20, VERIFY_FILES_BYTES_MAX = 32 << 20 };

struct verify_files_in {
	struct str *files, *names; /* names: as many, when they came by a form; "-": none */
	size_t n_files, n_names;
};
/* {verdict, checks[{what, outcome, detail, file}], files[{file, name, format, number, verdict, detail, reversed_by}]}:
 * file counts from 1; verdict: of the only file, or the worst of all. */
op_run verify_files, verify_files_limits, verify_files_view;
#endif
