/* What the code made by tools/sqlgen.py needs beside db.h. */
#ifndef KERNEL_DB_GENERATED_H
#define KERNEL_DB_GENERATED_H
#include "kernel/db/db.h"

/* A date column; what is not a date (never written by us) reads as no date. */
static inline struct date db_date(struct db_value v)
{
	struct date d = { 0 };
	return !v.null && date_parse(v.s, &d) ? d : (struct date){ 0 };
}
#endif
